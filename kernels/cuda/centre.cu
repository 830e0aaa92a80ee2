// centre: cuts the tile into groups that fit the scratch, and folds each group's slabs into the running
// moments.
#include "kernels/cuda/centre.h"

#include <algorithm>

#include "kernels/check.h"
#include "kernels/cuda/context.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/nvtx.h"
#include "kernels/cuda/operations.h"
#include "kernels/cuda/reduce.cuh"

namespace sluice::cuda {
namespace {

/// One thread a variable: its slabs in order, by Chan's formula. A slab without weight changes nothing.
__global__ void __launch_bounds__(kThreads) fold_slabs(const __grid_constant__ CentreGroup g) {
  const std::int64_t v = std::int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (v >= g.variables) return;
  double before = g.weight_before;
  double mean = before > 0 ? g.moments.mean[v] : 0, m2 = before > 0 ? g.moments.m2[v] : 0;
  for (int k = 0; k < g.slabs; ++k) {
    const double weight = g.slab_weights[k];
    const double slab_mean = g.mean[k * g.variables + v];
    double between = 0;
    if (weight > 0) {
      const double square = g.square[k * g.variables + v];
      if (before > 0) {
        const double total = before + weight, delta = slab_mean - mean, scale = before * (weight / total);
        between = sqrt(scale) * delta;
        mean += delta * (weight / total);
        m2 += square + delta * delta * scale;
      } else {
        mean = slab_mean;
        m2 = square;
      }
      before += weight;
    }
    g.moments.between[k * g.moments.ld + v] = between;
  }
  g.moments.mean[v] = mean;
  g.moments.m2[v] = m2;
}

/// Sum of the weights of slab k of the tile.
double weight_of(const CentreArgs& args, std::int64_t k) {
  if (args.slab_weights != nullptr) return args.slab_weights[k];
  return double(smaller(kSlab, args.observations - k * kSlab));
}

/// `elements` on from a typed pointer that is known by the size of its elements.
template <class Void>
Void* advanced(Void* data, std::int64_t elements, std::int64_t size) {
  return const_cast<char*>(static_cast<const char*>(data)) + elements * size;
}

CentreGroup group_of(const CentreArgs& args, std::int64_t v, std::int64_t variables, std::int64_t k,
                     std::int64_t slabs, double* scratch) {
  const bool runs = args.layout == Layout::kVariables;
  const std::int64_t t = k * kSlab;
  CentreGroup g{};
  g.source = advanced(args.source, runs ? v * args.source_ld + t : t * args.source_ld + v,
                      std::int64_t(size_of(args.type)));
  g.panel = advanced(args.panel, runs ? v * args.panel_ld + t : t * args.panel_ld + v, size_of(args.compute));
  g.weights = args.weights != nullptr ? args.weights + t : nullptr;
  g.source_ld = args.source_ld;
  g.panel_ld = args.panel_ld;
  g.variables = variables;
  g.observations = smaller(slabs * kSlab, args.observations - t);
  g.slabs = std::int32_t(slabs);
  g.swapped = args.swapped != 0;
  g.tf32 = args.compute == Compute::kTf32;
  g.mean = scratch;
  g.square = g.mean + slabs * variables;
  g.partial = g.square + slabs * variables;
  const Moments& m = args.moments;
  g.moments = {m.mean + v, m.m2 + v, m.between + k * m.ld + v, m.within + k * m.ld + v, m.ld};
  for (std::int64_t i = 0; i < slabs; ++i) g.slab_weights[i] = weight_of(args, k + i);
  return g;
}

void require(const CentreArgs& args) {
  check(args, true);
  if (args.moments.ld < args.variables && args.observations > kSlab)
    fail(kBadArgument, "centre: slabs of the moments overlap");
  if (reinterpret_cast<std::uintptr_t>(args.source) % size_of(args.type) != 0)
    fail(kBadArgument, "centre: the source is not aligned to its elements");
}

/// Without observations there is nothing to fold, but the moments begin at 0.
void reset_moments(const CentreArgs& args, cudaStream_t stream) {
  const std::size_t bytes = std::size_t(args.variables) * sizeof(double);
  check(cudaMemsetAsync(args.moments.mean, 0, bytes, stream), "cudaMemsetAsync");
  check(cudaMemsetAsync(args.moments.m2, 0, bytes, stream), "cudaMemsetAsync");
}

}  // namespace

void centre(Queue& queue, const CentreArgs& args) {
  const Range range("sluice centre");
  require(args);
  const cudaStream_t stream = queue.stream.get();
  const std::int64_t slabs = ceil_div(args.observations, kSlab);
  const bool runs = args.layout == Layout::kVariables;
  const std::int64_t doubles = runs ? 2 : 2 + 2 * kParts;  // of scratch, for a slab of a variable
  if (args.variables == 0) return;
  if (slabs == 0) {
    if (args.weight_before == 0) reset_moments(args, stream);
    return;
  }
  const ScratchUse scratch(queue.context->partials, queue);
  for (std::int64_t v = 0; v < args.variables; v += kGroupVariables) {
    const std::int64_t variables = smaller(kGroupVariables, args.variables - v);
    const std::int64_t fits = kPartialBytes / (variables * doubles * std::int64_t(sizeof(double)));
    const std::int64_t step = std::clamp<std::int64_t>(fits, 1, kGroupSlabs);
    double before = args.weight_before;
    for (std::int64_t k = 0; k < slabs; k += step) {
      CentreGroup g = group_of(args, v, variables, k, smaller(step, slabs - k), scratch.as<double>());
      g.weight_before = before;
      (runs ? centre_runs : centre_columns)(g, args.type, args.compute, stream);
      launch("centre: moments", &fold_slabs, grid_of(ceil_div(variables, kThreads)), dim3(kThreads), stream,
             g);
      for (std::int32_t i = 0; i < g.slabs; ++i) before += g.slab_weights[i];
    }
  }
}

}  // namespace sluice::cuda
