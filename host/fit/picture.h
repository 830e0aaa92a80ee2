// A fit on one sheet: residuals against fitted values, their quantiles and spread beside a normal
// distribution's, and the coefficients with their intervals.
#pragma once
#include "host/fit.h"
#include "host/fit/diagnostics.h"
#include "host/picture/figure.h"

namespace sluice::fit {

picture::Figure figure_of(const FitResult& result, const FitOptions& options, const Diagnostics& rows);

}  // namespace sluice::fit
