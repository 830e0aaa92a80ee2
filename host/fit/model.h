// A fit as a file (`--model m.json`): all that predictions for another table need, and what a reader of the
// file may want to know of it. The table that it was made from is not needed any more.
#pragma once
#include <string>
#include <vector>

#include "host/fit.h"
#include "host/fit/plan.h"
#include "host/fit/source.h"
#include "host/fit/square.h"
#include "host/fit/whole_column.h"

namespace sluice::fit {

/// What a formula meant for the table that it was fitted on, so that it means the same for another.
struct Meaning {
  std::string formula;
  NamedLevels lists;
  std::vector<std::string> columns;  // that the formula needs, in the table's order
  std::vector<std::string> texts;    // those whose bare names are categories
  std::vector<WholeColumn> whole;    // of its center(), standardize() and poly()
};

struct Model {
  Meaning meaning;
  std::vector<std::vector<std::string>> levels;  // of each category of the plan
  std::vector<Coefficient> coefficients;
  Square covariance, root;               // covariance = root root'
  double variance = 0, degrees = 0;      // of the residuals
  double level = 0.95;                   // of the coefficients' intervals
  std::string response, solver, errors;  // names, as in FitResult and FitOptions
  std::string weights, repeats;          // columns; empty: none
  double ridge = 0, rows = 0, dropped = 0, r_squared = 0;
};

Meaning meaning_of(const Source& source, const NamedLevels& lists);

/// The formula as it was understood. Error{kInput} naming `path` where it is not understood any more.
Formula formula_of(const Meaning& meaning, const std::string& path);

/// `root`: of the covariance (covariance_root.h).
Model model_of(const Meaning& meaning, const Design& design, const Square& root, const FitResult& result,
               const FitOptions& options);

/// Error{kOutput}.
void write_model(const Model& model, const std::string& path);
/// Error{kInput}: not a model, or one of a later schema.
Model read_model(const std::string& path, Budget& budget);

}  // namespace sluice::fit
