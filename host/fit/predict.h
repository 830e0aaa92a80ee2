// Predictions for the rows of another table: a row out for each row in, as statsmodels' get_prediction gives
// them.
#pragma once
#include <cstdint>
#include <string>

#include "host/fit.h"
#include "host/fit/pass.h"
#include "host/fit/square.h"

namespace sluice::fit {

/// A fit that is done. All must live longer than the call.
struct Fitted {
  const Source& source;
  const Design& design;
  const std::vector<double>& estimates;
  const Square& root;   // G with G G' = the estimates' covariance (covariance_root.h)
  double variance = 0;  // of the residuals
  double width = 0;     // of an interval, in errors
};

/// Writes mean, its error and interval, and the interval of an observation, to a table; the values are
/// missing where a row lacks one that the formula needs. Returns rows and, of those, the ones without a
/// prediction. Error{kInput} for a level that the fit has not seen, with its row; {kOutput}.
PredictionFacts predict(const Fitted& fitted, const csv::Input& table, const std::string& output,
                        Budget& budget, const RunOptions& run, RunSummary& summary);

}  // namespace sluice::fit
