// centre on the CPU: tasks of (block of variables, slab). With many blocks a task walks the slabs of its
// block; with few, waves of slabs run in parallel and the running moments take them in order afterwards.
#include <omp.h>

#include <algorithm>
#include <cmath>

#include "kernels/cpu/centre_slab.h"
#include "kernels/cpu/workers.h"
#include "kernels/elements.h"
#include "kernels/running.h"
#include "kernels/status.h"

namespace sluice::SLUICE_BACKEND {
namespace {

constexpr int kRuns = 16;  // variables of a task where a variable's observations are contiguous

/// A block of one slab of the tile, for whatever types.
class Slabs {
 public:
  Slabs(const CentreArgs& args, const Workers& workers) : a_(args), workers_(workers) {
    native_ = is_float(a_.type) && !a_.swapped;
  }

  bool by_variable() const { return a_.layout == Layout::kVariables; }
  int width() const { return by_variable() ? kRuns : kBlock; }
  std::int64_t count() const { return ceil_div(a_.observations, kSlab); }
  std::int64_t length(std::int64_t slab) const { return smaller(kSlab, a_.observations - slab * kSlab); }
  double weight(std::int64_t slab) const {
    return a_.slab_weights ? a_.slab_weights[slab] : double(length(slab));
  }

  /// Centres variables [v, v + width) of a slab into the panel.
  void centre(std::int64_t v, int width, std::int64_t slab, int thread, SlabStats* stats) const {
    if (a_.compute == Compute::kFloat64) {
      centre_to<double>(v, width, slab, thread, stats);
    } else {
      centre_to<float>(v, width, slab, thread, stats);
    }
  }

 private:
  template <class P>
  void centre_to(std::int64_t v, int width, std::int64_t slab, int thread, SlabStats* stats) const {
    const std::int64_t first = slab * kSlab, n = length(slab);
    P* panel =
        static_cast<P*>(a_.panel) + (by_variable() ? v * a_.panel_ld + first : first * a_.panel_ld + v);
    SlabWeights weights{nullptr, nullptr, weight(slab)};
    if (weights.sum == 0) return nothing(panel, width, n, stats);
    if (a_.weights) {
      double* roots = workers_.weight_roots(thread);
      weights.w = a_.weights + first;
      for (std::int64_t k = 0; k < n; ++k) roots[k] = std::sqrt(weights.w[k]);
      weights.root = roots;
    }
    void* stage = workers_.tile(thread);
    if (native_ && a_.type == DType::kFloat32) {
      native<float>(v, width, first, n, weights, panel, stats);
    } else if (native_) {
      native<double>(v, width, first, n, weights, panel, stats);
    } else {
      converted(v, width, first, n, weights, static_cast<double*>(stage), panel, stats);
    }
  }

  /// A slab without weight leaves no trace.
  template <class P>
  void nothing(P* panel, int width, std::int64_t n, SlabStats* stats) const {
    const std::int64_t runs = by_variable() ? width : n, run = by_variable() ? n : width;
    for (std::int64_t i = 0; i < runs; ++i) std::fill_n(panel + i * a_.panel_ld, run, P(0));
    std::fill_n(stats, width, SlabStats{});
  }

  template <class X, class P>
  void native(std::int64_t v, int width, std::int64_t first, std::int64_t n, const SlabWeights& weights,
              P* panel, SlabStats* stats) const {
    const X* x = static_cast<const X*>(a_.source);
    if (by_variable()) {
      for (int i = 0; i < width; ++i) {
        stats[i] = run(x + (v + i) * a_.source_ld + first, n, weights, panel + i * a_.panel_ld);
      }
      return;
    }
    const auto bring = [&](std::int64_t k, std::int64_t) {
      return Rows<X>{x + (first + k) * a_.source_ld + v, a_.source_ld};
    };
    block<X>(bring, width, n, weights, panel, stats);
  }

  /// Other types and byte orders are turned into doubles first.
  template <class P>
  void converted(std::int64_t v, int width, std::int64_t first, std::int64_t n, const SlabWeights& weights,
                 double* stage, P* panel, SlabStats* stats) const {
    if (by_variable()) {
      for (int i = 0; i < width; ++i) {
        convert((v + i) * a_.source_ld + first, n, stage);
        stats[i] = run(stage, n, weights, panel + i * a_.panel_ld);
      }
      return;
    }
    const auto bring = [&](std::int64_t begin, std::int64_t count) {
      for (std::int64_t k = 0; k < count; ++k) {
        convert((first + begin + k) * a_.source_ld + v, width, stage + k * width);
      }
      return Rows<double>{stage, width};
    };
    block<double>(bring, width, n, weights, panel, stats);
  }

