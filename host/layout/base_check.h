// --device check of the base objective: forces of some vertices of the finished layout in the run's own
// precision, and its loss over all pairs in float64, with those of the serial backend.
#pragma once
#include <string>

#include "host/layout/base.h"

namespace sluice::layout {

/// What was compared, as a sentence. Error{kCheck} where a force is off by more than 1e-4 (float32; float64:
/// 1e-9) of the largest one, or a part of the loss by more than 1e-9 of it; {kInterrupted}.
std::string check_base(const graph::Graph& graph, const BaseOptions& options,
                       const graph::Positions& positions, const RunOptions& run);

}  // namespace sluice::layout
