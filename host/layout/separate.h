// Vertices that coincide have no direction in which their forces could part them.
#pragma once
#include <cstdint>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::layout {

/// Moves vertices that stand on another one, but for pinned ones, a little along a direction that hashes seed
/// and number: a hundredth of the layout's extent (root mean square), or up to 1 where it has none. One
/// vertex of each place stays: a pinned one, else the first.
void separate_coincident(graph::Positions& positions, const std::vector<graph::Vertex>& pinned,
                         std::uint64_t seed);

}  // namespace sluice::layout
