// The components of a graph, each a graph of its own, in time of vertices and edges however many there are.
// Its vertices stand in patches (host/graph/patches.h), whatever the order of the file: half the time of
// large graphs was the cache's otherwise.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::layout {

struct Piece {
  graph::Graph graph;                   // without names
  std::vector<graph::Vertex> vertices;  // in the whole, a patch after the other
  graph::Vertex vertex(std::int64_t i) const { return vertices[std::size_t(i)]; }
};

/// Components of two vertices and more, by their least vertex, which is their first. With the graph's
/// weights, if they are wanted.
std::vector<std::unique_ptr<Piece>> split(const graph::Graph& graph, bool weights);

/// Bytes that they hold.
std::uint64_t bytes_of(const std::vector<std::unique_ptr<Piece>>& pieces);

}  // namespace sluice::layout
