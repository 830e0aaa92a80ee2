// One breadth-first search for the components and the way the patches go, one more in each patch.
#include "host/graph/patches.h"

#include <algorithm>

namespace sluice::graph {
namespace {

using i64 = std::int64_t;

/// Components one after the other, each breadth first from its least vertex.
Patches breadth_first(const Graph& graph) {
  const std::size_t n = std::size_t(graph.vertices());
  Patches found;
  found.order.reserve(n);
  std::vector<bool> seen(n);
  for (std::size_t start = 0; start < n; ++start) {
    if (seen[start]) continue;
    found.starts.push_back(i64(found.order.size()));
    seen[start] = true;
    found.order.push_back(Vertex(start));
    for (std::size_t i = std::size_t(found.starts.back()); i < found.order.size(); ++i)
      for (const Vertex u : graph.of(found.order[i])) {
        if (seen[std::size_t(u)]) continue;
        seen[std::size_t(u)] = true;
        found.order.push_back(u);
      }
  }
  found.starts.push_back(i64(n));
  return found;
}

}  // namespace

Patches find_patches(const Graph& graph) {
  const Patches rings = breadth_first(graph);
  Patches found;
  found.order.reserve(rings.order.size());
  found.starts = rings.starts;
  std::vector<bool> taken(rings.order.size());
  const auto take = [&](Vertex v) {
    taken[std::size_t(v)] = true;
    found.order.push_back(v);
  };
  for (i64 c = 0; c < rings.components(); ++c) {
    const std::size_t end = std::size_t(rings.starts[std::size_t(c) + 1]);
    std::size_t grown = found.order.size();  // vertices before it have given their neighbours
    std::size_t full = std::min(end, grown + std::size_t(Patches::kSize));
    for (const Vertex seed : rings.component(c)) {
      if (taken[std::size_t(seed)]) continue;
      take(seed);
      while (grown < found.order.size() && found.order.size() < full)
        for (const Vertex u : graph.of(found.order[grown++])) {
          if (taken[std::size_t(u)]) continue;
          take(u);
          if (found.order.size() == full) break;
        }
      if (found.order.size() < full) continue;  // hemmed in: the patch goes on from the next seed
      grown = full;
      full = std::min(end, full + std::size_t(Patches::kSize));
    }
  }
  return found;
}

Graph renumbered(const Graph& graph, std::span<const Vertex> vertices, bool weights, Vertex* place) {
  Graph part;
  const bool weighted = weights && !graph.weights.empty();
  part.offsets.reserve(vertices.size() + 1);
  for (std::size_t i = 0; i < vertices.size(); ++i) {
    place[vertices[i]] = Vertex(i);
    part.offsets.push_back(part.offsets.back() + graph.degree(vertices[i]));
  }
  part.neighbours.resize(std::size_t(part.offsets.back()));
  if (weighted) part.weights.resize(part.neighbours.size());
  // Each tells its neighbours in turn, and so each hears of its own ascending.
  std::vector<i64> next(part.offsets.begin(), part.offsets.end() - 1);
  for (std::size_t i = 0; i < vertices.size(); ++i)
    for (i64 at = graph.offsets[std::size_t(vertices[i])]; at < graph.offsets[std::size_t(vertices[i]) + 1];
         ++at) {
      const i64 to = next[std::size_t(place[graph.neighbours[std::size_t(at)]])]++;
      part.neighbours[std::size_t(to)] = Vertex(i);
      if (weighted) part.weights[std::size_t(to)] = graph.weights[std::size_t(at)];
    }
  return part;
}

}  // namespace sluice::graph
