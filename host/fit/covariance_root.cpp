// By the meat's Cholesky factor; a meat without full rank has zero rows there.
#include "host/fit/covariance_root.h"

#include <cmath>

#include "host/fit/cholesky.h"
#include "host/fit/square_products.h"

namespace sluice::fit {

Square covariance_root(const Square& root, const Square* meat, double factor) {
  const std::size_t n = root.n;
  Square g = root;
  if (meat != nullptr) {
    constexpr double kRankTolerance = 1e-15;
    const CholeskyFactor f = cholesky(*meat, kRankTolerance, n);
    Square upper(n);
    for (std::size_t k = 0; k < n; ++k)
      for (std::size_t j = k; j < n; ++j)
        if (f.scale[j] > 0) upper.at(k, j) = f.upper.at(k, j) / f.scale[j];
    g = times_transposed(root, upper);
  }
  const double by = std::sqrt(factor);
  for (double& value : g.values) value *= by;
  return g;
}

}  // namespace sluice::fit
