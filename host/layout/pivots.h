// Pivots of a connected graph: some vertices spread over it, with the distances from each to all.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::layout {

enum class PivotChoice {
  kFarthest,  // each as far as can be from those before it: one search after the other
  kSpread,    // each at random, the likelier the farther: not the rim alone (Ortmann and others 2017); up to
              // kTogether are drawn at once and searched from side by side
};

struct Pivots {
  std::vector<graph::Vertex> at;
  std::vector<float> distances;       // pivots x stride, by the unit
  std::vector<std::int32_t> nearest;  // of each vertex, its pivot: the first of the nearest
  std::int64_t count() const { return std::int64_t(at.size()); }
  std::int64_t stride = 0;  // vertices in whole groups of 16; what is more has distance 0
  const float* from(std::int64_t pivot) const { return distances.data() + pivot * stride; }
};

/// What choosing pivots depends on besides the graph.
struct PivotOptions {
  static constexpr int kTogether = 8;
  std::int64_t most = 0;  // fewer where there are not so many vertices
  PivotChoice choice = PivotChoice::kSpread;
  bool lengths = false;  // edges are as long as their weights
  double unit = 1;       // the length that counts as 1
  std::uint64_t seed = 1;
  int threads = 1;                                   // which do not change them
  const std::atomic<bool>* stop = nullptr;           // set: fewer pivots, soon
  std::function<void(double share)> told = nullptr;  // of those that are found, from the calling thread
};

/// Error{kUsage} where lengths are asked for and one is not more than 0.
Pivots choose_pivots(const graph::Graph& connected, const PivotOptions& options);

/// Bytes that its searches take besides the pivots.
std::uint64_t pivot_search_bytes(std::int64_t vertices, bool lengths, int threads);

/// The mean length of an edge: 1 without lengths.
double mean_length(const graph::Graph& graph, bool lengths);

}  // namespace sluice::layout
