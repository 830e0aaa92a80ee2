// cuSOLVER needs cuBLAS, cuSPARSE and nvJitLink: they are loaded first, from where it lies or from where they
// are, so that it finds them by name whatever the loader's path says.
#include "kernels/cuda/solver.h"

#include <cublas_v2.h>
#include <cusparse.h>

#include "kernels/cuda/blas.h"
#include "kernels/cuda/library_open.h"

namespace sluice::cuda {
namespace {

SolverLibrary load() {
  SolverLibrary library{};
  std::vector<std::string> before = blas_helpers();
  before.push_back("libcublas.so." + std::to_string(CUBLAS_VER_MAJOR));
  before.push_back("libnvJitLink.so." + std::to_string(CUDART_VERSION / 1000));
  before.push_back("libcusparse.so." + std::to_string(CUSPARSE_VER_MAJOR));
  void* handle =
      open_library({"cuSOLVER", "libcusolver", CUSOLVER_VER_MAJOR, before, "nvidia-cusolver"}, library.path);
  resolve(handle, library.path, "cusolverDnCreate", library.create);
  resolve(handle, library.path, "cusolverDnDestroy", library.destroy);
  resolve(handle, library.path, "cusolverDnSetStream", library.set_stream);
  resolve(handle, library.path, "cusolverDnDgeqrf_bufferSize", library.geqrf_size);
  resolve(handle, library.path, "cusolverDnDgeqrf", library.geqrf);
  return library;
}

void check_solver(cusolverStatus_t status, const char* call) {
  if (status == CUSOLVER_STATUS_SUCCESS) return;
  const cudaError_t cause = cudaGetLastError();
  fail(status == CUSOLVER_STATUS_ALLOC_FAILED ? kOutOfMemory : kDeviceError, "%s: code %d%s%s", call,
       int(status), cause == cudaSuccess ? "" : ": ", cause == cudaSuccess ? "" : cudaGetErrorString(cause));
}

}  // namespace

const SolverLibrary& solver_library() {
  // Where loading throws, the next call tries again: the user may have set the folder in between.
  static const SolverLibrary library = load();
  return library;
}

Solver::~Solver() {
  if (handle_ != nullptr) library_->destroy(handle_);
}

void Solver::open() {
  if (handle_ != nullptr) return;
  library_ = &solver_library();
  check_solver(library_->create(&handle_), "cusolverDnCreate");
}

std::int64_t Solver::work_size(std::int64_t rows, std::int64_t columns, std::int64_t ld) {
  const std::lock_guard lock(mutex_);
  open();
  int size = 0;
  check_solver(library_->geqrf_size(handle_, int(rows), int(columns), nullptr, int(ld), &size),
               "cusolverDnDgeqrf_bufferSize");
  return size;
}

void Solver::reflect(double* a, std::int64_t rows, std::int64_t columns, std::int64_t ld, double* factors,
                     double* work, std::int64_t work_size, int* info, cudaStream_t stream) {
  const std::lock_guard lock(mutex_);
  open();
  check_solver(library_->set_stream(handle_, stream), "cusolverDnSetStream");
  // What `info` would say, a wrong argument, the status says too.
  const cusolverStatus_t status =
      library_->geqrf(handle_, int(rows), int(columns), a, int(ld), factors, work, int(work_size), info);
  library_->set_stream(handle_, nullptr);  // the queue may go before the handle
  check_solver(status, "cusolverDnDgeqrf");
}

}  // namespace sluice::cuda
