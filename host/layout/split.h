// The components of a graph, each a graph of its own, in time of vertices and edges however many there are.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::layout {

struct Piece {
  graph::Graph own;                     // without names; empty where the piece is the whole graph
  const graph::Graph* graph = nullptr;  // own, or the whole
  std::vector<graph::Vertex> vertices;  // in the whole, ascending; empty where the piece is the whole
  graph::Vertex vertex(std::int64_t i) const {
    return vertices.empty() ? graph::Vertex(i) : vertices[std::size_t(i)];
  }
};

/// Components of two vertices and more, by their least vertex. They point into `graph`, which must live on.
std::vector<std::unique_ptr<Piece>> split(const graph::Graph& graph);

}  // namespace sluice::layout
