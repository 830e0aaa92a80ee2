// What can be known to be wrong with a request for a fit before a table is read.
#pragma once
#include "host/fit.h"

namespace sluice::fit {

/// Error{kUsage} for options that exclude each other, {kOutput} for outputs that are there.
void check_options(const FitOptions& options, const RunOptions& run);

}  // namespace sluice::fit
