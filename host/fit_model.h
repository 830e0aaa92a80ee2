// What a fit leaves behind goes on here: predictions by a model file for tables of any size, and sums of
// parts merged to the fit of the whole (`sluice fit --model m.json --predict`, `sluice merge`).
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/fit.h"

namespace sluice {

struct PredictOptions {
  csv::Input input;  // the table; a folder or a pattern stands for its files; -: standard input
  std::string model, output;
  std::optional<double> level;  // of intervals; not given: the model's
};

struct PredictResult {
  PredictionFacts facts;
  std::string formula, response;
  double level = 0;
  RunSummary run;
};

/// A row out for each row in, streaming. Error{kInput}: no model; a column that is missing; a level that the
/// fit has not seen, with file, row and value. {kOutput}.
PredictResult predict_table(const PredictOptions& options, const RunOptions& run);

struct MergeOptions {
  std::vector<std::string> states;  // files that --save-state or an earlier merge wrote; -: standard input
  std::string output;               // their sum as a state; empty: none
  std::string model;                // the fit of the whole as a model; empty: none
  double ridge = 0, level = 0.95;
};

/// The fit of all rows of all parts, by normal equations, with classic errors: as that of the whole table,
/// but for rounding. What goes by the rows' order or by residuals is not there. Error{kInput}: states of
/// another formula; columns that depend on each other; {kOutput}.
FitResult merge_fits(const MergeOptions& options, const RunOptions& run);

}  // namespace sluice
