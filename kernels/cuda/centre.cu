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
#include "kernels/running.h"

namespace sluice::cuda {
namespace {

/// One thread a variable: its slabs in order.
__global__ void __launch_bounds__(kThreads) fold_slabs(const __grid_constant__ CentreGroup g) {
  const std::int64_t v = std::int64_t(blockIdx.x) * kThreads + threadIdx.x;
  if (v >= g.variables) return;
  const Moments& m = g.moments;
  double before = g.weight_before;
  if (!(before > 0)) m.origin[v] = m.offset[v] = m.mean[v] = m.m2[v] = 0;
  for (int k = 0; k < g.slabs; ++k) {
    const std::int64_t i = k * g.variables + v;
    // The kernels of the layout left `within` in its place.
    const SlabStats s{g.base[i], g.rest[i], g.square[i], m.within[k * m.ld + v]};
    take_slab(m, v, k, s, before, g.slab_weights[k]);
    before += g.slab_weights[k];
  }
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
  g.base = scratch;
  g.rest = g.base + slabs * variables;
  g.square = g.rest + slabs * variables;
  g.partial = g.square + slabs * variables;
  const Moments& m = args.moments;
  const std::int64_t first = k * m.ld + v;
  g.moments = {m.origin + v, m.offset + v, m.mean + v, m.m2 + v, m.between + first, m.within + first, m.ld};
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
  const Moments& m = args.moments;
  for (double* first : {m.origin, m.offset, m.mean, m.m2})
    check(cudaMemsetAsync(first, 0, bytes, stream), "cudaMemsetAsync");
}

}  // namespace

void centre(Queue& queue, const CentreArgs& args) {
  const Range range("sluice centre");
  require(args);
  const cudaStream_t stream = queue.stream.get();
  const std::int64_t slabs = ceil_div(args.observations, kSlab);
  const bool runs = args.layout == Layout::kVariables;
  const std::int64_t doubles = runs ? 3 : 3 + 2 * kParts;  // of scratch, for a slab of a variable
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
