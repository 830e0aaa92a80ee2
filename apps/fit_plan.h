// `sluice fit --dry-run`: the plan as text, JSON or a chart.
#pragma once
#include "apps/frame/common_options.h"
#include "host/fit.h"

namespace sluice {

/// Returns the exit code.
int show_plan(const frame::Settings& settings, const FitOptions& fit);

}  // namespace sluice
