// Sums of products of columns of numbers: the only part of a fit's first pass that is arithmetic alone, so it
// is compiled a second time for processors with AVX2.
#pragma once
#include <cstddef>

namespace sluice::fit {

/// sums[i * n + j] += sum over rows of a[i][row] b[j][row] for j >= i, n columns of `rows` (a multiple of 8)
/// numbers each, ld apart.
using DenseProducts = void (*)(const double* a, const double* b, std::size_t n, std::size_t rows,
                               std::size_t ld, double* sums);
/// to[cells[row] * width + k] += values[row * width + k]; width is a multiple of 4.
using AddByCell = void (*)(const double* values, const unsigned* cells, std::size_t rows, std::size_t width,
                           double* to);

struct DenseWays {
  DenseProducts products;
  AddByCell add_by_cell;
};
extern const DenseWays dense_portable;
extern const DenseWays dense_avx2;  // nulls where it was not compiled
const DenseWays& best_dense();

}  // namespace sluice::fit
