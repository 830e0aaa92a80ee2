// What the operations on windows share on the card: a state in a thread's own memory, states of a ring, and
// the loop over tasks of one thread each, channels fastest, so that neighbours read neighbouring elements.
#pragma once
#include "kernels/cuda/reduce.cuh"
#include "kernels/window_state.inl"

namespace sluice::cuda {

inline constexpr int kMostFields = 17;
static_assert(WindowFields(~0u).fields == kMostFields);

/// State `number` of channel c: its rows lie `channels` apart, its channel counts as 0.
__device__ __forceinline__ WindowState state_at(const double* states, const WindowFields& f,
                                                std::int64_t number, std::int64_t channels, std::int64_t c) {
  return {const_cast<double*>(states) + number * f.fields * channels + c, channels};
}

__device__ __forceinline__ void copy_state(const WindowFields& f, const WindowState& to,
                                           const WindowState& from) {
  for (int i = 0; i < f.fields; ++i) to(i, 0) = from(i, 0);
}

template <class F>
__device__ __forceinline__ void each_task(std::int64_t tasks, const F& f) {
  const std::int64_t step = std::int64_t(gridDim.x) * kThreads;
  for (std::int64_t i = std::int64_t(blockIdx.x) * kThreads + threadIdx.x; i < tasks; i += step) f(i);
}

}  // namespace sluice::cuda
