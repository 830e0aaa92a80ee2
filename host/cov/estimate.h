// How long a covariance will take, for --dry-run: from one product of the backend and some reads of the
// input, both measured on the machine as it is now.
#pragma once
#include "host/cov/problem.h"
#include "host/machine.h"

namespace sluice::cov_detail {

/// Bytes of the input that --verify reads again: all of it where a variable's observations lie apart.
double verified_bytes(const Problem& problem, std::int64_t entries);

/// Seconds, final sync apart: the slowest of computing, reading and writing, which overlap, then --verify.
double estimate_seconds(const CovPlan& plan, const Problem& problem, const CovOptions& options,
                        const Machine& machine);

}  // namespace sluice::cov_detail
