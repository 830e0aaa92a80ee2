// The windows themselves, windows x size x channels, for those who train or compute on copies: read from the
// series where they lie, written where they belong. The result may be larger than memory and than the input.
#pragma once
#include <vector>

#include "host/fill.h"
#include "host/window/problem.h"

namespace sluice::window_detail {

/// Error{kUsage}: windows that have no shape, padding where the type has no NaN.
void check_materialize(const Problem& problem);

/// Elements of a window.
std::int64_t window_elements(const Problem& problem);

/// Bytes that are held.
std::uint64_t materialize_bytes(const Problem& problem, const Machine& machine);

/// Every window's elements to the result, in native byte order, scaled where that was asked for.
std::vector<StageTime> materialize(const Problem& problem, Machine& machine, Result& result,
                                   const RunOptions& run);

}  // namespace sluice::window_detail
