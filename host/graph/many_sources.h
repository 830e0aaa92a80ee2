// Breadth-first search from up to 64 vertices at once, a bit each (Then et al. 2014, "The more the merrier"):
// where their fronts meet, an edge is looked at once for all of them. Sources that lie together (patches.h)
// meet nearly everywhere; in a mesh, sources by chance hardly do, and then a search from each is quicker.
#pragma once
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::graph {

class ManySources {
 public:
  static constexpr int kMost = 64;

  explicit ManySources(const Graph& graph);

  /// distances[v * kMost + s]: edges on the shortest way from sources[s] to v, for sources of distinct
  /// vertices. Only what is reached is written. T: uint8, uint16 or int32. Gives the sizes of all fronts
  /// together, which is what it cost: at most kMost * vertices. Ends with -1 where a distance is more than
  /// `most`.
  template <class T>
  std::int64_t distances_from(std::span<const Vertex> sources, T* distances,
                              std::int64_t most = std::numeric_limits<T>::max());

  /// Bytes that one of these holds besides the distances.
  static std::uint64_t bytes(std::int64_t vertices) { return std::uint64_t(vertices) * 32; }

 private:
  const Graph& graph_;
  std::vector<std::uint64_t> seen_, front_, next_;  // of each vertex, the sources that ...
  std::vector<Vertex> here_, there_;
};

}  // namespace sluice::graph
