// The triangle of a tall matrix by way of its columns' products, which are summed about the means, on a
// device or by the host: half the arithmetic of reflections, and half of the digits of what is left about the
// means.
#pragma once
#include <vector>

#include "host/budget.h"
#include "host/fit/square.h"
#include "host/fit/tall.h"

namespace sluice::svd_detail {

/// A value of a product's rounding, 1e-15, has this length.
constexpr double kGramDigits = 3e-8;

struct GramTriangle {
  fit::Square triangle;        // of the columns less their means, or as they are
  std::vector<double> means;   // of the columns
  std::vector<double> summed;  // each column's length as it was summed: kGramDigits of it are rounding
  bool lost = false;           // a column that is not constant came out as a sum of others, to rounding
};

/// `center`: the triangle of the columns less their means. Error{kInput}: numbers whose squares are beyond
/// those of doubles; {kUsage}, {kCheck}.
GramTriangle gram_triangle(const fit::TallSource& source, bool center, Budget& budget, const RunOptions& run,
                           RunSummary& summary);

/// About the first rows' means, so that offsets cost no digits.
std::vector<double> shifts_of(const fit::TallSource& source);

}  // namespace sluice::svd_detail
