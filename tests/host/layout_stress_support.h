// A descent of the stress objective, and what it tells.
#pragma once
#include <algorithm>
#include <atomic>
#include <limits>
#include <string>
#include <vector>

#include "host/layout/start.h"
#include "host/layout/stress.h"
#include "layout_graphs.h"

namespace sluice::layout::test {

using namespace sluice::test;

struct Told : Monitor {
  std::vector<double> losses;
  std::vector<std::int64_t> told;
  std::int64_t state_at = -1;
  std::string kept;
  std::atomic<bool>* stop = nullptr;
  void iterated(std::int64_t iteration, double loss) override {
    losses.push_back(loss);
    told.push_back(iteration);
    if (stop != nullptr && iteration == 3) *stop = true;
  }
  bool wants_state(std::int64_t iteration) override { return iteration == state_at; }
  void state(std::int64_t, const std::string& bytes) override { kept = bytes; }
};

struct Case {
  explicit Case(const Graph& g, int dimensions = 2, std::uint64_t seed = 1) : graph(g) {
    descent.start = random_start(g.vertices(), dimensions, seed, 1);
    descent.iterations = kStressIterations;
    descent.seed = seed;
  }
  Outcome run() { return descend_stress(graph, options, descent, monitor, run_options); }
  const Graph& graph;
  StressOptions options;
  Descent descent;
  RunOptions run_options;
  Told monitor;
};

inline double per_pair(const Graph& graph, const Outcome& outcome) {
  return outcome.loss.total / double(graph.vertices()) / double(graph.vertices() - 1);
}

inline double best_of_five(const Graph& graph, int dimensions = 2) {
  double best = std::numeric_limits<double>::infinity();
  for (std::uint64_t seed = 1; seed <= 5; ++seed)
    best = std::min(best, scaled_stress(graph, Case(graph, dimensions, seed).run().positions));
  return best;
}

}  // namespace sluice::layout::test
