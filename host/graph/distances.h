// Distances within a graph from one vertex to all others, into the caller's memory. A Search holds what that
// takes besides; it is made once a thread and asked many times.
#pragma once
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::graph {

constexpr std::int32_t kUnreached = -1;

class Search {
 public:
  explicit Search(const Graph& graph) : graph_(graph) {}

  /// Edges on the shortest way from `source` to each vertex, kUnreached where there is none. `distances` has
  /// room for all vertices. Breadth first: O(vertices + edges).
  void edges_from(Vertex source, std::int32_t* distances);

  /// Lengths of the shortest ways, of edges as long as their weights (1 where the graph has none); infinite
  /// where there is none. Dijkstra with a heap. Error{kUsage} where a weight is not more than 0.
  void lengths_from(Vertex source, double* distances);

  /// The vertices that the last search reached, the source first, then by distance: `edges_from` and
  /// `lengths_from` leave them here.
  const std::vector<Vertex>& reached() const { return queue_; }

 private:
  const Graph& graph_;
  std::vector<Vertex> queue_;
  std::vector<std::pair<double, Vertex>> heap_;
  bool weights_checked_ = false;
};

/// from(source, row, distances) for each of `sources` (null: all `count` first vertices), `row` counting
/// them, in parallel: what it sees are the edges from the source to every vertex (n int32, good during the
/// call). Rows come in any order. Searches go over a graph in patches (patches.h), from 64 sources at once
/// where that is quicker; a thread holds up to 220 bytes a vertex, and the graph is there twice.
void each_search(
    const Graph& graph, const Vertex* sources, std::int64_t count, int threads,
    const std::function<void(Vertex source, std::int64_t row, const std::int32_t* distances)>& from);

}  // namespace sluice::graph
