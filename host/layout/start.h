// Where a descent starts when no layout is given.
#pragma once
#include <cstdint>

#include "host/graph/graph.h"

namespace sluice::layout {

/// Standard normal numbers that seed, vertex and coordinate name: the same on every machine and at any number
/// of threads.
graph::Positions random_start(std::int64_t vertices, int dimensions, std::uint64_t seed, int threads);

}  // namespace sluice::layout
