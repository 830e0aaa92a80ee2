// One search after the other: each pivot depends on the distances to those before it.
#include "host/layout/pivots.h"

#include <algorithm>
#include <limits>

#include "host/graph/distances.h"
#include "host/layout/hash.h"

namespace sluice::layout {
namespace {

using graph::Vertex;

/// A vertex by chance, each as likely as its distance from the pivots says.
Vertex drawn(const std::vector<float>& nearest, std::uint64_t bits) {
  double total = 0;
  for (const float d : nearest) total += double(d);
  const double wanted = double(bits >> 11) * 0x1p-53 * total;
  double sum = 0;
  for (std::size_t v = 0; v < nearest.size(); ++v) {
    sum += double(nearest[v]);
    if (sum > wanted && nearest[v] > 0) return Vertex(v);
  }
  return Vertex(std::max_element(nearest.begin(), nearest.end()) - nearest.begin());
}

}  // namespace

Pivots choose_pivots(const graph::Graph& connected, std::int64_t most, PivotChoice choice, bool lengths,
                     double unit, std::uint64_t seed, const std::atomic<bool>* stop) {
  const std::int64_t n = connected.vertices();
  const std::int64_t count = std::min(most, n);
  Pivots pivots;
  pivots.stride = (n + 15) / 16 * 16;
  pivots.distances.resize(std::size_t(count * pivots.stride));
  pivots.nearest.assign(std::size_t(n), 0);
  std::vector<float> nearest(std::size_t(n), std::numeric_limits<float>::infinity());
  graph::Search search(connected);
  std::vector<std::int32_t> edges(lengths ? 0 : std::size_t(n));
  std::vector<double> ways(lengths ? std::size_t(n) : 0);
  Vertex next = Vertex(scatter(seed, std::uint64_t(n)) % std::uint64_t(n));
  for (std::int64_t k = 0; k < count; ++k) {
    if (k > 0 && stop != nullptr && stop->load(std::memory_order_relaxed)) break;
    if (k > 0)
      next = choice == PivotChoice::kSpread
                 ? drawn(nearest, scatter(seed, std::uint64_t(k)))
                 : Vertex(std::max_element(nearest.begin(), nearest.end()) - nearest.begin());
    pivots.at.push_back(next);
    float* to = pivots.distances.data() + k * pivots.stride;
    if (lengths) {
      search.lengths_from(next, ways.data());
      for (std::int64_t v = 0; v < n; ++v) to[v] = float(ways[std::size_t(v)] / unit);
    } else {
      search.edges_from(next, edges.data());
      for (std::int64_t v = 0; v < n; ++v) to[v] = float(edges[std::size_t(v)]);
    }
    for (std::int64_t v = 0; v < n; ++v)
      if (to[v] < nearest[std::size_t(v)]) {
        nearest[std::size_t(v)] = to[v];
        pivots.nearest[std::size_t(v)] = std::int32_t(k);
      }
  }
  return pivots;
}

double mean_length(const graph::Graph& graph, bool lengths) {
  if (!lengths || graph.weights.empty()) return 1;
  double sum = 0;
  for (const double w : graph.weights) sum += w;
  return sum / double(graph.weights.size());
}

}  // namespace sluice::layout
