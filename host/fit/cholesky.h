// Small dense matrices: Cholesky factors that find dependent columns, triangular solves, singular values.
#pragma once
#include <vector>

#include "host/fit/square.h"

namespace sluice::fit {

/// U with U'U = D A D, where D scales A's diagonal to 1. Columns whose pivot is at most the tolerance depend
/// on those before them: their row of U is 0.
struct CholeskyFactor {
  Square upper;
  std::vector<double> scale;  // D
  std::vector<std::size_t> dependent;
};

/// A symmetric, its upper triangle is read. `tolerance`: of a squared length, relative; the first `checked`
/// columns are held to it, those behind them may be as short as they are.
CholeskyFactor cholesky(const Square& a, double tolerance, std::size_t checked);

/// x with A x = b, in place; entries of dependent columns are 0.
void solve(const CholeskyFactor& factor, std::vector<double>& x);

/// The inverse of an upper triangle without zeros on its diagonal.
Square inverse_of_upper(const Square& upper);

/// Singular values of the columns of a square matrix, descending, by one-sided Jacobi rotations: small ones
/// keep their digits.
std::vector<double> singular_values(const Square& a);

/// Largest by smallest singular value, of a matrix and its inverse. Beyond 64 columns by Lanczos' steps on
/// both, where Jacobi's rotations would take minutes.
double condition_number(const Square& a, const Square& inverse);

}  // namespace sluice::fit