  void convert(std::int64_t index, std::int64_t n, double* to) const {
    with_type(a_.type, [&](auto tag) {
      using T = typename decltype(tag)::Type;
      if (a_.swapped) {
        for (std::int64_t k = 0; k < n; ++k) to[k] = double(element<T, true>(a_.source, index + k));
      } else {
        for (std::int64_t k = 0; k < n; ++k) to[k] = double(element<T, false>(a_.source, index + k));
      }
    });
  }

  template <class X, class P>
  SlabStats run(const X* x, std::int64_t n, const SlabWeights& weights, P* panel) const {
    return weights.w ? centre_run<true>(x, n, weights, panel) : centre_run<false>(x, n, weights, panel);
  }

  template <class X, class P, class Bring>
  void block(const Bring& bring, int width, std::int64_t n, const SlabWeights& weights, P* panel,
             SlabStats* stats) const {
    if (weights.w) {
      centre_block<true, X>(bring, width, n, weights, panel, a_.panel_ld, stats);
    } else {
      centre_block<false, X>(bring, width, n, weights, panel, a_.panel_ld, stats);
    }
  }

  const CentreArgs& a_;
  const Workers& workers_;
  bool native_;
};

/// Each task walks all slabs of its block.
void by_blocks(const Slabs& slabs, const CentreArgs& a, int threads) {
  const std::int64_t blocks = ceil_div(a.variables, slabs.width());
#pragma omp parallel for schedule(dynamic) num_threads(threads)
  for (std::int64_t task = 0; task < blocks; ++task) {
    const std::int64_t v = task * slabs.width();
    const int width = int(smaller(slabs.width(), a.variables - v));
    SlabStats stats[kBlock];
    double before = a.weight_before;
    for (std::int64_t slab = 0; slab < slabs.count(); ++slab) {
      slabs.centre(v, width, slab, omp_get_thread_num(), stats);
      const double weight = slabs.weight(slab);
      for (int i = 0; i < width; ++i) take_slab(a.moments, v + i, slab, stats[i], before, weight);
      before += weight;
    }
  }
}

/// Waves of slabs: `stats` holds (slabs of the wave x variables).
void by_waves(const Slabs& slabs, const CentreArgs& a, int threads, SlabStats* stats, std::int64_t wave) {
  const std::int64_t blocks = ceil_div(a.variables, slabs.width());
  double before = a.weight_before;
  for (std::int64_t first = 0; first < slabs.count(); first += wave) {
    const std::int64_t count = smaller(wave, slabs.count() - first);
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (std::int64_t task = 0; task < blocks * count; ++task) {
      const std::int64_t slab = task / blocks, v = task % blocks * slabs.width();
      const int width = int(smaller(slabs.width(), a.variables - v));
      slabs.centre(v, width, first + slab, omp_get_thread_num(), stats + slab * a.variables + v);
    }
    for (std::int64_t slab = 0; slab < count; ++slab) {
      const double weight = slabs.weight(first + slab);
      for (std::int64_t v = 0; v < a.variables; ++v) {
        take_slab(a.moments, v, first + slab, stats[slab * a.variables + v], before, weight);
      }
      before += weight;
    }
  }
}

}  // namespace

void run_centre(Workers& workers, const CentreArgs& args) {
  if (args.weight_before == 0) {
    const Moments& m = args.moments;
    for (double* first : {m.origin, m.offset, m.mean, m.m2}) std::fill_n(first, args.variables, 0.0);
  }
  if (args.variables == 0 || args.observations == 0) return;
  const Slabs slabs(args, workers);
  const std::int64_t blocks = ceil_div(args.variables, slabs.width());
  const std::int64_t wave = smaller(workers.partial_capacity<SlabStats>() / args.variables, slabs.count());
  if (blocks >= 4 * workers.threads() || wave < 2) {
    by_blocks(slabs, args, workers.threads());
  } else {
    by_waves(slabs, args, workers.threads(), workers.partials<SlabStats>(), wave);
  }
}

}  // namespace sluice::SLUICE_BACKEND
