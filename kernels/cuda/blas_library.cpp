// Loads libcublas with libcublasLt of the same folder first: cuBLAS then finds it by name whatever the
// loader's path says.
#include "kernels/cuda/blas.h"
#include "kernels/cuda/library_open.h"

namespace sluice::cuda {
namespace {

BlasLibrary load() {
  BlasLibrary library{};
  void* handle =
      open_library({"cuBLAS", "libcublas", CUBLAS_VER_MAJOR, blas_helpers(), "nvidia-cublas"}, library.path);
  resolve(handle, library.path, "cublasCreate_v2", library.create);
  resolve(handle, library.path, "cublasDestroy_v2", library.destroy);
  resolve(handle, library.path, "cublasSetStream_v2", library.set_stream);
  resolve(handle, library.path, "cublasSetWorkspace_v2", library.set_workspace);
  resolve(handle, library.path, "cublasSetMathMode", library.set_math_mode);
  resolve(handle, library.path, "cublasSgemm_v2_64", library.sgemm);
  resolve(handle, library.path, "cublasDgemm_v2_64", library.dgemm);
  resolve(handle, library.path, "cublasSgemmStridedBatched_64", library.sgemm_batched);
  resolve(handle, library.path, "cublasDgemmStridedBatched_64", library.dgemm_batched);
  resolve(handle, library.path, "cublasGetStatusString", library.status_string);
  return library;
}

}  // namespace

std::vector<std::string> blas_helpers() {
  return {"libcublasLt.so." + std::to_string(CUBLAS_VER_MAJOR)};
}

const BlasLibrary& blas_library() {
  // Where loading throws, the next call tries again: the user may have set the folder in between.
  static const BlasLibrary library = load();
  return library;
}

}  // namespace sluice::cuda
