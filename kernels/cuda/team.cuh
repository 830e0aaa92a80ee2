// A team of threads that takes one curve: a warp, or a block. Sums and scans always go in the same order, and
// every thread of the team gets them.
#pragma once
#include <cstdint>

namespace sluice::cuda {

template <int kSize>
struct Team {
  static_assert(kSize % 32 == 0);
  static constexpr int kWarpsEach = kSize / 32;
  int rank;        // of this thread
  double* shared;  // kWarpsEach numbers of the team's own

  __device__ __forceinline__ void sync() const {
    if constexpr (kSize == 32)
      __syncwarp();
    else
      __syncthreads();
  }

  /// x of all threads, combined in pairs, then warps in their order.
  template <class F>
  __device__ __forceinline__ double combine(double x, const F& f) const {
#pragma unroll
    for (int step = 16; step > 0; step /= 2) x = f(x, __shfl_xor_sync(0xffffffffu, x, step));
    if constexpr (kSize > 32) {
      __syncthreads();  // what was combined before may still be read
      if (rank % 32 == 0) shared[rank / 32] = x;
      __syncthreads();
      x = shared[0];
#pragma unroll
      for (int warp = 1; warp < kWarpsEach; ++warp) x = f(x, shared[warp]);
    }
    return x;
  }
  __device__ __forceinline__ double sum(double x) const {
    return combine(x, [](double a, double b) { return a + b; });
  }
  __device__ __forceinline__ double least(double x) const {
    return combine(x, [](double a, double b) { return b < a ? b : a; });
  }
  __device__ __forceinline__ double most(double x) const {
    return combine(x, [](double a, double b) { return b > a ? b : a; });
  }

  /// The sum of x over the threads before this one.
  __device__ __forceinline__ double before(double x) const {
    const int lane = rank % 32;
    double upto = x;
#pragma unroll
    for (int step = 1; step < 32; step *= 2) {
      const double other = __shfl_up_sync(0xffffffffu, upto, step);
      if (lane >= step) upto += other;
    }
    double sum = __shfl_up_sync(0xffffffffu, upto, 1);
    if (lane == 0) sum = 0;
    if constexpr (kSize > 32) {
      __syncthreads();
      if (lane == 31) shared[rank / 32] = upto;
      __syncthreads();
      double earlier = 0;
      for (int warp = 0; warp < rank / 32; ++warp) earlier += shared[warp];
      sum += earlier;
    }
    return sum;
  }

  /// f(i) of [first, n), a thread every kSize-th.
  template <class F>
  __device__ __forceinline__ void each(std::int64_t first, std::int64_t n, const F& f) const {
    for (std::int64_t i = first + rank; i < n; i += kSize) f(i);
  }
  template <class F>
  __device__ __forceinline__ double sum_of(std::int64_t first, std::int64_t n, const F& f) const {
    double sum_here = 0;
    each(first, n, [&](std::int64_t i) { sum_here += f(i); });
    return sum(sum_here);
  }

  /// The part of [0, n) that is this thread's where rows must be taken in order.
  struct Run {
    std::int64_t from, to;
  };
  __device__ __forceinline__ Run run(std::int64_t n) const {
    const std::int64_t each_one = (n + kSize - 1) / kSize, from = rank * each_one;
    return {from < n ? from : n, from + each_one < n ? from + each_one : n};
  }
};

}  // namespace sluice::cuda
