// What is said of a fit once its sums are known, as statsmodels says it.
#pragma once
#include "host/fit.h"
#include "host/fit/solution.h"
#include "host/fit/sums.h"
#include "host/fit/system.h"

namespace sluice::fit {

struct ResponseSums {
  double rows = 0;                         // n
  double weight = 0, log_weights = 0;      // sums; of no weights n and 0
  double sum = 0, squares = 0, shift = 0;  // of y - shift, weighted
};

/// Of a system before a ridge is added; `repeats`: weights count rows.
ResponseSums response_sums(const System& system, double rows, double log_weights, bool repeats);

/// What a robust covariance is multiplied by for what the sample costs: HC1 n / (n - p), clusters G / (G - 1)
/// (n - 1) / (n - p), of G clusters.
double robust_factor(const std::string& errors, const FitResult& result);
/// Of t and F: n - p, or G - 1 of errors by clusters.
double inference_degrees(const FitResult& result);

/// Fills in all numbers of a result but those of residuals. `intercept`: its place, -1: none. `meat`
/// (residuals.h) null: classic errors.
void set_statistics(FitResult& result, const Solution& solution, const std::vector<std::string>& names,
                    int intercept, const ResponseSums& y, const FitOptions& options, const Square* meat);

}  // namespace sluice::fit
