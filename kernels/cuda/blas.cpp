// cuBLAS thinks in columns: a row-major product out = A B' is, read by columns, out' = B A'.
#include "kernels/cuda/blas.h"

#include <algorithm>

namespace sluice::cuda {
namespace {

void check_blas(cublasStatus_t status, const char* call) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const StatusCode code = status == CUBLAS_STATUS_ALLOC_FAILED ? kOutOfMemory : kDeviceError;
  const cudaError_t cause = cudaGetLastError();
  fail(code, "%s: cuBLAS status %d%s%s", call, int(status), cause == cudaSuccess ? "" : ": ",
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

void Blas::multiply(const Operand& a, const Operand& b, std::int64_t rows, std::int64_t columns,
                    std::int64_t depth, void* out, std::int64_t out_ld) const {
  const std::int64_t a_ld = distance(a, rows, depth), b_ld = distance(b, columns, depth);
  if (compute_ == Compute::kFloat64) {
    const double one = 1, zero = 0;
    check_blas(library_.dgemm(handle_, left(b.layout), right(a.layout), columns, rows, depth, &one,
                              static_cast<const double*>(b.data), b_ld, static_cast<const double*>(a.data),
                              a_ld, &zero, static_cast<double*>(out), out_ld),
               "cublasDgemm");
  } else {
    const float one = 1, zero = 0;
    check_blas(library_.sgemm(handle_, left(b.layout), right(a.layout), columns, rows, depth, &one,
                              static_cast<const float*>(b.data), b_ld, static_cast<const float*>(a.data),
                              a_ld, &zero, static_cast<float*>(out), out_ld),
               "cublasSgemm");
  }
}

}  // namespace sluice::cuda
