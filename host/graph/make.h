// Edges as they come, in any order, to a graph: loops go, edges that come again count once, whichever end was
// named first.
#pragma once
#include <cstdint>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::graph {

/// Edge i joins from[i] and to[i].
struct EdgeList {
  std::vector<Vertex> from, to;
  std::vector<double> weights;  // of each edge; empty: all 1

  std::size_t size() const { return from.size(); }
  void add(Vertex a, Vertex b) { from.push_back(a), to.push_back(b); }
};

/// What make_graph left out of an edge list.
struct Dropped {
  std::int64_t loops = 0;       // edges from a vertex to itself
  std::int64_t duplicates = 0;  // edges that were there already, in either direction
};

/// The graph of `vertices` vertices. Of edges that come more than once the last one's weight counts, as
/// networkx's Graph has it: sums would double the weights of files that name both directions.
/// The same graph at any number of threads (0: all that the process may use).
/// Error{kUsage}: an end is not in [0, vertices), vertices is negative or beyond 2^31 - 1.
Graph make_graph(std::int64_t vertices, EdgeList edges, Dropped* dropped = nullptr, int threads = 0);

/// Bytes that the graph takes, its names included.
std::uint64_t bytes_of(const Graph& graph);

/// Every edge once, `from` below `to`, ascending.
EdgeList edges_of(const Graph& graph);

}  // namespace sluice::graph
