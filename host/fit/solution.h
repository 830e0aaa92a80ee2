// Coefficients from a system of normal equations or from a triangle, with what errors and tests need.
#pragma once
#include <vector>

#include "host/fit/square.h"
#include "host/fit/system.h"
#include "host/fit/triangle.h"

namespace sluice::fit {

struct Solution {
  std::vector<double> estimates;  // p
  Square root;                    // G with G G' = inverse of X'X
  Square factor;                  // F with F'F = X'X
  double residual_squares = 0;    // of y - X b
  double residual_share = 1;  // of the shifted y's squares; where it is small, digits of the above are lost
  bool has_constant = false;
  std::size_t rank = 0;                // of solve_svd(); else all columns: 0
  double condition = 0;                // of the columns scaled to unit length, as they were solved
  std::vector<std::size_t> dependent;  // columns that are sums of earlier ones; then nothing else is set
};

/// From sums. Columns whose distance from the earlier ones is within rounding of 0 are dependent.
Solution solve_normal(const System& system);

/// From the triangle of [X, 1, y], p + 2 columns.
Solution solve_triangle(const Square& triangle);

/// The same with `alpha` times the squared coefficients but the intercept's (-1: none) added.
Solution solve_ridge(const Triangle& triangle, int intercept, double alpha);

}  // namespace sluice::fit
