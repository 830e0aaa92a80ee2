// Distances within a graph from one vertex to all others, into the caller's memory. A Search holds what that
// takes besides; it is made once a thread and asked many times.
#pragma once
#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "host/graph/graph.h"
#include "host/parallel.h"

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
/// call). Rows come in any order.
template <class F>
void each_search(const Graph& graph, const Vertex* sources, std::int64_t count, int threads, const F& from) {
  struct Lane {
    explicit Lane(const Graph& g) : search(g), distances(std::size_t(g.vertices())) {}
    Search search;
    std::vector<std::int32_t> distances;
  };
  std::mutex mutex;
  std::vector<std::unique_ptr<Lane>> idle;
  const auto take = [&] {
    const std::lock_guard lock(mutex);
    if (idle.empty()) return std::unique_ptr<Lane>();
    auto lane = std::move(idle.back());
    idle.pop_back();
    return lane;
  };
  in_parallel(std::size_t(std::max(1, threads)), std::size_t(count), [&](std::size_t row) {
    auto lane = take();
    if (!lane) lane = std::make_unique<Lane>(graph);
    const Vertex source = sources != nullptr ? sources[row] : Vertex(row);
    lane->search.edges_from(source, lane->distances.data());
    from(source, std::int64_t(row), static_cast<const std::int32_t*>(lane->distances.data()));
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(lane));
  });
}

}  // namespace sluice::graph
