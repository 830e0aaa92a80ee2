#include "host/graph/components.h"

#include <algorithm>
#include <utility>

#include "host/error.h"

namespace sluice::graph {

using i64 = std::int64_t;

std::vector<std::vector<Vertex>> Components::vertices() const {
  std::vector<std::vector<Vertex>> parts(sizes.size());
  for (std::size_t c = 0; c < sizes.size(); ++c) parts[c].reserve(std::size_t(sizes[c]));
  for (std::size_t v = 0; v < of.size(); ++v) parts[std::size_t(of[v])].push_back(Vertex(v));
  return parts;
}

Components components(const Graph& graph) {
  Components found;
  found.of.assign(std::size_t(graph.vertices()), -1);
  std::vector<Vertex> queue;
  for (Vertex start = 0; start < graph.vertices(); ++start) {
    if (found.of[std::size_t(start)] >= 0) continue;
    const Vertex number = Vertex(found.sizes.size());
    queue.assign(1, start);
    found.of[std::size_t(start)] = number;
    for (std::size_t i = 0; i < queue.size(); ++i)
      for (const Vertex u : graph.of(queue[i]))
        if (found.of[std::size_t(u)] < 0) found.of[std::size_t(u)] = number, queue.push_back(u);
    found.sizes.push_back(Vertex(queue.size()));
  }
  return found;
}

Graph subgraph(const Graph& graph, std::span<const Vertex> vertices) {
  std::vector<Vertex> place(std::size_t(graph.vertices()), -1);
  bool ascending = true;
  for (std::size_t i = 0; i < vertices.size(); ++i) {
    const Vertex v = vertices[i];
    if (v < 0 || v >= graph.vertices() || place[std::size_t(v)] >= 0)
      throw Error(ErrorKind::kUsage,
                  "part of a graph: expected vertices of it, each once, found " + std::to_string(v));
    place[std::size_t(v)] = Vertex(i);
    ascending = ascending && (i == 0 || vertices[i - 1] < v);
  }
  Graph part;
  part.offsets.reserve(vertices.size() + 1);
  std::vector<std::pair<Vertex, double>> row;
  for (const Vertex v : vertices) {
    row.clear();
    for (i64 at = graph.offsets[std::size_t(v)]; at < graph.offsets[std::size_t(v) + 1]; ++at) {
      const Vertex to = place[std::size_t(graph.neighbours[std::size_t(at)])];
      if (to >= 0) row.emplace_back(to, graph.weights.empty() ? 1 : graph.weights[std::size_t(at)]);
    }
    if (!ascending) std::sort(row.begin(), row.end());
    for (const auto& [to, weight] : row) {
      part.neighbours.push_back(to);
      if (!graph.weights.empty()) part.weights.push_back(weight);
    }
    part.offsets.push_back(i64(part.neighbours.size()));
  }
  // Numbers in place of names would change with the vertices that are left out.
  part.names.reserve(vertices.size());
  for (const Vertex v : vertices) part.names.push_back(graph.name(v));
  return part;
}

}  // namespace sluice::graph
