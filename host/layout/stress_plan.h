// Which components of a graph go by all pairs and which by pivots.
#pragma once
#include <memory>
#include <vector>

#include "host/layout/all_pairs.h"
#include "host/layout/stress.h"

namespace sluice::layout {

struct PiecePlan {
  std::int64_t pivots = 0;  // 0: all pairs
  Code code = Code::kByte;
};

/// Of each piece. Error{kMemory} as plan_stress.
std::vector<PiecePlan> plan_pieces(const std::vector<std::unique_ptr<Piece>>& pieces,
                                   const StressOptions& options, int dimensions, const RunOptions& run);

}  // namespace sluice::layout
