// Transforms of real numbers of any length, for several windows at once (Lanes): kissfft's, of half the
// length where that is even, and by Bluestein's way where a prime factor is above 13, in which kissfft takes
// quadratic time. A transform has scratch of its own: one thread at a time.
#pragma once
#include <complex>
#include <cstdint>
#include <memory>
#include <vector>

#include "kernels/cpu/spectrum_lanes.h"

// No exception or type of it crosses this header: the instantiation is spectrum_transform.cpp's.
template <typename scalar_t>
class kissfft;

namespace sluice::SLUICE_BACKEND {

/// Complex numbers, out of place.
class ComplexTransform {
 public:
  explicit ComplexTransform(std::int64_t length);
  ~ComplexTransform();
  void run(const LaneComplex* in, LaneComplex* out);
  static std::int64_t bytes(std::int64_t length);

 private:
  void chirped(const LaneComplex* in, LaneComplex* out);

  std::int64_t length_;
  std::unique_ptr<kissfft<Lanes>> inner_;
  // Bluestein's: the chirp, the transform of its conjugate, a convolution's work.
  std::vector<std::complex<double>> chirp_, filter_;
  std::vector<LaneComplex> work_, other_;
};

/// Numbers k = 0 ... length / 2 of the transform of `length` real numbers.
class RealTransform {
 public:
  explicit RealTransform(std::int64_t length);
  /// Where the caller puts the numbers: number t of lane l at [t * Lanes::kLanes + l].
  double* input() { return input_.data(); }
  /// The input is not kept. The result stays until the next call.
  const LaneComplex* run();
  static std::int64_t bytes(std::int64_t length);

 private:
  const LaneComplex* run_even();
  const LaneComplex* run_odd();

  std::int64_t length_;
  ComplexTransform inner_;
  std::vector<double> input_;
  std::vector<LaneComplex> packed_, out_;
  std::vector<std::complex<double>> twiddles_;
};

}  // namespace sluice::SLUICE_BACKEND
