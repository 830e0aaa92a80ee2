// What both layouts of centre share on the device: rounding to the panel, and a slab's figures from its sums.
#pragma once
#include "kernels/cuda/centre.h"
#include "kernels/cuda/load.cuh"

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

/// The mean of a slab from the sum of w (x - origin).
__device__ __forceinline__ double slab_mean(double origin, double sum, double weight) {
  return origin + sum / weight;
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
  double within = 0;
  if (weight > 0) {
    within = (residual + weight * (mean - shift)) / sqrt(weight);
    square -= residual * (residual / weight);
    mean += residual / weight;
  }
  g.mean[k * g.variables + v] = mean;
  g.square[k * g.variables + v] = square;
  g.moments.within[k * g.moments.ld + v] = within;
}

}  // namespace sluice::cuda
