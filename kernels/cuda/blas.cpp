// cuBLAS thinks in columns: a row-major product out = A B' is, read by columns, out' = B A'.
#include "kernels/cuda/blas.h"

#include <algorithm>

namespace sluice::cuda {
namespace {

void check_blas(cublasStatus_t status, const char* call) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const StatusCode code = status == CUBLAS_STATUS_ALLOC_FAILED ? kOutOfMemory : kDeviceError;
  const cudaError_t cause = cudaGetLastError();
  fail(code, "%s: %s%s%s", call, blas_library().status_string(status), cause == cudaSuccess ? "" : ": ",
       cause == cudaSuccess ? "" : cudaGetErrorString(cause));
}

// Read by columns, an operand of contiguous variables is observations x variables: its left use is
// transposed.
cublasOperation_t left(Layout layout) {
  return layout == Layout::kVariables ? CUBLAS_OP_T : CUBLAS_OP_N;
}
cublasOperation_t right(Layout layout) {
  return layout == Layout::kVariables ? CUBLAS_OP_N : CUBLAS_OP_T;
}

/// The distance between runs; of a single run it may be anything, and cuBLAS asks for at least the run.
std::int64_t distance(const Operand& x, std::int64_t variables, std::int64_t depth) {
  return std::max(x.ld, x.layout == Layout::kVariables ? depth : variables);
}

}  // namespace

Blas::Blas() : library_(blas_library()) {
  check_blas(library_.create(&handle_), "cublasCreate");
}

Blas::~Blas() {
  if (handle_ != nullptr) library_.destroy(handle_);
}

void Blas::bind(cudaStream_t stream, void* workspace, std::int64_t bytes, Compute compute) {
  // The stream first: setting it puts cuBLAS's own workspace back.
  check_blas(library_.set_stream(handle_, stream), "cublasSetStream");
  check_blas(library_.set_workspace(handle_, workspace, std::size_t(bytes)), "cublasSetWorkspace");
  const cublasMath_t mode = compute == Compute::kTf32 ? CUBLAS_TF32_TENSOR_OP_MATH : CUBLAS_DEFAULT_MATH;
  check_blas(library_.set_math_mode(handle_, mode), "cublasSetMathMode");
  compute_ = compute;
}

void Blas::multiply(const Operand& a, const Operand& b, std::int64_t depth, const Tile& out, bool add) const {
  const cublasOperation_t first = left(b.layout), second = right(a.layout);
  const std::int64_t a_ld = distance(a, out.rows, depth), b_ld = distance(b, out.columns, depth);
  if (compute_ == Compute::kFloat64) {
    const double one = 1, old = add ? 1 : 0;
    check_blas(library_.dgemm(handle_, first, second, out.columns, out.rows, depth, &one,
                              static_cast<const double*>(b.data), b_ld, static_cast<const double*>(a.data),
                              a_ld, &old, static_cast<double*>(out.data), out.ld),
               "cublasDgemm");
  } else {
    const float one = 1, old = add ? 1 : 0;
    check_blas(library_.sgemm(handle_, first, second, out.columns, out.rows, depth, &one,
                              static_cast<const float*>(b.data), b_ld, static_cast<const float*>(a.data),
                              a_ld, &old, static_cast<float*>(out.data), out.ld),
               "cublasSgemm");
  }
}

void Blas::multiply_each(const Operand& a, const Operand& b, std::int64_t depth, std::int64_t count,
                         const Tile& out, std::int64_t stride) const {
  const cublasOperation_t first = left(b.layout), second = right(a.layout);
  const std::int64_t a_ld = distance(a, out.rows, depth), b_ld = distance(b, out.columns, depth);
  const std::int64_t a_step = a.layout == Layout::kVariables ? depth : depth * a.ld;
  const std::int64_t b_step = b.layout == Layout::kVariables ? depth : depth * b.ld;
  if (compute_ == Compute::kFloat64) {
    const double one = 1, zero = 0;
    check_blas(library_.dgemm_batched(handle_, first, second, out.columns, out.rows, depth, &one,
                                      static_cast<const double*>(b.data), b_ld, b_step,
                                      static_cast<const double*>(a.data), a_ld, a_step, &zero,
                                      static_cast<double*>(out.data), out.ld, stride, count),
               "cublasDgemmStridedBatched");
  } else {
    const float one = 1, zero = 0;
    check_blas(library_.sgemm_batched(handle_, first, second, out.columns, out.rows, depth, &one,
                                      static_cast<const float*>(b.data), b_ld, b_step,
                                      static_cast<const float*>(a.data), a_ld, a_step, &zero,
                                      static_cast<float*>(out.data), out.ld, stride, count),
               "cublasSgemmStridedBatched");
  }
}

}  // namespace sluice::cuda
