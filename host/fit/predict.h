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

/// Error{kInput} where a table that predictions are wanted for is not there, or lacks a column: known before
/// the table of the fit is read.
void check_table(const Source& fitted, const FitOptions& options, Budget& budget);

/// That table in the dialect of the fit's own, but for its encoding.
csv::Input table_to_predict(const Source& fitted, const FitOptions& options);

/// Writes mean, its error and interval, and the interval of an observation, to a table; the values are
/// missing where a row lacks one that the formula needs, or is bad and skipped. Returns rows and, of those,
/// the ones without a prediction. Error{kInput} for a level that the fit has not seen, with its row;
/// {kOutput}.
PredictionFacts predict(const Fitted& fitted, const csv::Input& table, const std::string& output,
                        Budget& budget, const RunOptions& run, RunSummary& summary);

}  // namespace sluice::fit
