// Pairs of vertices that are close, each with the multiplier of its constraint |x_i - x_j| >= m: the active
// set of an augmented Lagrangian. Both directions of a pair stand in it, with the same multiplier.
#pragma once
#include <atomic>
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

/// Bytes of them, and of as many on a device that shares the memory.
inline std::uint64_t close_pairs_bytes(std::uint64_t vertices, std::uint64_t pairs) {
  return 2 * (8 * (vertices + 1) + 12 * pairs);
}

/// All pairs at most `radius` apart, by a grid of that cell size over the first three coordinates;
/// multipliers are those of `before`, and 0 where it has not the pair. Error{kMemory} where the budget lacks
/// room for close_pairs_bytes(), which the caller takes from it to keep them.
ClosePairs find_close(const graph::Positions& positions, double radius, const ClosePairs& before,
                      Budget& budget);

/// Multipliers max(0, lambda + rho g) with g = m^2 - |x_i - x_j|^2, of which at most `most` counts. Returns
/// by how much one changed most.
double update_multipliers(const graph::Positions& positions, double min_distance, double rho, double most,
                          ClosePairs& pairs);

/// Moves pairs that are still closer than m apart, each by half of what lacks, pinned vertices not, until
/// none lacks more than a millionth of m, or 1000 rounds or some billions of looks at pairs are over. False
/// where `stop` was set.
bool part_close(graph::Positions& positions, const std::vector<graph::Vertex>& pinned, double min_distance,
                Budget& budget, const std::atomic<bool>* stop);

struct Closest {
  std::int64_t pairs = 0;  // that lack more than a millionth of m
  double distance = 0;     // of the closest of these
};

/// What of a least distance is not kept. So far, where `stop` is set.
Closest closest_of(const graph::Positions& positions, double min_distance, const std::atomic<bool>* stop);

}  // namespace sluice::layout
