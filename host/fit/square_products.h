// Products of dense matrices: by LAPACK's library beyond 64 columns, by plain loops below and without it.
#pragma once
#include "host/fit/square.h"

namespace sluice::fit {

/// a b, a b' and a' b.
Square times(const Square& a, const Square& b);
Square times_transposed(const Square& a, const Square& b);
Square transposed_times(const Square& a, const Square& b);

/// to (n x n) = a a' of n rows of p numbers.
void row_products(const std::vector<double>& a, std::size_t n, std::size_t p, std::vector<double>& to);

}  // namespace sluice::fit
