// Singular values and right vectors of a tall matrix from its triangle, by one-sided Jacobi rotations of the
// triangle's own (pivoted) triangle (Drmac and Veselic 2008): small singular values keep their digits. Beyond
// 64 columns, where rotations take a hundred times as long, by LAPACK's divide and conquer, whose error is
// that of numpy's: rounding of the largest value. And least squares of minimum norm.
#pragma once
#include <cstdint>
#include <vector>

#include "host/fit/solution.h"
#include "host/fit/square.h"

namespace sluice::fit {

struct Svd {
  std::vector<double> values;  // descending
  Square right;                // row k: the right vector of value k, its largest entry by magnitude positive
  std::vector<double> along;   // U' c of a given column c; empty where none was given
};

/// Of a square matrix. `column`: n numbers, or empty.
Svd svd_of(const Square& a, const std::vector<double>& column = {});
/// Its values alone.
std::vector<double> values_of(const Square& a);
/// The same by rotations, whatever the size.
Svd rotated_svd(const Square& a, const std::vector<double>& column = {});
/// Bytes that svd_of() takes, its result included.
std::uint64_t svd_memory(std::size_t columns);

/// Lengths of the columns of a triangle.
std::vector<double> column_lengths(const Square& upper);
/// Columns divided by those lengths; those of length 0 stay.
Square unit_columns(const Square& upper, const std::vector<double>& lengths);
/// Singular values above this share of the largest one count, of columns of unit length.
double rank_share(std::size_t columns);

/// From the triangle of [X, 1, y], p + 2 columns: of all b with the least squares the shortest, as
/// numpy.linalg.pinv(X) @ y; which columns depend on each other is found with all columns at one length.
Solution solve_svd(const Square& triangle);

}  // namespace sluice::fit
