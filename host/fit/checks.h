// What is wrong with a request for a fit, most of it known before a table is read.
#pragma once
#include <string>
#include <vector>

#include "host/fit.h"
#include "host/fit/plan.h"
#include "host/fit/solution.h"

namespace sluice::fit {

/// Error{kUsage} for options that exclude each other, {kOutput} for outputs that are there.
void check_options(const FitOptions& options, const RunOptions& run);

/// Error{kUsage} where an output would replace an input or another output; empty names are none.
void check_distinct(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs);

/// Error{kUsage} for what a fit from a store cannot do; `weights`: the column that the store was made with.
void check_from(const FitOptions& options, const std::string& weights);

/// "b, c are sums of columns before them, or 0".
std::string dependent_text(const Solution& solution, const Design& design);

/// "2.1e+04"
std::string two_digits(double value);

}  // namespace sluice::fit
