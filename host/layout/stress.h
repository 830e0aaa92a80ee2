// The stress of a layout, sum over pairs of (|x_i - x_j| / d_ij - 1)^2, made small by stochastic gradient
// descent with exponential steps (Zheng, Pawar, Goodman 2018). All pairs of a small graph, else
// pairs with pivots (Ortmann, Klimenta, Brandes 2017). A seed gives the same bytes at any number of threads.
#pragma once
#include <cstdint>
#include <string>

#include "host/layout/descent.h"

namespace sluice::layout {

/// Steps that a layout takes where the caller has no number of its own.
inline constexpr std::int64_t kStressIterations = 60;

struct StressOptions {
  /// Pivots of a component: 0 all pairs; kAuto: all pairs while those of all components, the least first, are
  /// at most kMostPairs, else 200 pivots. Neither memory nor threads change it.
  std::int64_t pivots = kAuto;
  bool lengths = false;  // edges are as long as their weights; else all are of length 1
  double eps = 0.01;     // the last step, as a share of the one that moves the closest pairs all the way

  static constexpr std::int64_t kAuto = -1;
  /// 20,000 vertices: some ten seconds on two cores.
  static constexpr std::int64_t kMostPairs = 200'000'000;
};

/// What a descent will do and take.
struct StressPlan {
  std::int64_t components = 0;  // of two vertices and more
  std::int64_t by_pivots = 0;   // of these, the ones that go by pivots
  std::int64_t pivots = 0;      // most of a component; 0 where all go by all pairs
  std::int64_t terms = 0;       // pairs that one iteration passes
  std::uint64_t memory = 0;     // bytes besides graph and positions
  std::string text() const;     // "all 11136840 pairs", "200 pivots for 98274 vertices: ..."
};

/// From components alone; the terms depend on graph and options, not on memory or threads.
/// Error{kMemory} where run.memory is too little for them and `besides`, with the number of pivots that fit.
StressPlan plan_stress(const graph::Graph& graph, const StressOptions& options, int dimensions,
                       const RunOptions& run, std::uint64_t besides = 0);

/// Descends from `descent.start`, coordinates in units of edges, each component by itself: none knows of the
/// others, packing (pack.h) comes after. Loss part "stress": over ordered pairs of a component; with pivots
/// "stress_by_pivots": over the terms, which with few pivots are far less than the stress of the layout. What
/// the monitor is told of an iteration is the stress of each pair just before its own step. Isolated and
/// pinned vertices stay. Coordinates are float32 during the descent. Stopped while distances are found: the
/// start, 0 iterations; Error{kInterrupted} where it was resumed, as an earlier run has come further than the
/// start. Error{kUsage}: a start of another shape, not finite or beyond 1e15; lengths not more than 0; a
/// state of another run.
Outcome descend_stress(const graph::Graph& graph, const StressOptions& options, const Descent& descent,
                       Monitor& monitor, const RunOptions& run);

}  // namespace sluice::layout
