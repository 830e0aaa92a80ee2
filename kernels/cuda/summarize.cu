// summarize: a block takes kSummaryBlock observations of one variable (kVariables), or of 32 neighbouring
// ones (kObservations), in two passes as the shared form does; blocks are merged in order by the shared code.
#include <thrust/system/cuda/execution_policy.h>

#include "kernels/for_each.h"
// The operation needs for_each_index before it.
#include "kernels/summarize.inl"

#include "kernels/check.h"
#include "kernels/cuda/context.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/load.cuh"
#include "kernels/cuda/nvtx.h"
#include "kernels/cuda/operations.h"
#include "kernels/cuda/reduce.cuh"

namespace sluice::cuda {
namespace {

/// The partial figures of a thread, then of its variable.
struct Counts {
  std::int64_t count, nan;
  double min, max, sum, square;
};

/// Blocks of one wave: partial (blocks x variables) gets their summaries.
struct Wave {
  SummarizeArgs args;
  std::int64_t first_block, blocks, groups;  // groups of kWidth variables
  Summary* partial;
};

/// Adds up the figures of the lanes of each variable; lane 0 of it (threads below kWidth) holds the sum, and
/// shared[0 ... kWidth) too.
template <int kWidth>
__device__ void add_lanes(const Counts& mine, Counts* shared) {
  const int thread = int(threadIdx.x);
  __syncthreads();
  shared[thread] = mine;
  for (int step = kThreads / 2; step >= kWidth; step /= 2) {
    __syncthreads();
    if (thread >= step) continue;
    Counts& a = shared[thread];
    const Counts& b = shared[thread + step];
    a.count += b.count;
    a.nan += b.nan;
    a.min = b.min < a.min ? b.min : a.min;
    a.max = b.max > a.max ? b.max : a.max;
    a.sum += b.sum;
    a.square += b.square;
  }
  __syncthreads();
}

template <class T, int kWidth>
__device__ void summarize_block(const Wave& w, std::int64_t group, std::int64_t slot, Counts* shared) {
  constexpr int kLanes = kThreads / kWidth;
  const SummarizeArgs& a = w.args;
  const int column = int(threadIdx.x) % kWidth, lane = int(threadIdx.x) / kWidth;
  const std::int64_t v = group * kWidth + column, begin = (w.first_block + slot) * kSummaryBlock;
  const int length = int(smaller(kSummaryBlock, a.observations - begin));
  const std::int64_t step = kWidth == 1 ? 1 : a.source_ld;  // elements between two observations
  const bool active = v < a.variables;
  const Source<T> source{static_cast<const typename Source<T>::Bits*>(a.source) +
                             (kWidth == 1 ? v * a.source_ld + begin : begin * a.source_ld + v),
                         a.swapped != 0};
  const Summary empty = empty_summary();
  Counts mine{0, 0, empty.min, empty.max, 0, 0};
  double origin = active ? source[0] : 0;
  if (!is_finite(origin)) origin = 0;
  for (int t = lane; active && t < length; t += kLanes) {
    const double x = source[t * step];
    mine.nan += is_nan(x);
    if (!is_finite(x)) continue;
    ++mine.count;
    mine.min = x < mine.min ? x : mine.min;
    mine.max = x > mine.max ? x : mine.max;
    mine.sum += x - origin;
  }
  add_lanes<kWidth>(mine, shared);
  const Counts all = shared[column];
  Summary found = empty;
  found.count = all.count;
  found.nan = all.nan;
  found.inf = length - all.count - all.nan;
  found.min = all.min;
  found.max = all.max;
  found.mean = all.count > 0 ? origin + all.sum / double(all.count) : 0;
  mine = Counts{0, 0, empty.min, empty.max, 0, 0};
  for (int t = lane; active && t < length; t += kLanes) {
    const double x = source[t * step];
    if (!is_finite(x)) continue;
    const double d = x - found.mean;
    mine.sum += d;
    mine.square += d * d;
  }
  add_lanes<kWidth>(mine, shared);
  if (lane != 0 || !active) return;
  const Counts deviations = shared[column];
  if (found.count > 0) found.m2 = deviations.square - deviations.sum * deviations.sum / double(found.count);
  w.partial[slot * a.variables + v] = found;
}

template <class T, int kWidth>
__global__ void __launch_bounds__(kThreads) summarize_kernel(const __grid_constant__ Wave w) {
  __shared__ Counts shared[kThreads];
  for (std::int64_t task = blockIdx.x; task < w.groups * w.blocks; task += gridDim.x)
    summarize_block<T, kWidth>(w, task % w.groups, task / w.groups, shared);
}

template <class T, int kWidth>
void run(const SummarizeArgs& args, Summary* partial, cudaStream_t stream) {
  const auto policy = thrust::cuda::par_nosync.on(stream);
  const std::int64_t blocks = ceil_div(args.observations, kSummaryBlock);
  const std::int64_t capacity = kPartialBytes / std::int64_t(sizeof(Summary));
  // Variables beyond the scratch are taken in turns, each with all its blocks.
  for (std::int64_t v = 0; v < args.variables; v += capacity) {
    SummarizeArgs part = args;
    part.variables = smaller(capacity, args.variables - v);
    part.source = static_cast<const T*>(args.source) + (kWidth == 1 ? v * args.source_ld : v);
    part.out = args.out + v;
    const std::int64_t wave = capacity / part.variables, groups = ceil_div(part.variables, kWidth);
    if (args.clear != 0) for_each_index(policy, part.variables, SummarizeClear{part.out});
    for (std::int64_t first = 0; first < blocks; first += wave) {
      const std::int64_t count = smaller(wave, blocks - first);
      launch("summarize", &summarize_kernel<T, kWidth>, grid_of(groups * count), dim3(kThreads), stream,
             Wave{part, first, count, groups, partial});
      for_each_index(policy, part.variables, SummarizeMerge{partial, count, part.variables, part.out});
    }
  }
}

}  // namespace

void summarize(Queue& queue, const SummarizeArgs& args) {
  const Range range("sluice summarize");
  check(args);
  if (reinterpret_cast<std::uintptr_t>(args.source) % size_of(args.type) != 0)
    fail(kBadArgument, "summarize: the source is not aligned to its elements");
  if (args.variables == 0) return;
  const ScratchUse scratch(queue.context->partials, queue);
  with_type(args.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    if (args.layout == Layout::kVariables)
      run<T, 1>(args, scratch.as<Summary>(), queue.stream.get());
    else
      run<T, 32>(args, scratch.as<Summary>(), queue.stream.get());
  });
}

}  // namespace sluice::cuda
