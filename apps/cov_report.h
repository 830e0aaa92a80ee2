// What `sluice cov` says: the plan of --dry-run, the checks, the closing lines, and the --json summary.
#pragma once
#include <string>

#include "apps/frame/json.h"
#include "host/cov.h"

namespace sluice {

std::string plan_text(const CovOptions& options, const CovPlan& plan);
frame::Json plan_summary(const CovOptions& options, const CovPlan& plan);
/// --verify, --device check and --report-pairs; empty where none was asked for.
std::string checks_text(const CovOptions& options, const CovSummary& summary);
/// The last lines on standard error; the last says how to open the result.
std::string closing_text(const CovOptions& options, const CovSummary& summary, bool stages);
frame::Json cov_summary(const CovOptions& options, const CovSummary& summary);

}  // namespace sluice
