// The normal equations of a design, from sums over cells: X = Z K, where Z holds indicator columns and K the
// contrasts. Columns are taken from their shifts wherever the design spans what that takes away, so that
// offsets cost no digits; `raw` says how the columns as they are follow from those.
#pragma once
#include <vector>

#include "host/budget.h"
#include "host/fit/indicators.h"
#include "host/fit/plan.h"
#include "host/fit/square.h"
#include "host/fit/sums.h"

namespace sluice::fit {

struct System {
  std::size_t columns = 0;       // p
  Square products;               // p + 1: X'X, X'y, y'y of the shifted columns
  Square raw;                    // p: column j as it is = sum over i of shifted column i * raw(i, j)
  std::vector<double> response;  // y as it is = shifted y + sum of shifted columns * these
  bool has_constant = false;     // the number 1 is in the span of the columns
  std::vector<double> sums;      // p: of each column as it is
  std::vector<double> squares;   // p: sums of squares of the columns as they are
  double rows = 0;
  double response_sum = 0;      // of y - its shift
  double response_squares = 0;  // of the same
  double response_shift = 0;
  std::vector<IndicatorColumn> shifted;  // p: the shifted columns, of indicator columns; of a store none
};

/// `level_of`: of each category, levels of codes. Memory: about three dense matrices of the indicator
/// columns, from the budget.
System system_of(const Plan& plan, const CellLayout& layout, const Design& design,
                 const std::vector<std::vector<std::int32_t>>& level_of, const std::vector<double>& shifts,
                 const Sums& sums, Budget& budget);

/// Whether the number 1 is in the span of all columns, numbers among them. `sums`: of the shifted columns,
/// which span what the columns as they are span.
bool spans_constant(const System& system, const std::vector<double>& sums);

/// Adds `alpha` times the squares of all coefficients, as they are, but the intercept's: what is left then is
/// the residuals' squares and that penalty.
void add_ridge(System& system, int intercept, double alpha);

}  // namespace sluice::fit
