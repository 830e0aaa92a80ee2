// Small graphs with known distances, and a plain measure of a layout's stress.
#pragma once
#include <cmath>
#include <vector>

#include "host/graph/distances.h"
#include "host/graph/make.h"
#include "host/layout/descent.h"

namespace sluice::test {

using graph::Graph;
using graph::Positions;
using graph::Vertex;

inline Graph graph_of(std::int64_t vertices, const std::vector<std::pair<Vertex, Vertex>>& edges,
                      std::vector<double> weights = {}) {
  graph::EdgeList list;
  for (const auto& [a, b] : edges) list.add(a, b);
  list.weights = std::move(weights);
  return graph::make_graph(vertices, std::move(list));
}

inline Graph path(Vertex n) {
  std::vector<std::pair<Vertex, Vertex>> edges;
  for (Vertex v = 1; v < n; ++v) edges.emplace_back(v - 1, v);
  return graph_of(n, edges);
}

inline Graph cycle(Vertex n) {
  std::vector<std::pair<Vertex, Vertex>> edges;
  for (Vertex v = 0; v < n; ++v) edges.emplace_back(v, (v + 1) % n);
  return graph_of(n, edges);
}

inline Graph complete(Vertex n) {
  std::vector<std::pair<Vertex, Vertex>> edges;
  for (Vertex a = 0; a < n; ++a)
    for (Vertex b = a + 1; b < n; ++b) edges.emplace_back(a, b);
  return graph_of(n, edges);
}

inline Graph star(Vertex n) {
  std::vector<std::pair<Vertex, Vertex>> edges;
  for (Vertex v = 1; v < n; ++v) edges.emplace_back(0, v);
  return graph_of(n, edges);
}

inline Graph grid(Vertex rows, Vertex columns) {
  std::vector<std::pair<Vertex, Vertex>> edges;
  for (Vertex r = 0; r < rows; ++r)
    for (Vertex c = 0; c < columns; ++c) {
      if (c > 0) edges.emplace_back(r * columns + c - 1, r * columns + c);
      if (r > 0) edges.emplace_back((r - 1) * columns + c, r * columns + c);
    }
  return graph_of(std::int64_t(rows) * columns, edges);
}

/// A grid, a cycle of seven, a pair, and three vertices alone, numbers interleaved as they come.
inline Graph pieces(Vertex side) {
  std::vector<std::pair<Vertex, Vertex>> edges;
  const Graph square = grid(side, side);
  const Vertex n = square.vertices();
  for (Vertex v = 0; v < n; ++v)
    for (const Vertex u : square.of(v))
      if (v < u) edges.emplace_back(v + 1, u + 1);  // vertex 0 is alone
  for (Vertex v = 0; v < 7; ++v) edges.emplace_back(n + 2 + v, n + 2 + (v + 1) % 7);
  edges.emplace_back(n + 9, n + 11);  // n + 1 and n + 10 are alone
  return graph_of(n + 12, edges);
}

inline double distance(const Positions& at, Vertex a, Vertex b) {
  double squared = 0;
  for (int c = 0; c < at.dimensions; ++c)
    squared += (at.of(a)[c] - at.of(b)[c]) * (at.of(a)[c] - at.of(b)[c]);
  return std::sqrt(squared);
}

/// SE of pairs at finite distance: the mean of (s r - 1)^2 with r = |x_i - x_j| / d_ij, s = sum r / sum r^2.
inline double scaled_stress(const Graph& graph, const Positions& at) {
  graph::Search search(graph);
  std::vector<std::int32_t> d(std::size_t(graph.vertices()));
  double sum = 0, squares = 0, pairs = 0;
  for (Vertex a = 0; a < graph.vertices(); ++a) {
    search.edges_from(a, d.data());
    for (Vertex b = 0; b < a; ++b) {
      if (d[std::size_t(b)] < 0) continue;
      const double r = distance(at, a, b) / d[std::size_t(b)];
      sum += r, squares += r * r, ++pairs;
    }
  }
  const double s = sum / squares;
  return (s * s * squares - 2 * s * sum + pairs) / pairs;
}

}  // namespace sluice::test
