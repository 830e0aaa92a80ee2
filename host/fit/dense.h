// Arithmetic on columns of numbers: the part of a fit's first pass that is neither text nor lookup, so it is
// compiled a second time for processors with AVX2.
#pragma once
#include <cstddef>

namespace sluice::fit {

/// sums[i * n + j] += sum over rows of a[i][row] b[j][row] for j >= i, n columns of `rows` (a multiple of 8)
/// numbers each, ld apart.
using DenseProducts = void (*)(const double* a, const double* b, std::size_t n, std::size_t rows,
                               std::size_t ld, double* sums);
/// to[cells[row] * width + k] += columns[k][row] for every row in turn; width is a multiple of 4, and so is
/// the number of values that may be read of a column.
using AddByCell = void (*)(const double* const* columns, const unsigned* cells, std::size_t rows,
                           std::size_t width, double* to);
/// to[i] = a[i] b[i], to[i] = a[i] - b, and whether none of a is NaN or infinite.
using Multiply = void (*)(const double* a, const double* b, std::size_t n, double* to);
using Subtract = void (*)(const double* a, double b, std::size_t n, double* to);
using AllFinite = bool (*)(const double* a, std::size_t n);

struct DenseWays {
  DenseProducts products;
  AddByCell add_by_cell;
  Multiply multiply;
  Subtract subtract;
  AllFinite all_finite;
};
extern const DenseWays dense_portable;
extern const DenseWays dense_avx2;  // nulls where it was not compiled
const DenseWays& best_dense();

}  // namespace sluice::fit
