#include "host/graph/distances.h"

#include <algorithm>
#include <functional>
#include <limits>

#include "host/error.h"

namespace sluice::graph {

using i64 = std::int64_t;

void Search::edges_from(Vertex source, std::int32_t* distances) {
  const std::size_t n = std::size_t(graph_.vertices());
  std::fill_n(distances, n, kUnreached);
  queue_.resize(n);
  Vertex* const queue = queue_.data();
  const i64* const offsets = graph_.offsets.data();
  const Vertex* const neighbours = graph_.neighbours.data();
  std::size_t last = 1;
  queue[0] = source;
  distances[source] = 0;
  for (std::size_t first = 0; first < last && last < n; ++first) {
    const Vertex v = queue[first];
    const std::int32_t next = distances[v] + 1;
    for (i64 at = offsets[v]; at < offsets[v + 1]; ++at) {
      const Vertex u = neighbours[at];
      if (distances[u] != kUnreached) continue;
      distances[u] = next;
      queue[last++] = u;
    }
  }
  queue_.resize(last);
}

void Search::lengths_from(Vertex source, double* distances) {
  if (!weights_checked_) {
    for (const double w : graph_.weights)
      if (!(w > 0) || w > std::numeric_limits<double>::max())
        throw Error(ErrorKind::kUsage,
                    "weights as lengths: expected numbers above 0, found " + std::to_string(w));
    weights_checked_ = true;
  }
  std::fill_n(distances, std::size_t(graph_.vertices()), std::numeric_limits<double>::infinity());
  queue_.clear();
  distances[source] = 0;
  heap_.assign(1, {0.0, source});
  const auto later = std::greater<std::pair<double, Vertex>>();
  while (!heap_.empty()) {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    const auto [length, v] = heap_.back();
    heap_.pop_back();
    if (length > distances[v]) continue;  // a longer way to a vertex that is done
    queue_.push_back(v);
    for (i64 at = graph_.offsets[std::size_t(v)]; at < graph_.offsets[std::size_t(v) + 1]; ++at) {
      const Vertex u = graph_.neighbours[std::size_t(at)];
      const double way = length + (graph_.weights.empty() ? 1 : graph_.weights[std::size_t(at)]);
      if (way >= distances[u]) continue;
      distances[u] = way;
      heap_.emplace_back(way, u);
      std::push_heap(heap_.begin(), heap_.end(), later);
    }
  }
}

}  // namespace sluice::graph
