// A reflection for each column: of R's diagonal entry and the new rows; R's rows above and below stay as they
// are.
#include "host/fit/triangle.h"

#include <algorithm>
#include <cmath>

#include "host/lapack.h"

namespace sluice::fit {
namespace {

/// Four sums side by side: fast without being told that sums may be reordered, and the same everywhere.
double dot(const double* a, const double* b, std::size_t n) {
  double sum[4] = {};
  std::size_t i = 0;
  for (; i + 4 <= n; i += 4)
    for (std::size_t k = 0; k < 4; ++k) sum[k] += a[i + k] * b[i + k];
  for (; i < n; ++i) sum[0] += a[i] * b[i];
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

}  // namespace

Triangle::Triangle(std::size_t columns)
    : n_(columns), blocked_(columns > kFewColumns && lapack::takes(columns)) {
  clear();
}

Triangle::Triangle(const Square& upper) : Triangle(upper.n) {
  upper_ = upper, stale_ = false;
  for (std::size_t i = 0; blocked_ && i < n_; ++i)
    for (std::size_t j = i; j < n_; ++j) columns_[j * n_ + i] = upper.at(i, j);
}

void Triangle::clear() {
  if (blocked_)
    columns_.assign(n_ * n_, 0.0), stale_ = true;
  else
    upper_ = Square(n_);
}

const Square& Triangle::upper() const {
  if (!stale_) return upper_;
  upper_ = Square(n_);
  for (std::size_t i = 0; i < n_; ++i)
    for (std::size_t j = i; j < n_; ++j) upper_.at(i, j) = columns_[j * n_ + i];
  stale_ = false;
  return upper_;
}

void Triangle::add(double* rows, std::size_t count, std::size_t ld) {
  const std::size_t n = n_;
  if (blocked_) {
    lapack::add_rows(columns_.data(), n, rows, count, ld, false, work_);
    stale_ = true;
    return;
  }
  for (std::size_t j = 0; j < n; ++j) {
    double* v = rows + j * ld;
    double largest = 0;  // so that no square overflows or vanishes
    for (std::size_t i = 0; i < count; ++i) largest = std::fabs(v[i]) > largest ? std::fabs(v[i]) : largest;
    if (largest == 0) continue;
    double* r = &upper_.values[j * n];
    largest = std::fmax(largest, std::fabs(r[j]));
    for (std::size_t i = 0; i < count; ++i) v[i] /= largest;
    const double head = r[j] / largest;
    const double length = std::sqrt(head * head + dot(v, v, count));
    const double first = head >= 0 ? head + length : head - length;
    for (std::size_t i = 0; i < count; ++i) v[i] /= first;
    const double beta = 2 / (1 + dot(v, v, count));
    r[j] = (head >= 0 ? -length : length) * largest;
    for (std::size_t k = j + 1; k < n; ++k) {
      double* x = rows + k * ld;
      const double along = beta * (r[k] + dot(v, x, count));
      r[k] -= along;
      for (std::size_t i = 0; i < count; ++i) x[i] -= along * v[i];
    }
  }
}

void Triangle::merge(const Triangle& other) {
  const std::size_t n = n_;
  if (blocked_) {
    along_ = other.columns_;
    lapack::add_rows(columns_.data(), n, along_.data(), n, n, true, work_);
    stale_ = true;
    return;
  }
  along_.resize(n * n);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) along_[j * n + i] = other.upper_.at(i, j);
  add(along_.data(), n, n);
}

}  // namespace sluice::fit
