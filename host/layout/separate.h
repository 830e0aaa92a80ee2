// Vertices that coincide have no direction in which their forces could part them.
#pragma once
#include <cstdint>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::layout {

/// Moves vertices that stand on another one, but for pinned ones, a little along a direction that hashes seed
/// and number: a hundredth of the layout's extent (root mean square), or up to 1 where it has none. One
/// vertex of each place stays: a pinned one, else the first. `single`: all coordinates are rounded to float32
/// first, those of pinned vertices too, and vertices part by what float32 tells apart.
void separate_coincident(graph::Positions& positions, const std::vector<graph::Vertex>& pinned,
                         std::uint64_t seed, bool single);

}  // namespace sluice::layout
