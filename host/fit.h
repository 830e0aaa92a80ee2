// Linear regression by a formula from a table larger than memory (`sluice fit`). Normal equations come from
// one pass; QR, robust errors and what is said of residuals from a second. The bytes of a result depend on
// the file, the options and the vector level: not on threads or memory.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "host/design.h"
#include "host/error.h"
#include "host/fit/formula.h"
#include "host/formats/csv/detect.h"
#include "host/run.h"

namespace sluice {

struct FitOptions {
  csv::Input input;  // a file, a folder or a pattern: files in natural order are one table; -: standard input
  std::vector<std::string> files;  // in place of those that input.path stands for; -: standard input
  std::string formula;
  fit::NamedLevels levels;         // lists that the formula names
  std::string solver = "auto";     // normal, qr, svd; or normal, and qr where that spends too many digits
  std::string weights;             // a column of analytic weights (1 / variance); empty: none
  std::string repeats;             // a column that says how many rows each stands for; empty: one
  std::string errors = "classic";  // HC0, HC1, HC2, HC3, cluster
  std::string cluster;             // a column: rows of one value may depend on each other
  double ridge = 0;                // added for each squared coefficient but the intercept's; 0: none
  double level = 0.95;             // of intervals
  std::string residuals = "auto";  // yes, no, or yes for files up to 64 MiB
  std::string predict;             // another table, whose rows get predictions; -: standard input
  std::string output;              // of those
  std::string store;               // an HDF5 file that the design goes to (host/design.h); empty: none
  int compression = 1;             // of that
  std::string from;                // an HDF5 file with a design, in place of the table; empty: none
  std::string model, state;        // files that the fit and its sums are left in; empty: none
  std::string profile;             // a page of who did what when: .html; empty: none
  std::string picture;             // of residuals and coefficients: .png, .svg, .pdf; empty: none
  int picture_width = 1200, picture_height = 1000;
  std::size_t piece_bytes = 0;  // of text that is summed at once; 0: 128 KiB. Sums round by it
};

struct Coefficient {
  std::string name;
  double estimate = 0, error = 0, t = 0, p = 0, low = 0, high = 0;
};

/// Of the residuals in the table's order, left-out rows left out.
struct ResidualFacts {
  double durbin_watson = 0, skew = 0, kurtosis = 0, jarque_bera = 0, jarque_bera_p = 0;
  double least = 0, greatest = 0;
};

struct PredictionFacts {
  std::int64_t rows = 0;
  std::int64_t missing = 0;  // rows that lack a value that the formula needs
  csv::Faults faults;        // bad rows, which keep their places too, where the policy is to skip them
};

struct FitResult {
  csv::Input input;  // with the dialect that was found
  std::size_t files = 0;
  csv::Format format;
  csv::Faults faults;
  std::string formula, response;
  std::optional<Error> failed;  // what a model, predictions or a picture met, when the rest was there
  std::string unsolved;  // with `state`: why these rows alone give no fit; then what follows is not set
  std::vector<Coefficient> coefficients;
  std::vector<double> covariance;      // of the estimates, p x p
  std::int64_t rows = 0, dropped = 0;  // rows: the sum of `repeats` where those are given
  std::size_t rank = 0;                // of the design: below its columns with the solver svd alone
  std::int64_t clusters = 0;           // of errors by clusters: t has one degree of freedom less than these
  std::int64_t model_degrees = 0, residual_degrees = 0;
  bool has_constant = false;
  double residual_squares = 0, residual_error = 0;  // sum of squares; its root by degrees
  double r_squared = 0, adjusted_r_squared = 0, f = 0, f_p = 0;
  double log_likelihood = 0, aic = 0, bic = 0;
  double condition = 0;  // largest by smallest singular value of the design
  std::string solver;    // normal, qr or svd
  std::optional<StoreFacts> store;
  std::string weights;   // the column that rows are weighted by, of a store too; empty: none
  bool repeats = false;  // it says how many rows each stands for
  std::optional<ResidualFacts> residuals;
  std::optional<PredictionFacts> predictions;
  std::vector<std::string> warnings;
  RunSummary run;
};

/// FormulaError (kUsage); Error{kInput} for bad rows, dependent columns, fewer rows than columns; {kMemory}.
/// What goes wrong when the coefficients are known is in the result, beside them (`failed`).
FitResult fit_table(const FitOptions&, const RunOptions&);

}  // namespace sluice
