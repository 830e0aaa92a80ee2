// Pivots of a connected graph: some vertices spread over it, with the distances from each to all.
#pragma once
#include <atomic>
#include <cstdint>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::layout {

enum class PivotChoice {
  kFarthest,  // each as far as can be from those before it
  kSpread,    // each at random, the likelier the farther: not the rim alone (Ortmann and others 2017)
};

struct Pivots {
  std::vector<graph::Vertex> at;
  std::vector<float> distances;       // pivots x stride, by the unit
  std::vector<std::int32_t> nearest;  // of each vertex, its pivot: the first of the nearest
  std::int64_t count() const { return std::int64_t(at.size()); }
  std::int64_t stride = 0;  // vertices in whole groups of 16; what is more has distance 0
  const float* from(std::int64_t pivot) const { return distances.data() + pivot * stride; }
};

/// At most `most` pivots; fewer where there are not so many vertices. `unit`: the length that counts as 1.
/// Fewer, too, once `stop` is set.
/// Error{kUsage} where lengths are asked for and one is not more than 0.
Pivots choose_pivots(const graph::Graph& connected, std::int64_t most, PivotChoice choice, bool lengths,
                     double unit, std::uint64_t seed, const std::atomic<bool>* stop = nullptr);

/// The mean length of an edge: 1 without lengths.
double mean_length(const graph::Graph& graph, bool lengths);

}  // namespace sluice::layout
