// Pivot MDS (Brandes, Pich 2007): a start near the answer, from distances to some pivots.
#pragma once
#include <atomic>
#include <cstdint>

#include "host/graph/graph.h"
#include "host/layout/counted.h"

namespace sluice::layout {

struct PivotMdsOptions {
  int dimensions = 2;
  std::int64_t pivots =
      100;               // most of a component; at least the dimensions + 1 are taken where there are as many
  bool lengths = false;  // edges are as long as their weights
  std::uint64_t seed = 1;  // of the first pivot, and of the noise that parts equal vertices
};

/// n x d in units of edges (or lengths), each component about the origin: pack (pack.h) parts them. Vertices
/// that the pivots cannot tell apart, and dimensions that a component does not have (a path in 2-D), get a
/// noise of a thousandth of an edge, so that a descent can part them.
/// Once `stop` is set: of fewer pivots, soon. `found` is told of vertices that are found; may be null.
graph::Positions pivot_mds(const graph::Graph& graph, const PivotMdsOptions& options, int threads,
                           const std::atomic<bool>* stop = nullptr, Counted* found = nullptr);

/// Bytes that a component of so many vertices takes, without the graph.
std::uint64_t pivot_mds_bytes(std::int64_t vertices, int dimensions);

}  // namespace sluice::layout
