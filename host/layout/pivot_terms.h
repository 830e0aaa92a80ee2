// Stress of a component over its edges and its vertices' pairs with pivots: a pivot stands for those of its
// region that are nearer to it than half the way (Ortmann, Klimenta, Brandes 2017).
#pragma once
#include <memory>

#include "host/layout/part.h"

namespace sluice::layout {

/// Bytes of one, without the graph.
std::uint64_t pivot_terms_bytes(std::int64_t vertices, std::int64_t edges, int dimensions,
                                std::int64_t pivots);

std::unique_ptr<Part> make_pivot_terms(const Component& component, std::int64_t pivots, int dimensions,
                                       std::uint64_t seed, int threads);

}  // namespace sluice::layout
