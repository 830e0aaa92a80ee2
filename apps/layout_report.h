// What `sluice layout` prints: the plan, the closing lines with the layout's quality, and the same as JSON
// (docs/json.md).
#pragma once
#include <string>

#include "apps/frame/json.h"
#include "host/layout.h"

namespace sluice {

std::string plan_text(const LayoutOptions& options, const LayoutPlan& plan);
frame::Json plan_summary(const LayoutOptions& options, const LayoutPlan& plan);
std::string closing_text(const LayoutOptions& options, const LayoutResult& result, bool stages);
frame::Json layout_summary(const LayoutOptions& options, const LayoutResult& result);

}  // namespace sluice
