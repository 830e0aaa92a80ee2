// summarize over an execution policy: a task takes a variable, or kWidth neighbours, over blocks of 4096
// observations; sums are of differences from the block's first element, merged in order by Chan's formula.
#pragma once
#include <cstdint>

#include "kernels/backend.h"
#include "kernels/elements.h"

namespace sluice::SLUICE_BACKEND {

inline constexpr std::int64_t kSummaryBlock = 4096;

SLUICE_HD void merge(Summary& into, const Summary& next) {
  into.nan += next.nan;
  into.inf += next.inf;
  if (next.count == 0) return;
  if (into.count == 0) {
    into.count = next.count;
    into.min = next.min;
    into.max = next.max;
    into.mean = next.mean;
    into.m2 = next.m2;
    return;
  }
  const double a = double(into.count), b = double(next.count), delta = next.mean - into.mean;
  into.min = next.min < into.min ? next.min : into.min;
  into.max = next.max > into.max ? next.max : into.max;
  into.m2 += next.m2 + delta * delta * (a * b / (a + b));
  into.mean += delta * (b / (a + b));
  into.count += next.count;
}

SLUICE_HD Summary empty_summary() {
  return Summary{0, 0, 0, 1.0 / 0.0, -1.0 / 0.0, 0, 0};
}

/// kWidth running summaries side by side, of values less an origin near their mean; loops over them have no
/// branch, so that they run in vectors.
template <int kWidth>
struct SummaryLanes {
  double origin[kWidth], finite[kWidth], nan[kWidth], low[kWidth], high[kWidth], sum[kWidth], squares[kWidth];

  SLUICE_HD void start() {
    for (int l = 0; l < kWidth; ++l) {
      origin[l] = finite[l] = nan[l] = sum[l] = squares[l] = 0;
      low[l] = double_of(0x7ff0000000000000ull);
      high[l] = -low[l];
    }
  }

  SLUICE_HD void take(const double* x, int count) {
    for (int l = 0; l < count; ++l) {
      const bool real = is_finite(x[l]);
      const double d = real ? x[l] - origin[l] : 0.0;
      finite[l] += real ? 1.0 : 0.0;
      nan[l] += is_nan(x[l]) ? 1.0 : 0.0;
      low[l] = real && x[l] < low[l] ? x[l] : low[l];
      high[l] = real && x[l] > high[l] ? x[l] : high[l];
      sum[l] += d;
      squares[l] += d * d;
    }
  }

  /// Adds lane `from` to lane `to` of the same origin.
  SLUICE_HD void join(int to, int from) {
    finite[to] += finite[from];
    nan[to] += nan[from];
    low[to] = low[from] < low[to] ? low[from] : low[to];
    high[to] = high[from] > high[to] ? high[from] : high[to];
    sum[to] += sum[from];
    squares[to] += squares[from];
  }

  SLUICE_HD Summary summary(int l, std::int64_t length) const {
    Summary s{std::int64_t(finite[l]), std::int64_t(nan[l]), 0, low[l], high[l], 0, 0};
    s.inf = length - s.count - s.nan;
    if (s.count == 0) return s;
    s.mean = origin[l] + sum[l] / finite[l];
    const double m2 = squares[l] - sum[l] * (sum[l] / finite[l]);
    s.m2 = m2 > 0 ? m2 : 0;
    return s;
  }
};

template <class T, bool kSwapped, int kWidth>
struct SummarizeBlocks {
  SummarizeArgs args;
  std::int64_t groups;       // of variables: kWidth neighbours, or one where its observations are contiguous
  std::int64_t first_block;  // of a wave
  std::int64_t blocks;       // a task walks this many blocks in order
  Summary* partial;          // (blocks of the wave x variables), one block a task; null: merge into args.out

