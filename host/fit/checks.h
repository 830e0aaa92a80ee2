// What is wrong with a request for a fit, most of it known before a table is read.
#pragma once
#include <string>
#include <vector>

#include "host/fit.h"
#include "host/fit/solution.h"
#include "host/fit/source.h"

namespace sluice::fit {

/// Error{kUsage} for options that exclude each other, {kOutput} for outputs that are there.
void check_options(const FitOptions& options, const RunOptions& run);

/// Error{kUsage} where an output would replace an input or another output; empty names are none. Inputs may
/// be folders, patterns and "file.h5:/path".
void check_distinct(const std::vector<std::string>& inputs, const std::vector<std::string>& outputs);

/// All files that a fit leaves; empty: not asked for.
std::vector<std::string> outputs_of(const FitOptions& options);

/// Error{kOutput} where a file is there that may not be replaced, or its folder cannot be written to.
void check_output(const std::string& path, const RunOptions& run);

/// Error{kUsage} for standard output, and for names of other formats than separated values.
void check_predictions(const std::string& output);

/// Error{kUsage} for what a fit from a store cannot do; `weights`: the column that the store was made with.
void check_from(const FitOptions& options, const std::string& weights);

/// The rows that were read give no fit; together with others' they may (--save-state).
struct Unsolvable : Error {
  explicit Unsolvable(std::string what, std::string advice = {})
      : Error(ErrorKind::kInput, std::move(what), std::move(advice)) {}
};

/// Unsolvable where columns are sums of others, with their names; `empty`: those that are 0 in all rows. Of
/// these the first that stands for one level alone is said as a level without rows.
void refuse_dependent(const Source& source, const Design& design, const Solution& solution,
                      const std::vector<std::size_t>& empty, std::int64_t dropped, const std::string& path);

/// A warning where errors by clusters are rounding, because the scores of each cluster sum to 0; or empty.
std::string empty_errors_text(const FitResult& result, const Solution& solution, const std::string& cluster);

/// What is said of rows of leverage 1, by HC2 and HC3; empty where there are none.
std::string lone_text(std::int64_t rows, const std::string& errors);

/// "2.1e+04"
std::string two_digits(double value);

}  // namespace sluice::fit
