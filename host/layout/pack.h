// Components of a layout set apart: boxes in shelves, isolated vertices in a grid.
#pragma once
#include <span>

#include "host/graph/graph.h"

namespace sluice::layout {

/// Moves components, none turned or scaled, so that no two bounding boxes (of the first two dimensions; in
/// one dimension intervals) come closer than the mean length of an edge: the largest first, in shelves of a
/// page of about 4:3, isolated vertices in a grid below, all about the origin. Further dimensions are centred
/// for each component. A component with a pinned vertex stays where it is, and the page then begins right of
/// all those. One component alone: nothing moves. A function of its arguments alone.
void pack(const graph::Graph& graph, std::span<const graph::Vertex> pinned, graph::Positions& positions);

}  // namespace sluice::layout
