// cuFFT, found and loaded at run time when the first spectrum is asked for, and a plan of real transforms in
// memory that the caller lends.
#pragma once
#include <cufft.h>

#include <cstdint>
#include <string>

#include "kernels/cuda/error.h"

namespace sluice::cuda {

/// The functions of cuFFT that this backend calls, and where they came from.
struct FftLibrary {
  decltype(&cufftCreate) create;
  decltype(&cufftDestroy) destroy;
  decltype(&cufftSetAutoAllocation) set_auto_allocation;
  decltype(&cufftMakePlanMany64) make_plan;
  decltype(&cufftSetStream) set_stream;
  decltype(&cufftSetWorkArea) set_work_area;
  decltype(&cufftExecR2C) exec_float;
  decltype(&cufftExecD2Z) exec_double;
  std::string path;
};

/// Loads it once. Failure{kLibraryMissing} names the library, where it was looked for and what to set.
const FftLibrary& fft_library();

/// `batch` transforms of `length` real numbers, dense, to length / 2 + 1 complex ones each.
class FftPlan {
 public:
  /// Bytes of its work area are known once it is made.
  FftPlan(std::int64_t length, std::int64_t batch, bool single);
  ~FftPlan();
  FftPlan(const FftPlan&) = delete;
  FftPlan& operator=(const FftPlan&) = delete;
  std::int64_t work_bytes() const { return std::int64_t(work_bytes_); }
  void set_work_area(void* memory);
  void run(void* in, void* out, cudaStream_t stream) const;

 private:
  const FftLibrary& library_;
  cufftHandle handle_ = 0;
  std::size_t work_bytes_ = 0;
  bool single_;
};

}  // namespace sluice::cuda
