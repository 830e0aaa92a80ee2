// The result as a heat map: its blocks averaged in one pass over the finished file.
#pragma once
#include <functional>

#include "host/cov.h"
#include "host/cov/problem.h"

namespace sluice::cov_detail {
void draw_result(const MatrixSource& result, const CovOptions& options, const Problem& problem,
                 const std::function<void()>& go_on);
}
