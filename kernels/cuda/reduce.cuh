// Sums over a block of threads, always in the same order, so that results repeat.
#pragma once

namespace sluice::cuda {

inline constexpr int kThreads = 256;
inline constexpr int kWarps = kThreads / 32;

/// The sum of x over the kThreads of a one-dimensional block; every thread gets it. `shared` holds kWarps.
__device__ __forceinline__ double block_sum(double x, double* shared) {
#pragma unroll
  for (int step = 16; step > 0; step /= 2) x += __shfl_down_sync(0xffffffffu, x, step);
  __syncthreads();  // an earlier sum may still be read
  if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = x;
  __syncthreads();
  double sum = shared[0];
#pragma unroll
  for (int warp = 1; warp < kWarps; ++warp) sum += shared[warp];
  return sum;
}

}  // namespace sluice::cuda
