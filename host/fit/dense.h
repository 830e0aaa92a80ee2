// Sums of products of columns of numbers: the only part of a fit's first pass that is arithmetic alone, so it
// is compiled a second time for processors with AVX2.
#pragma once
#include <cstddef>

namespace sluice::fit {

/// sums[i * n + j] += sum over rows of a[i][row] b[j][row] for j >= i, n columns of `rows` (a multiple of 8)
/// numbers each, ld apart.
using DenseProducts = void (*)(const double* a, const double* b, std::size_t n, std::size_t rows,
                               std::size_t ld, double* sums);
void dense_products_portable(const double* a, const double* b, std::size_t n, std::size_t rows,
                             std::size_t ld, double* sums);
extern const DenseProducts dense_products_avx2;  // null where it was not compiled
DenseProducts best_dense_products();

}  // namespace sluice::fit
