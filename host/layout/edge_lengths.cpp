// Only an edge that is longer than the two shortest at its ends together can have a shorter way around: from
// an end of those goes a search that looks at a bounded number of edges, so that hubs cost no more.
#include "host/layout/edge_lengths.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <utility>

#include "host/parallel.h"

namespace sluice::layout {
namespace {

using graph::Graph;
using graph::Vertex;
using i64 = std::int64_t;

constexpr i64 kRange = 1024;  // vertices that one turn takes
constexpr i64 kLooks = 2000;  // at edges, from one vertex

/// Ways from a vertex to those near it.
class NearWays {
 public:
  explicit NearWays(const Graph& graph) : graph_(graph) {}

  /// True where all ways up to `reach` long are found; else some are, none shorter than the shortest.
  bool search(Vertex from, double reach) {
    ++stamp_, heap_.clear();
    offer(from, 0);
    const auto later = std::greater<>();
    i64 looks = 0;
    bool all = true;
    while (!heap_.empty()) {
      const auto [length, v] = heap_.front();
      if (length >= reach) break;
      std::pop_heap(heap_.begin(), heap_.end(), later);
      heap_.pop_back();
      if (length > of(v)) continue;
      if (looks + graph_.degree(v) > kLooks) {
        all = false;
        continue;
      }
      looks += graph_.degree(v);
      for (i64 at = graph_.offsets[std::size_t(v)]; at < graph_.offsets[std::size_t(v) + 1]; ++at)
        offer(graph_.neighbours[std::size_t(at)], length + graph_.weights[std::size_t(at)]);
    }
    return all;
  }

  /// Infinite where none was found.
  double of(Vertex v) const {
    const Entry& entry = entries_[place(v)];
    return entry.stamp == stamp_ ? entry.length : std::numeric_limits<double>::infinity();
  }

 private:
  struct Entry {
    Vertex vertex = 0;
    std::uint32_t stamp = 0;  // of the search that it is of
    double length = 0;
  };
  static constexpr std::size_t kEntries = 8192;  // a power of two, above kLooks + 1

  std::size_t place(Vertex v) const {
    std::size_t at = (std::uint32_t(v) * 0x9E3779B1u >> 19) % kEntries;
    while (entries_[at].stamp == stamp_ && entries_[at].vertex != v) at = (at + 1) % kEntries;
    return at;
  }
  void offer(Vertex v, double length) {
    Entry& entry = entries_[place(v)];
    if (entry.stamp == stamp_ && entry.length <= length) return;
    entry = {v, stamp_, length};
    heap_.emplace_back(length, v);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

  const Graph& graph_;
  std::array<Entry, kEntries> entries_;
  std::uint32_t stamp_ = 0;
  std::vector<std::pair<double, Vertex>> heap_;
};

double by_pivots(const Pivots& pivots, Vertex a, Vertex b) {
  float least = std::numeric_limits<float>::infinity();
  for (i64 p = 0; p < pivots.count(); ++p) least = std::min(least, pivots.from(p)[a] + pivots.from(p)[b]);
  return double(least);
}

struct Edges {
  const Graph& graph;
  const Pivots& pivots;
  double unit;
  std::vector<double> shortest;  // of each vertex, its shortest edge

  /// Those from a to later vertices.
  void from(Vertex a, NearWays& near, float* to) const {
    const i64 first = graph.offsets[std::size_t(a)], end = graph.offsets[std::size_t(a) + 1];
    const auto doubtful = [&](i64 at) {
      const Vertex b = graph.neighbours[std::size_t(at)];
      return graph.weights[std::size_t(at)] > shortest[std::size_t(a)] + shortest[std::size_t(b)];
    };
    const i64 upper = std::upper_bound(graph.neighbours.begin() + first, graph.neighbours.begin() + end, a) -
                      graph.neighbours.begin();
    const bool hub = end - first > kLooks;  // searched for from the other ends
    double reach = 0;
    for (i64 at = upper; at < end; ++at)
      if (doubtful(at)) reach = std::max(reach, graph.weights[std::size_t(at)]);
    bool all = hub || reach == 0 || near.search(a, reach);
    for (i64 at = upper; at < end; ++at) {
      double length = graph.weights[std::size_t(at)];
      if (doubtful(at)) {
        const Vertex b = graph.neighbours[std::size_t(at)];
        if (hub) all = near.search(b, length);
        length = std::min(length, near.of(hub ? a : b)) / unit;
        if (!all) length = std::min(length, by_pivots(pivots, a, b));
      } else {
        length /= unit;
      }
      *to++ = float(length);
    }
  }
};

}  // namespace

std::vector<float> edge_lengths(const Component& component, const Pivots& pivots, int threads) {
  const Graph& g = component.graph();
  std::vector<float> lengths(std::size_t(g.edges()), 1.0f);
  if (!component.lengths || g.weights.empty()) return lengths;
  const i64 n = g.vertices(), ranges = (n + kRange - 1) / kRange;
  Edges edges{g, pivots, component.unit, std::vector<double>(std::size_t(n))};
  std::vector<i64> starts(std::size_t(ranges) + 1);
  for (Vertex a = 0; a < n; ++a) {
    const double* const w = g.weights.data();
    edges.shortest[std::size_t(a)] =
        *std::min_element(w + g.offsets[std::size_t(a)], w + g.offsets[std::size_t(a) + 1]);
    const auto row = g.of(a);
    starts[std::size_t(a / kRange) + 1] += row.end() - std::upper_bound(row.begin(), row.end(), a);
  }
  for (std::size_t r = 0; r < std::size_t(ranges); ++r) starts[r + 1] += starts[r];
  in_parallel(std::size_t(std::max(1, threads)), std::size_t(ranges), [&](std::size_t r) {
    if (component.stopped()) return;
    NearWays near(g);
    float* to = lengths.data() + starts[r];
    for (Vertex a = Vertex(i64(r) * kRange); a < std::min(n, (i64(r) + 1) * kRange); ++a) {
      const auto row = g.of(a);
      edges.from(a, near, to);
      to += row.end() - std::upper_bound(row.begin(), row.end(), a);
    }
  });
  return lengths;
}

}  // namespace sluice::layout
