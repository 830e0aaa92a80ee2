// What `sluice fit` says of a result: a summary as statsmodels lays it out, and the same as JSON.
#pragma once
#include <string>

#include "apps/frame/json.h"
#include "host/fit.h"

namespace sluice {

std::string fit_text(const FitResult& result, const FitOptions& options);
frame::Json fit_summary(const FitResult& result, const FitOptions& options);

}  // namespace sluice
