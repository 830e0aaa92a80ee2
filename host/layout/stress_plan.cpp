// All pairs up to kMostPairs in all, the least components first; pivots for the rest. Memory and threads have
// no say, as the bytes of the layout depend on it: what does not fit is refused.
#include "host/layout/stress_plan.h"

#include <algorithm>
#include <numeric>

#include "host/budget.h"
#include "host/error.h"
#include "host/layout/pivot_terms.h"
#include "host/layout/pivots.h"
#include "host/units.h"

namespace sluice::layout {
namespace {

using i64 = std::int64_t;
constexpr i64 kPivots = 200;

i64 pairs(i64 n) {
  return n * (n - 1) / 2;
}

/// The most pivots of every component that fit, at most so many; 0: not even one.
i64 fitting_pivots(const std::vector<std::unique_ptr<Piece>>& pieces, int dimensions, i64 most,
                   std::uint64_t memory, int threads) {
  i64 fit = 0;
  while (fit < most) {
    const i64 tried = most - (most - fit) / 2;
    std::uint64_t bytes = bytes_of(pieces), searching = 0;
    for (const auto& piece : pieces) {
      const i64 n = piece->graph.vertices();
      bytes += pivot_terms_bytes(n, piece->graph.edges(), dimensions, std::min(n, tried));
      searching = std::max(searching, pivot_search_bytes(n, !piece->graph.weights.empty(), threads));
    }
    const bool fits = bytes + searching <= memory;
    (fits ? fit : most) = fits ? tried : tried - 1;
  }
  return fit;
}

}  // namespace

std::vector<PiecePlan> plan_pieces(const std::vector<std::unique_ptr<Piece>>& pieces,
                                   const StressOptions& options) {
  std::vector<std::size_t> order(pieces.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return pieces[a]->graph.vertices() < pieces[b]->graph.vertices();
  });
  std::vector<PiecePlan> plans(pieces.size());
  i64 terms = 0;
  for (const std::size_t i : order) {
    const i64 n = pieces[i]->graph.vertices();
    if (options.pivots == 0 || (options.pivots < 0 && terms + pairs(n) <= StressOptions::kMostPairs)) {
      plans[i].code = code_of({pieces[i].get(), options.lengths});
      terms += pairs(n);
    } else {
      plans[i].pivots = std::min(n, options.pivots > 0 ? options.pivots : kPivots);
    }
  }
  return plans;
}

StressPlan fitting_plan(const std::vector<std::unique_ptr<Piece>>& pieces,
                        const std::vector<PiecePlan>& plans, int dimensions, const RunOptions& run,
                        std::uint64_t besides) {
  const std::uint64_t memory = run.memory > 0 ? run.memory : available_memory() / 2;
  const int threads = run.threads > 0 ? run.threads : available_cores();
  StressPlan plan;
  plan.memory = bytes_of(pieces);
  std::uint64_t searching = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const i64 n = pieces[i]->graph.vertices(), edges = pieces[i]->graph.edges();
    ++plan.components;
    if (plans[i].pivots > 0) {
      ++plan.by_pivots;
      plan.pivots = std::max(plan.pivots, plans[i].pivots);
      plan.terms += plans[i].pivots * n + edges;
      plan.memory += pivot_terms_bytes(n, edges, dimensions, plans[i].pivots);
      searching = std::max(searching, pivot_search_bytes(n, !pieces[i]->graph.weights.empty(), threads));
    } else {
      plan.terms += pairs(n);
      plan.memory += all_pairs_bytes(n, dimensions, plans[i].code);
      searching = std::max(searching, all_pairs_search_bytes(n, plans[i].code) * std::uint64_t(threads));
    }
  }
  plan.memory += searching;
  if (plan.memory + besides <= memory) return plan;
  const i64 fit = fitting_pivots(pieces, dimensions, plan.pivots > 0 ? plan.pivots - 1 : kPivots,
                                 memory > besides ? memory - besides : 0, threads);
  const std::string more = "--memory " + size_argument(plan.memory + besides);
  throw Error(ErrorKind::kMemory,
              "stress: " + plan.text() + " do not fit: expected " +
                  human_bytes(double(plan.memory + besides)) + " of memory, found " +
                  human_bytes(double(memory)),
              fit > 0 ? "give " + more + " or --pivots " + std::to_string(fit) : "give " + more);
}

StressPlan plan_stress(const graph::Graph& graph, const StressOptions& options, int dimensions,
                       const RunOptions& run, std::uint64_t besides) {
  const auto pieces = split(graph, options.lengths);
  return fitting_plan(pieces, plan_pieces(pieces, options), dimensions, run, besides);
}

std::string StressPlan::text() const {
  if (by_pivots == 0) return "all " + std::to_string(terms) + " pairs of vertices";
  const std::string some = by_pivots < components ? " in " + std::to_string(by_pivots) + " of " +
                                                        std::to_string(components) + " components"
                                                  : "";
  return "up to " + std::to_string(pivots) + " pivots" + some + ", " + std::to_string(terms) + " pairs";
}

}  // namespace sluice::layout
