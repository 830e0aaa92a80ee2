// What `sluice window` prints: the estimate, the plan, the closing lines, and the same as JSON
// (docs/json.md).
#pragma once
#include <string>

#include "apps/frame/json.h"
#include "host/window.h"

namespace sluice {

std::string estimate_text(const WindowPlan& plan);
std::string plan_text(const WindowOptions& options, const WindowPlan& plan);
frame::Json plan_summary(const WindowOptions& options, const WindowPlan& plan);
std::string closing_text(const WindowOptions& options, const WindowSummary& summary, bool stages);
frame::Json window_summary(const WindowOptions& options, const WindowSummary& summary);

}  // namespace sluice
