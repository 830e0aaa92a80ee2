// What `sluice fit` says of a result: a summary as statsmodels lays it out, and the same as JSON.
#pragma once
#include <string>
#include <vector>

#include "apps/frame/json.h"
#include "host/fit.h"

namespace sluice {

/// `truth`: coefficients to show beside the estimates; empty, or as many.
std::string fit_text(const FitResult& result, const FitOptions& options, const std::vector<double>& truth);
frame::Json fit_summary(const FitResult& result, const FitOptions& options, const std::vector<double>& truth,
                        const std::string& command = "fit");

}  // namespace sluice
