// Pairs of vertices that are close, each with the multiplier of its constraint |x_i - x_j| >= m: the active
// set of an augmented Lagrangian. Both directions of a pair stand in it, with the same multiplier.
#pragma once
#include <cstdint>
#include <vector>

#include "host/budget.h"
#include "host/graph/graph.h"

namespace sluice::layout {

struct ClosePairs {
  std::vector<std::int64_t> offsets;     // vertices + 1
  std::vector<std::int32_t> neighbours;  // ascending within a vertex
  std::vector<double> multipliers;       // of each
};

/// All pairs at most `radius` apart, by a grid of that cell size over the first three coordinates;
/// multipliers are those of `before`, and 0 where it has not the pair. Error{kMemory} where the budget lacks
/// room for the pairs.
ClosePairs find_close(const graph::Positions& positions, double radius, const ClosePairs& before,
                      Budget& budget);

/// Multipliers max(0, lambda + rho g) with g = m^2 - |x_i - x_j|^2, of which at most `most` counts.
void update_multipliers(const graph::Positions& positions, double min_distance, double rho, double most,
                        ClosePairs& pairs);

/// Moves pairs that are still closer than m apart, each by half of what lacks, pinned vertices not, until
/// none lacks more than a millionth of m or `rounds` are over. Returns what the worst pair lacks.
double part_close(graph::Positions& positions, const std::vector<graph::Vertex>& pinned, double min_distance,
                  int rounds, Budget& budget);

}  // namespace sluice::layout
