// An undirected graph in compressed sparse rows: what readers and the generator yield, what layouts, measures
// and drawings take. Every edge stands twice, once at each end; there are no loops and no repeated edges.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace sluice::graph {

using Vertex = std::int32_t;  // a graph has at most 2^31 - 1 vertices; edges are counted in 64 bits

struct Graph {
  std::vector<std::int64_t> offsets{0};  // vertices + 1; the neighbours of v: offsets[v] .. offsets[v + 1]
  std::vector<Vertex> neighbours;        // ascending within a vertex
  std::vector<double> weights;           // of each neighbour, equal in both directions; empty: all 1
  std::vector<std::string> names;        // of each vertex; empty: vertex v is called first_id + v
  std::int64_t first_id = 0;

  Vertex vertices() const { return Vertex(offsets.size() - 1); }
  std::int64_t edges() const { return std::int64_t(neighbours.size()) / 2; }
  std::int64_t degree(Vertex v) const { return offsets[v + 1] - offsets[v]; }
  std::span<const Vertex> of(Vertex v) const {
    return {neighbours.data() + offsets[v], std::size_t(degree(v))};
  }
  std::string name(Vertex v) const { return names.empty() ? std::to_string(first_id + v) : names[v]; }
};

/// Coordinates of a graph's vertices: vertices x dimensions, row-major.
struct Positions {
  int dimensions = 2;
  std::vector<double> at;

  std::int64_t vertices() const { return std::int64_t(at.size()) / dimensions; }
  const double* of(std::int64_t v) const { return at.data() + v * dimensions; }
  double* of(std::int64_t v) { return at.data() + v * dimensions; }
};

}  // namespace sluice::graph
