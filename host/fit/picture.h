// A fit on one sheet: residuals against fitted values, their quantiles and spread beside a normal
// distribution's, and the coefficients with their intervals.
#pragma once
#include "host/fit.h"
#include "host/fit/diagnostics.h"

namespace sluice::fit {

/// Writes options.picture; its seconds are a stage of the result's run. Error{kOutput}.
void draw_figure(const Diagnostics& rows, const FitOptions& options, FitResult& result);

}  // namespace sluice::fit
