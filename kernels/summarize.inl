// summarize over an execution policy: a task takes kWidth variables over blocks of 4096 observations, each
// block in two passes (mean, then squared deviations), merged in order by Chan's formula.
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

template <class T, bool kSwapped, int kWidth>
struct SummarizeBlocks {
  SummarizeArgs args;
  std::int64_t groups;       // of kWidth variables
  std::int64_t first_block;  // of a wave
  std::int64_t blocks;       // a task walks this many blocks in order
  Summary* partial;          // (blocks of the wave x variables), one block a task; null: merge into args.out

  SLUICE_HD void operator()(std::int64_t task) const {
    const std::int64_t variable = (task % groups) * kWidth, slot = task / groups;
    const int width = int(smaller(kWidth, args.variables - variable));
    for (std::int64_t k = 0; k < blocks; ++k) {
      Summary found[kWidth];
      const std::int64_t begin = (first_block + slot + k) * kSummaryBlock;
      block(variable, width, begin, smaller(kSummaryBlock, args.observations - begin), found);
      for (int v = 0; v < width; ++v) {
        if (partial) {
          partial[slot * args.variables + variable + v] = found[v];
        } else {
          merge(args.out[variable + v], found[v]);
        }
      }
    }
  }

  SLUICE_HD double at(std::int64_t variable, std::int64_t observation) const {
    const std::int64_t index = args.layout == Layout::kVariables ? variable * args.source_ld + observation
                                                                 : observation * args.source_ld + variable;
    return double(element<T, kSwapped>(args.source, index));
  }

  SLUICE_HD void block(std::int64_t variable, int width, std::int64_t begin, std::int64_t length,
                       Summary* found) const {
    double origin[kWidth], sum[kWidth];
    for (int v = 0; v < width; ++v) {
      found[v] = empty_summary();
      sum[v] = 0;
      origin[v] = at(variable + v, begin);
      if (!is_finite(origin[v])) origin[v] = 0;
    }
    for (std::int64_t k = 0; k < length; ++k) {
      for (int v = 0; v < width; ++v) {
        const double x = at(variable + v, begin + k);
        const bool finite = is_finite(x);
        found[v].count += finite;
        found[v].nan += is_nan(x);
        if (finite) {
          found[v].min = x < found[v].min ? x : found[v].min;
          found[v].max = x > found[v].max ? x : found[v].max;
          sum[v] += x - origin[v];
        }
      }
    }
    double residual[kWidth], squares[kWidth];
    for (int v = 0; v < width; ++v) {
      found[v].inf = length - found[v].count - found[v].nan;
      found[v].mean = found[v].count ? origin[v] + sum[v] / double(found[v].count) : 0;
      residual[v] = squares[v] = 0;
    }
    for (std::int64_t k = 0; k < length; ++k) {
      for (int v = 0; v < width; ++v) {
        const double x = at(variable + v, begin + k);
        const double d = is_finite(x) ? x - found[v].mean : 0;
        residual[v] += d;
        squares[v] += d * d;
      }
    }
    for (int v = 0; v < width; ++v) {
      if (found[v].count) found[v].m2 = squares[v] - residual[v] * residual[v] / double(found[v].count);
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
  const std::int64_t groups = ceil_div(args.variables, kWidth);
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
