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

/// Of each piece, from the graph and the options alone.
std::vector<PiecePlan> plan_pieces(const std::vector<std::unique_ptr<Piece>>& pieces,
                                   const StressOptions& options);

/// What they come to. Error{kMemory} as plan_stress.
StressPlan fitting_plan(const std::vector<std::unique_ptr<Piece>>& pieces,
                        const std::vector<PiecePlan>& plans, int dimensions, const RunOptions& run,
                        std::uint64_t besides = 0);

}  // namespace sluice::layout
