// Fronts of 64 searches in the bits of a word.
#include "host/layout/many_sources.h"

#include <algorithm>
#include <bit>

namespace sluice::layout {

using graph::Vertex;

ManySources::ManySources(const graph::Graph& graph)
    : graph_(graph),
      seen_(std::size_t(graph.vertices())),
      front_(std::size_t(graph.vertices())),
      next_(std::size_t(graph.vertices())) {}

void ManySources::distances_from(std::span<const Vertex> sources, std::int32_t* distances) {
  std::fill(seen_.begin(), seen_.end(), 0);
  here_.clear();
  for (std::size_t s = 0; s < sources.size(); ++s) {
    const Vertex v = sources[s];
    seen_[v] = front_[v] = std::uint64_t(1) << s;
    distances[std::int64_t(v) * kMost + std::int64_t(s)] = 0;
    here_.push_back(v);
  }
  for (std::int32_t level = 1; !here_.empty(); ++level) {
    there_.clear();
    for (const Vertex v : here_) {
      const std::uint64_t mine = front_[v];
      front_[v] = 0;
      for (const Vertex u : graph_.of(v)) {
        const std::uint64_t fresh = mine & ~seen_[u];
        if (fresh == 0) continue;
        if (next_[u] == 0) there_.push_back(u);
        next_[u] |= fresh;
      }
    }
    for (const Vertex u : there_) {
      std::uint64_t bits = next_[u];
      next_[u] = 0;
      seen_[u] |= bits;
      front_[u] = bits;
      std::int32_t* row = distances + std::int64_t(u) * kMost;
      for (; bits != 0; bits &= bits - 1) row[std::countr_zero(bits)] = level;
    }
    here_.swap(there_);
  }
}

}  // namespace sluice::layout
