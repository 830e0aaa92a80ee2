// What both layouts of centre share on the device: rounding to the panel, and a slab's figures from its sums.
#pragma once
#include "kernels/cuda/centre.h"
#include "kernels/cuda/load.cuh"
#include "kernels/running.h"

namespace sluice::cuda {

/// Nearest value that TF32 holds (10 bits of mantissa). The tensor cores cut the other bits off, which would
/// shift all products one way.
__device__ __forceinline__ float tf32_of(float x) {
  std::uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  if ((bits & 0x7f800000u) != 0x7f800000u) bits = (bits + 0x1000u) & 0xffffe000u;
  memcpy(&x, &bits, sizeof x);
  return x;
}

__device__ __forceinline__ void round_to(float& to, double x, bool tf32) {
  to = float(x);
  if (tf32) to = tf32_of(to);
}
__device__ __forceinline__ void round_to(double& to, double x, bool) {
  to = x;
}

/// What the first sum of a slab takes differences from: its first observation, or 0 where that is no number.
__device__ __forceinline__ double origin_of(double first) {
  return is_finite(first) ? first : 0;
}

/// The mean of a slab from the sum of w (x - origin).
__device__ __forceinline__ double slab_mean(double origin, double sum, double weight) {
  return origin + sum / weight;
}

/// The mean as the panel's type P holds it, or 0 where it does not.
template <class P>
__device__ __forceinline__ double shift_of(double mean) {
  const double shift = double(P(mean));
  return is_finite(shift) ? shift : 0;
}

/// A constant that the panel's type cannot hold: it is centred exactly, so that its products are exactly 0.
__device__ __forceinline__ bool is_inexact_constant(double mean, double shift, double square) {
  return square == 0 && shift != mean;
}

/// Leaves the figures of slab k, variable v. residual and square are of the deviations from `mean`, shift is
/// the mean as the panel subtracted it. The running moments pass over a slab without weight.
__device__ __forceinline__ void leave_slab(const CentreGroup& g, std::int64_t k, std::int64_t v, double mean,
                                           double shift, double residual, double square) {
  const double weight = g.slab_weights[k];
  SlabStats s{};
  if (weight > 0) s = slab_stats(mean, shift, residual, square, weight);
  if (!is_finite(mean)) {  // numpy's inf or NaN, above a base that is a number
    s.rest = mean;
    s.shift = 0;
  }
  const std::int64_t i = k * g.variables + v;
  g.base[i] = s.shift;
  g.rest[i] = s.rest;
  g.square[i] = s.m2;
  g.moments.within[k * g.moments.ld + v] = s.within;
}

}  // namespace sluice::cuda
