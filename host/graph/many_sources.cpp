// Fronts of 64 searches in the bits of a word.
#include "host/graph/many_sources.h"

#include <algorithm>
#include <bit>

namespace sluice::graph {

ManySources::ManySources(const Graph& graph)
    : graph_(graph),
      seen_(std::size_t(graph.vertices())),
      front_(std::size_t(graph.vertices())),
      next_(std::size_t(graph.vertices())) {}

template <class T>
std::int64_t ManySources::distances_from(std::span<const Vertex> sources, T* distances, std::int64_t most) {
  std::fill(seen_.begin(), seen_.end(), 0);
  here_.clear();
  for (std::size_t s = 0; s < sources.size(); ++s) {
    const std::size_t v = std::size_t(sources[s]);
    seen_[v] = front_[v] = std::uint64_t(1) << s;
    distances[v * kMost + s] = 0;
    here_.push_back(sources[s]);
  }
  const std::int64_t* const offsets = graph_.offsets.data();
  const Vertex* const neighbours = graph_.neighbours.data();
  std::uint64_t *const seen = seen_.data(), *const next = next_.data();
  std::int64_t visits = 0;
  for (std::int64_t level = 1; !here_.empty(); ++level) {
    there_.clear();
    visits += std::int64_t(here_.size());
    for (const Vertex v : here_) {
      const std::uint64_t mine = front_[std::size_t(v)];
      front_[std::size_t(v)] = 0;
      for (std::int64_t at = offsets[v]; at < offsets[v + 1]; ++at) {
        const Vertex u = neighbours[at];
        const std::uint64_t fresh = mine & ~seen[u];
        if (fresh == 0) continue;
        if (next[u] == 0) there_.push_back(u);
        next[u] |= fresh;
      }
    }
    const bool fits = level <= most;
    for (const Vertex u : there_) {
      std::uint64_t bits = next[u];
      next[u] = 0;
      if (!fits) continue;
      seen[u] |= bits;
      front_[std::size_t(u)] = bits;
      T* const row = distances + std::int64_t(u) * kMost;
      for (; bits != 0; bits &= bits - 1) row[std::countr_zero(bits)] = T(level);
    }
    if (!fits && !there_.empty()) return -1;
    here_.swap(there_);
  }
  return visits;
}

template std::int64_t ManySources::distances_from(std::span<const Vertex>, std::uint8_t*, std::int64_t);
template std::int64_t ManySources::distances_from(std::span<const Vertex>, std::uint16_t*, std::int64_t);
template std::int64_t ManySources::distances_from(std::span<const Vertex>, std::int32_t*, std::int64_t);

}  // namespace sluice::graph
