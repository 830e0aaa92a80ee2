// All pairs in half of the memory, the least components first; pivots for the rest.
#include "host/layout/stress_plan.h"

#include <algorithm>
#include <numeric>

#include "host/budget.h"
#include "host/error.h"
#include "host/layout/pivot_terms.h"
#include "host/units.h"

namespace sluice::layout {
namespace {

using i64 = std::int64_t;
constexpr i64 kPivots = 200;

i64 pairs(i64 n) {
  return n * (n - 1) / 2;
}

}  // namespace

std::vector<PiecePlan> plan_pieces(const std::vector<std::unique_ptr<Piece>>& pieces,
                                   const StressOptions& options, int dimensions, const RunOptions& run) {
  const std::uint64_t memory = run.memory > 0 ? run.memory : available_memory() / 2;
  const int threads = run.threads > 0 ? run.threads : available_cores();
  std::vector<std::size_t> order(pieces.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return pieces[a]->graph->vertices() < pieces[b]->graph->vertices();
  });
  std::vector<PiecePlan> plans(pieces.size());
  std::uint64_t taken = 0;
  i64 terms = 0;
  for (const std::size_t i : order) {
    const graph::Graph& g = *pieces[i]->graph;
    const i64 n = g.vertices();
    PiecePlan& plan = plans[i];
    const bool may_all =
        options.pivots == 0 || (options.pivots < 0 && terms + pairs(n) <= StressOptions::kMostPairs);
    if (may_all) {
      plan.code = code_of({pieces[i].get(), options.lengths, 1});
      const std::uint64_t needed =
          all_pairs_bytes(n, dimensions, plan.code) + all_pairs_search_bytes(n) * std::uint64_t(threads);
      if (taken + needed <= memory / 2 || (options.pivots == 0 && taken + needed <= memory)) {
        taken += all_pairs_bytes(n, dimensions, plan.code);
        terms += pairs(n);
        continue;
      }
      if (options.pivots == 0)
        throw Error(ErrorKind::kMemory,
                    "stress: the distances of all pairs of " + std::to_string(n) +
                        " vertices do not fit: expected " + human_bytes(taken + needed) + ", found " +
                        human_bytes(memory),
                    "use --pivots 200, or more --memory");
    }
    i64 pivots = std::min(n, options.pivots > 0 ? options.pivots : kPivots);
    const std::uint64_t fixed = pivot_terms_bytes(n, g.edges(), dimensions, 0);
    const std::uint64_t each = pivot_terms_bytes(n, g.edges(), dimensions, 1) - fixed;
    const std::uint64_t left = memory > taken + fixed ? memory - taken - fixed : 0;
    if (options.pivots < 0) pivots = std::min(pivots, i64(left / each));
    if (pivots < 1 || std::uint64_t(pivots) * each > left)
      throw Error(ErrorKind::kMemory,
                  "stress: " + std::to_string(std::max<i64>(pivots, 1)) + " pivots for " + std::to_string(n) +
                      " vertices do not fit: expected " +
                      human_bytes(taken + fixed + std::uint64_t(std::max<i64>(pivots, 1)) * each) +
                      ", found " + human_bytes(memory),
                  "use fewer --pivots, or more --memory");
    taken += fixed + std::uint64_t(pivots) * each;
    plan.pivots = pivots;
  }
  return plans;
}

StressPlan plan_stress(const graph::Graph& graph, const StressOptions& options, int dimensions,
                       const RunOptions& run) {
  const auto pieces = split(graph);
  const std::vector<PiecePlan> plans = plan_pieces(pieces, options, dimensions, run);
  const int threads = run.threads > 0 ? run.threads : available_cores();
  StressPlan plan;
  std::uint64_t searching = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const i64 n = pieces[i]->graph->vertices(), edges = pieces[i]->graph->edges();
    ++plan.components;
    if (plans[i].pivots > 0) {
      ++plan.by_pivots;
      plan.pivots = std::max(plan.pivots, plans[i].pivots);
      plan.terms += plans[i].pivots * n + edges;
      plan.memory += pivot_terms_bytes(n, edges, dimensions, plans[i].pivots);
    } else {
      plan.terms += pairs(n);
      plan.memory += all_pairs_bytes(n, dimensions, plans[i].code);
      searching = std::max(searching, all_pairs_search_bytes(n) * std::uint64_t(threads));
    }
  }
  plan.memory += searching;
  return plan;
}

std::string StressPlan::text() const {
  if (by_pivots == 0) return "all " + std::to_string(terms) + " pairs of vertices";
  const std::string some = by_pivots < components ? " in " + std::to_string(by_pivots) + " of " +
                                                        std::to_string(components) + " components"
                                                  : "";
  return "up to " + std::to_string(pivots) + " pivots" + some + ", " + std::to_string(terms) + " pairs";
}

}  // namespace sluice::layout
