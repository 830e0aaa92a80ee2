// Breadth-first search from up to 64 vertices at once, a bit each (Then et al. 2014, "The more the merrier"):
// where their fronts meet, an edge is looked at once for all of them.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::layout {

class ManySources {
 public:
  static constexpr int kMost = 64;

  explicit ManySources(const graph::Graph& graph);

  /// distances[v * kMost + s]: edges on the shortest way from sources[s] to v, for sources of distinct
  /// vertices. Only what is reached is written.
  void distances_from(std::span<const graph::Vertex> sources, std::int32_t* distances);

  /// Bytes that one of these holds besides the distances.
  static std::uint64_t bytes(std::int64_t vertices) { return std::uint64_t(vertices) * 32; }

 private:
  const graph::Graph& graph_;
  std::vector<std::uint64_t> seen_, front_, next_;  // of each vertex, the sources that ...
  std::vector<graph::Vertex> here_, there_;
};

}  // namespace sluice::layout
