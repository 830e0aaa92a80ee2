// State of a descent of stress: where every vertex is, how many iterations are done, and the step that each
// component began with. All else follows from the graph and the options, which it names by a hash.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/layout/part.h"
#include "host/layout/stress.h"
#include "host/layout/stress_plan.h"

namespace sluice::layout {

/// Of everything that the bytes of a result depend on.
std::uint64_t stress_identity(const graph::Graph& graph, const StressOptions& options,
                              const std::vector<PiecePlan>& plans, const Descent& descent);

std::string store_stress_state(std::int64_t done, std::uint64_t identity, const std::vector<Part*>& parts,
                               const std::vector<double>& firsts);

/// Puts the parts' coordinates and first steps back; the iterations done. Error{kUsage} where the state is of
/// another run or torn.
std::int64_t load_stress_state(const std::string& state, std::uint64_t identity,
                               const std::vector<Part*>& parts, std::vector<double>& firsts);

}  // namespace sluice::layout
