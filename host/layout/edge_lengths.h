// How far the ends of each edge are apart in a graph with lengths: an edge may be longer than the way around
// it.
#pragma once
#include <cstdint>
#include <vector>

#include "host/layout/part.h"
#include "host/layout/pivots.h"

namespace sluice::layout {

/// Of each edge (a, b) with a < b, by a, then b, in the component's unit: its weight (1 without lengths), or
/// the shorter way around it. Ways are exact within 2000 looks at edges from an end, and where one end is a
/// pivot; a longer one counts as the best way by a pivot does, at most the weight. The same at any number of
/// threads.
std::vector<float> edge_lengths(const Component& component, const Pivots& pivots, int threads);

}  // namespace sluice::layout
