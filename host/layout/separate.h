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

/// The same for coordinates in the middle of a descent, where adjacent vertices may well come together: a
/// vertex moves, by up to `reach` a coordinate, where one that stays in its place is not adjacent to it.
/// False where none had to.
bool separate_met(const graph::Graph& graph, graph::Positions& positions,
                  const std::vector<graph::Vertex>& pinned, std::uint64_t seed, bool single, double reach);

}  // namespace sluice::layout
