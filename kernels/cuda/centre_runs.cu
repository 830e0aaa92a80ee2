// centre where a variable's observations are contiguous: one block a (variable, slab). A thread takes four
// neighbouring observations at a time, loaded at once where addresses allow; the order of sums is the same in
// both cases. The second pass finds the slab in the caches.
#include "kernels/cuda/centre.cuh"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/operations.h"
#include "kernels/cuda/reduce.cuh"

namespace sluice::cuda {
namespace {

template <class T>
__device__ __forceinline__ void load_four(const Source<T>& run, int at, int count, bool aligned, double* x) {
  if (aligned && at + 4 <= count) {
    run.four(at, x);
  } else {
#pragma unroll
    for (int u = 0; u < 4; ++u) x[u] = at + u < count ? run[at + u] : 0;
  }
}

template <class P>
__device__ void clear_run(P* panel, int count) {
  for (int at = int(threadIdx.x); at < count; at += kThreads) panel[at] = 0;
}

template <class T, class P>
__device__ void centre_slab(const CentreGroup& g, std::int64_t v, int k, double* shared) {
  const std::int64_t begin = k * kSlab;
  const int count = int(smaller(kSlab, g.observations - begin));
  const Source<T> run{static_cast<const typename Source<T>::Bits*>(g.source) + v * g.source_ld + begin,
                      g.swapped};
  P* panel = static_cast<P*>(g.panel) + v * g.panel_ld + begin;
  const double* weights = g.weights != nullptr ? g.weights + begin : nullptr;
  if (!(g.slab_weights[k] > 0)) {
    clear_run(panel, count);
    if (threadIdx.x == 0) leave_slab(g, k, v, 0, 0, 0, 0);
    return;
  }
  const double origin = origin_of(run[0]);
  double x[4], part[4] = {0, 0, 0, 0};
  for (int at = 4 * int(threadIdx.x); at < count; at += 4 * kThreads) {
    load_four(run, at, count, g.aligned, x);
#pragma unroll
    for (int u = 0; u < 4; ++u)
      if (at + u < count) part[u] += weights != nullptr ? weights[at + u] * (x[u] - origin) : x[u] - origin;
  }
  const double sum = block_sum((part[0] + part[1]) + (part[2] + part[3]), shared);
  const double mean = slab_mean(origin, sum, g.slab_weights[k]);
  const double shift = shift_of<P>(mean);
  double residual[4] = {0, 0, 0, 0}, square[4] = {0, 0, 0, 0};
  for (int at = 4 * int(threadIdx.x); at < count; at += 4 * kThreads) {
    load_four(run, at, count, g.aligned, x);
    Four<P> out;
#pragma unroll
    for (int u = 0; u < 4; ++u) {
      if (at + u >= count) continue;
      const double weight = weights != nullptr ? weights[at + u] : 1, d = x[u] - mean;
      residual[u] += weight * d;
      square[u] += weight * d * d;
      round_to(out.x[u], weights != nullptr ? sqrt(weight) * (x[u] - shift) : x[u] - shift, g.tf32);
    }
    if (g.aligned && at + 4 <= count) {
      *reinterpret_cast<Four<P>*>(panel + at) = out;
    } else {
#pragma unroll
      for (int u = 0; u < 4; ++u)
        if (at + u < count) panel[at + u] = out.x[u];
    }
  }
  const double r = block_sum((residual[0] + residual[1]) + (residual[2] + residual[3]), shared);
  const double q = block_sum((square[0] + square[1]) + (square[2] + square[3]), shared);
  const bool zero = is_inexact_constant(mean, shift, q);
  if (zero) clear_run(panel, count);
  if (threadIdx.x == 0) leave_slab(g, k, v, mean, zero ? mean : shift, r, q);
}

template <class T, class P>
__global__ void __launch_bounds__(kThreads) centre_runs_kernel(const __grid_constant__ CentreGroup g) {
  __shared__ double shared[kWarps];
  // Neighbouring blocks take neighbouring slabs of one variable. At most 64 x 65536 blocks.
  const std::int64_t v = blockIdx.x / unsigned(g.slabs);
  const int k = int(blockIdx.x % unsigned(g.slabs));
  centre_slab<T, P>(g, v, k, shared);
}

template <class T, class P>
void run(CentreGroup g, cudaStream_t stream) {
  using Bits = typename Source<T>::Bits;
  g.aligned = aligned_for_four(static_cast<const Bits*>(g.source), g.source_ld) &&
              aligned_for_four(static_cast<const P*>(g.panel), g.panel_ld);
  launch("centre", &centre_runs_kernel<T, P>, grid_of(g.variables * g.slabs), dim3(kThreads), stream, g);
}

}  // namespace

void centre_runs(const CentreGroup& group, DType type, Compute compute, cudaStream_t stream) {
  with_type(type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    if (compute == Compute::kFloat64)
      run<T, double>(group, stream);
    else
      run<T, float>(group, stream);
  });
}

}  // namespace sluice::cuda
