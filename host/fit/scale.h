// Columns that are so large or so small that sums of their squares overflow or vanish: without a word they
// would pass for collinear ones, or for a constant response.
#pragma once
#include <string>
#include <vector>

#include "host/fit/layout.h"
#include "host/fit/square.h"
#include "host/fit/sums.h"

namespace sluice::fit {

/// Error{kInput} that names the column, in `path`, whose squares are beyond 1e290 or, where its largest
/// distance from its shift (`spreads`, of each monomial; empty: not known) is more than 0, below 1e-290.
void check_scale(const Formula& formula, const Plan& plan, const CellLayout& layout, const Sums& sums,
                 const std::vector<double>& spreads, const std::string& path);

/// The same of the triangle of [X, 1, y].
void check_scale(const Design& design, const std::string& response, const Square& triangle,
                 const std::string& path);

}  // namespace sluice::fit
