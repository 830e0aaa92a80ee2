// Which vertices hang together, and graphs of some of a graph's vertices.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::graph {

/// Components are numbered by their least vertex: vertex 0 is in component 0.
struct Components {
  std::vector<Vertex> of;     // of each vertex, its component
  std::vector<Vertex> sizes;  // of each component, its vertices

  std::int64_t count() const { return std::int64_t(sizes.size()); }
  /// The vertices of each component, ascending.
  std::vector<std::vector<Vertex>> vertices() const;
};

Components components(const Graph& graph);

/// The graph of these vertices and the edges between them: vertex i is vertices[i], with its name. Weights
/// are kept. Error{kUsage} where a vertex is not in the graph or comes twice.
Graph subgraph(const Graph& graph, std::span<const Vertex> vertices);

}  // namespace sluice::graph
