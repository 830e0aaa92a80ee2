// cuBLAS, found and loaded at run time; the command links no CUDA library. The loaded library stays for the
// life of the process.
#pragma once
#include <cublas_v2.h>

#include <cstdint>
#include <string>
#include <vector>

#include "kernels/backend.h"
#include "kernels/cuda/error.h"

namespace sluice::cuda {

/// The functions of cuBLAS that this backend calls, and where they came from.
struct BlasLibrary {
  decltype(&cublasCreate_v2) create;
  decltype(&cublasDestroy_v2) destroy;
  decltype(&cublasSetStream_v2) set_stream;
  decltype(&cublasSetWorkspace_v2) set_workspace;
  decltype(&cublasSetMathMode) set_math_mode;
  decltype(&cublasSgemm_v2_64) sgemm;
  decltype(&cublasDgemm_v2_64) dgemm;
  decltype(&cublasSgemmStridedBatched_64) sgemm_batched;
  decltype(&cublasDgemmStridedBatched_64) dgemm_batched;
  decltype(&cublasGetStatusString) status_string;
  std::string path;
};

/// Files of the same release that cuBLAS asks for.
std::vector<std::string> blas_helpers();

/// Loads it once. Failure{kLibraryMissing} names the library, where it was looked for and what to set.
const BlasLibrary& blas_library();

/// How one operand of a product lies: element (variable i, observation t) is at t + i ld where variables are
/// contiguous runs (kVariables), else at i + t ld.
struct Operand {
  const void* data;
  std::int64_t ld;
  Layout layout;
};

/// Where a product goes: rows x columns, row-major.
struct Tile {
  void* data;
  std::int64_t rows, columns, ld;
};

/// A handle. One call at a time: callers hold the context's ScratchUse.
class Blas {
 public:
  Blas();
  Blas(const Blas&) = delete;
  Blas& operator=(const Blas&) = delete;
  ~Blas();

  /// Binds the handle to a stream, a fixed workspace (results then repeat) and the precision of products.
  void bind(cudaStream_t stream, void* workspace, std::int64_t bytes, Compute compute);

  /// out = A B' over `depth` observations, or with `add` out += A B'; float or double as bound.
  void multiply(const Operand& a, const Operand& b, std::int64_t depth, const Tile& out, bool add) const;

  /// `count` products of `depth` observations each, one after the other in the operands, into tiles that lie
  /// `stride` elements apart.
  void multiply_each(const Operand& a, const Operand& b, std::int64_t depth, std::int64_t count,
                     const Tile& out, std::int64_t stride) const;

 private:
  const BlasLibrary& library_;
  cublasHandle_t handle_ = nullptr;
  Compute compute_ = Compute::kFloat32;
};

}  // namespace sluice::cuda
