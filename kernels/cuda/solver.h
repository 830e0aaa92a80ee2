// cuSOLVER, found and loaded at run time when the first triangle is asked for, and its Householder QR.
#pragma once
#include <cusolverDn.h>

#include <cstdint>
#include <mutex>
#include <string>

#include "kernels/cuda/error.h"

namespace sluice::cuda {

/// The functions of cuSOLVER that this backend calls, and where they came from.
struct SolverLibrary {
  decltype(&cusolverDnCreate) create;
  decltype(&cusolverDnDestroy) destroy;
  decltype(&cusolverDnSetStream) set_stream;
  decltype(&cusolverDnDgeqrf_bufferSize) geqrf_size;
  decltype(&cusolverDnDgeqrf) geqrf;
  std::string path;
};

/// Loads it once. Failure{kLibraryMissing} names the library, where it was looked for and what to set.
const SolverLibrary& solver_library();

/// A handle, made when it is first used. One call at a time.
class Solver {
 public:
  Solver() = default;
  Solver(const Solver&) = delete;
  Solver& operator=(const Solver&) = delete;
  ~Solver();

  /// Doubles that reflecting rows x columns works in, without the columns' own factors.
  std::int64_t work_size(std::int64_t rows, std::int64_t columns, std::int64_t ld);
  /// A = Q R by columns: R in its place, reflections below it. `info` on the device.
  void reflect(double* a, std::int64_t rows, std::int64_t columns, std::int64_t ld, double* factors,
               double* work, std::int64_t work_size, int* info, cudaStream_t stream);

 private:
  void open();
  std::mutex mutex_;
  const SolverLibrary* library_ = nullptr;
  cusolverDnHandle_t handle_ = nullptr;
};

}  // namespace sluice::cuda
