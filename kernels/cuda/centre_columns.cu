// centre where an observation's variables are contiguous: a block takes 32 variables over kPart observations
// of a slab, eight observations at a time. Parts are cut at absolute observations and their sums are added in
// order, so a variable's figures do not depend on which variables share its call.
#include "kernels/cuda/centre.cuh"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/operations.h"
#include "kernels/cuda/reduce.cuh"

namespace sluice::cuda {
namespace {

constexpr int kColumns = 32, kLanes = 8, kUnroll = 4;
static_assert(kPart * kParts == kSlab);

/// What a thread of the partial kernels takes: observations begin + lane, + kLanes, ... of a variable.
struct Place {
  std::int64_t v, begin, end, k, part;
  bool active;
  __device__ explicit Place(const CentreGroup& g)
      : v(std::int64_t(blockIdx.x) * kColumns + threadIdx.x),
        k(blockIdx.y / unsigned(kParts)),
        part(blockIdx.y % unsigned(kParts)) {
    begin = k * kSlab + part * kPart;
    end = smaller(begin + kPart, smaller((k + 1) * kSlab, g.observations));
    active = v < g.variables;
  }
};

/// Sums x over the lanes of each variable, in order; thread (column, 0) stores it.
__device__ __forceinline__ void leave_partial(const CentreGroup& g, const Place& p, double x, double* to,
                                              double (*shared)[kColumns]) {
  __syncthreads();
  shared[threadIdx.y][threadIdx.x] = x;
  __syncthreads();
  if (threadIdx.y != 0 || !p.active) return;
  double sum = shared[0][threadIdx.x];
#pragma unroll
  for (int lane = 1; lane < kLanes; ++lane) sum += shared[lane][threadIdx.x];
  to[(p.k * kParts + p.part) * g.variables + p.v] = sum;
}

/// The sum of a slab's parts, in order. Parts that begin behind the last observation hold nothing.
__device__ __forceinline__ double sum_parts(const CentreGroup& g, const double* from, std::int64_t k,
                                            std::int64_t v) {
  const std::int64_t parts = smaller(kParts, ceil_div(g.observations - k * kSlab, kPart));
  double sum = 0;
  for (std::int64_t part = 0; part < parts; ++part) sum += from[(k * kParts + part) * g.variables + v];
  return sum;
}

__device__ __forceinline__ double* second_partial(const CentreGroup& g) {
  return g.partial + g.slabs * kParts * g.variables;
}

template <class T>
__device__ __forceinline__ Source<T> source_of(const CentreGroup& g) {
  return Source<T>{static_cast<const typename Source<T>::Bits*>(g.source), g.swapped};
}

template <class T>
__global__ void __launch_bounds__(kThreads) sum_columns(const __grid_constant__ CentreGroup g) {
  __shared__ double shared[kLanes][kColumns];
  const Place p(g);
  const Source<T> source = source_of<T>(g);
  double sum[kUnroll] = {0, 0, 0, 0};
  if (p.active) {
    const double origin = origin_of(source[p.k * kSlab * g.source_ld + p.v]);
    for (std::int64_t t = p.begin + threadIdx.y; t < p.end; t += kLanes * kUnroll) {
#pragma unroll
      for (int u = 0; u < kUnroll; ++u) {
        const std::int64_t at = t + u * kLanes;
        if (at >= p.end) continue;
        const double d = source[at * g.source_ld + p.v] - origin;
        sum[u] += g.weights != nullptr ? g.weights[at] * d : d;
      }
    }
  }
  leave_partial(g, p, (sum[0] + sum[1]) + (sum[2] + sum[3]), g.partial, shared);
}

template <class T>
__global__ void __launch_bounds__(kThreads) mean_columns(const __grid_constant__ CentreGroup g) {
  const std::int64_t i = std::int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= g.slabs * g.variables) return;
  const std::int64_t k = i / g.variables, v = i % g.variables;
  const double origin = origin_of(source_of<T>(g)[k * kSlab * g.source_ld + v]);
  g.base[i] = slab_mean(origin, sum_parts(g, g.partial, k, v), g.slab_weights[k]);
}

template <class T, class P>
__global__ void __launch_bounds__(kThreads) panel_columns(const __grid_constant__ CentreGroup g) {
  __shared__ double shared[kLanes][kColumns];
  const Place p(g);
  const Source<T> source = source_of<T>(g);
  P* panel = static_cast<P*>(g.panel);
  double residual[kUnroll] = {0, 0, 0, 0}, square[kUnroll] = {0, 0, 0, 0};
  if (p.active) {
    const double mean = g.base[p.k * g.variables + p.v], shift = shift_of<P>(mean);
    for (std::int64_t t = p.begin + threadIdx.y; t < p.end; t += kLanes * kUnroll) {
#pragma unroll
      for (int u = 0; u < kUnroll; ++u) {
        const std::int64_t at = t + u * kLanes;
        if (at >= p.end) continue;
        const double x = source[at * g.source_ld + p.v], d = x - mean;
        const double weight = g.weights != nullptr ? g.weights[at] : 1;
        residual[u] += weight * d;
        square[u] += weight * d * d;
        P out;
        round_to(out, g.weights != nullptr ? sqrt(weight) * (x - shift) : x - shift, g.tf32);
        panel[at * g.panel_ld + p.v] = out;
      }
    }
  }
  leave_partial(g, p, (residual[0] + residual[1]) + (residual[2] + residual[3]), g.partial, shared);
  leave_partial(g, p, (square[0] + square[1]) + (square[2] + square[3]), second_partial(g), shared);
}

template <class P>
__global__ void __launch_bounds__(kThreads) slab_columns(const __grid_constant__ CentreGroup g) {
  const std::int64_t i = std::int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (i >= g.slabs * g.variables) return;
  const std::int64_t k = i / g.variables, v = i % g.variables;
  const double mean = g.base[i], shift = shift_of<P>(mean);
  const double residual = sum_parts(g, g.partial, k, v), square = sum_parts(g, second_partial(g), k, v);
  const bool weightless = !(g.slab_weights[k] > 0),
             zero = weightless || is_inexact_constant(mean, shift, square);
  if (zero) {
    const std::int64_t end = smaller((k + 1) * kSlab, g.observations);
    for (std::int64_t t = k * kSlab; t < end; ++t) static_cast<P*>(g.panel)[t * g.panel_ld + v] = 0;
  }
  leave_slab(g, k, v, mean, zero ? mean : shift, residual, square);
}

template <class T, class P>
void run(const CentreGroup& g, cudaStream_t stream) {
  const dim3 parts(unsigned(ceil_div(g.variables, kColumns)), unsigned(g.slabs * kParts));
  const dim3 block(kColumns, kLanes), each = grid_of(ceil_div(g.slabs * g.variables, kThreads));
  launch("centre: sums", &sum_columns<T>, parts, block, stream, g);
  launch("centre: means", &mean_columns<T>, each, dim3(kThreads), stream, g);
  launch("centre: panel", &panel_columns<T, P>, parts, block, stream, g);
  launch("centre: slabs", &slab_columns<P>, each, dim3(kThreads), stream, g);
}

}  // namespace

void centre_columns(const CentreGroup& group, DType type, Compute compute, cudaStream_t stream) {
  with_type(type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    if (compute == Compute::kFloat64)
      run<T, double>(group, stream);
    else
      run<T, float>(group, stream);
  });
}

}  // namespace sluice::cuda
