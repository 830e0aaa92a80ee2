// What loops add up in a row stays one row's: the inner loops run along memory.
#include "host/fit/square_products.h"

#include "host/lapack.h"

namespace sluice::fit {
namespace {

constexpr std::size_t kFewColumns = 64;

bool by_library(std::size_t n) {
  return n > kFewColumns && lapack::takes(n);
}

Square transposed(const Square& a) {
  Square to(a.n);
  for (std::size_t i = 0; i < a.n; ++i)
    for (std::size_t j = 0; j < a.n; ++j) to.at(j, i) = a.at(i, j);
  return to;
}

}  // namespace

Square times(const Square& a, const Square& b) {
  Square product(a.n);
  if (by_library(a.n)) {
    lapack::multiply(a.values.data(), false, b.values.data(), false, a.n, a.n, a.n, product.values.data());
    return product;
  }
  for (std::size_t i = 0; i < a.n; ++i)
    for (std::size_t k = 0; k < a.n; ++k)
      for (std::size_t j = 0; j < a.n; ++j) product.at(i, j) += a.at(i, k) * b.at(k, j);
  return product;
}

Square times_transposed(const Square& a, const Square& b) {
  if (!by_library(a.n)) return times(a, transposed(b));
  Square product(a.n);
  lapack::multiply(a.values.data(), false, b.values.data(), true, a.n, a.n, a.n, product.values.data());
  return product;
}

Square transposed_times(const Square& a, const Square& b) {
  if (!by_library(a.n)) return times(transposed(a), b);
  Square product(a.n);
  lapack::multiply(a.values.data(), true, b.values.data(), false, a.n, a.n, a.n, product.values.data());
  return product;
}

void row_products(const std::vector<double>& a, std::size_t n, std::size_t p, std::vector<double>& to) {
  to.assign(n * n, 0.0);
  if (by_library(n)) return lapack::multiply(a.data(), false, a.data(), true, n, n, p, to.data());
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i; j < n; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < p; ++k) sum += a[i * p + k] * a[j * p + k];
      to[i * n + j] = to[j * n + i] = sum;
    }
}

}  // namespace sluice::fit