  SLUICE_HD void operator()(std::int64_t task) const {
    const std::int64_t group = task % groups, slot = task / groups;
    const bool run = args.layout == Layout::kVariables;
    const std::int64_t variable = run ? group : group * kWidth;
    const int width = run ? 1 : int(smaller(kWidth, args.variables - variable));
    for (std::int64_t k = 0; k < blocks; ++k) {
      const std::int64_t begin = (first_block + slot + k) * kSummaryBlock;
      const std::int64_t length = smaller(kSummaryBlock, args.observations - begin);
      SummaryLanes<kWidth> lanes;
      lanes.start();
      if (run) {
        along_run(variable * args.source_ld + begin, length, lanes);
      } else {
        across(begin * args.source_ld + variable, length, width, lanes);
      }
      for (int v = 0; v < width; ++v) {
        const Summary found = lanes.summary(v, length);
        if (partial) {
          partial[slot * args.variables + variable + v] = found;
        } else {
          merge(args.out[variable + v], found);
        }
      }
    }
  }

  SLUICE_HD void load(std::int64_t index, int count, double* to) const {
    for (int i = 0; i < count; ++i) to[i] = double(element<T, kSwapped>(args.source, index + i));
  }

  /// A run of one variable: its elements take turns among the lanes, which are joined at the end.
  SLUICE_HD void along_run(std::int64_t index, std::int64_t length, SummaryLanes<kWidth>& lanes) const {
    double x[kWidth];
    load(index, 1, x);
    for (int l = 0; l < kWidth; ++l) lanes.origin[l] = is_finite(x[0]) ? x[0] : 0;
    std::int64_t k = 0;
    for (; k + kWidth <= length; k += kWidth) {
      load(index + k, kWidth, x);
      lanes.take(x, kWidth);
    }
    load(index + k, int(length - k), x);
    lanes.take(x, int(length - k));
    for (int l = 1; l < kWidth; ++l) lanes.join(0, l);
  }

  /// Neighbouring variables, a lane each.
  SLUICE_HD void across(std::int64_t index, std::int64_t length, int width,
                        SummaryLanes<kWidth>& lanes) const {
    double x[kWidth];
    load(index, width, x);
    for (int l = 0; l < width; ++l) lanes.origin[l] = is_finite(x[l]) ? x[l] : 0;
    for (std::int64_t k = 0; k < length; ++k, index += args.source_ld) {
      if (width == kWidth) {
        load(index, kWidth, x);
        lanes.take(x, kWidth);
      } else {
        load(index, width, x);
        lanes.take(x, width);
      }
    }
  }
};

struct SummarizeClear {
  Summary* out;
  SLUICE_HD void operator()(std::int64_t variable) const { out[variable] = empty_summary(); }
};

struct SummarizeMerge {
  const Summary* partial;
  std::int64_t blocks, variables;
  Summary* out;
  SLUICE_HD void operator()(std::int64_t variable) const {
    for (std::int64_t k = 0; k < blocks; ++k) merge(out[variable], partial[k * variables + variable]);
  }
};

template <class T, bool kSwapped, int kWidth, class Policy>
void summarize_as(const Policy& policy, const SummarizeArgs& args, Summary* partial, std::int64_t capacity) {
  const std::int64_t blocks = ceil_div(args.observations, kSummaryBlock);
  const std::int64_t groups =
      args.layout == Layout::kVariables ? args.variables : ceil_div(args.variables, kWidth);
  const std::int64_t wave = capacity / args.variables;
  if (wave < 2 || blocks < 2) {
    for_each_index(policy, groups, SummarizeBlocks<T, kSwapped, kWidth>{args, groups, 0, blocks, nullptr});
    return;
  }
  for (std::int64_t first = 0; first < blocks; first += wave) {
    const std::int64_t count = smaller(wave, blocks - first);
    for_each_index(policy, groups * count,
                   SummarizeBlocks<T, kSwapped, kWidth>{args, groups, first, 1, partial});
    for_each_index(policy, args.variables, SummarizeMerge{partial, count, args.variables, args.out});
  }
}

/// `partial` is scratch for `capacity` summaries: with few variables, blocks run in parallel.
template <int kWidth, class Policy>
void summarize(const Policy& policy, const SummarizeArgs& args, Summary* partial, std::int64_t capacity) {
  if (args.variables == 0) return;
  if (args.clear) for_each_index(policy, args.variables, SummarizeClear{args.out});
  if (args.observations == 0) return;
  with_type(args.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    if (args.swapped) {
      summarize_as<T, true, kWidth>(policy, args, partial, capacity);
    } else {
      summarize_as<T, false, kWidth>(policy, args, partial, capacity);
    }
  });
}

}  // namespace sluice::SLUICE_BACKEND
