// Textbook algorithms, by rows, so that the inner loops run along memory.
#include "host/fit/cholesky.h"

#include <algorithm>
#include <cmath>

namespace sluice::fit {

CholeskyFactor cholesky(const Square& a, double tolerance, std::size_t checked) {
  const std::size_t n = a.n;
  CholeskyFactor f{Square(n), std::vector<double>(n, 0.0), {}};
  for (std::size_t i = 0; i < n; ++i) f.scale[i] = a.at(i, i) > 0 ? 1 / std::sqrt(a.at(i, i)) : 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i; j < n; ++j) f.upper.at(i, j) = a.at(i, j) * f.scale[i] * f.scale[j];
  for (std::size_t k = 0; k < n; ++k) {
    double* pivot = &f.upper.values[k * n];
    if (!(pivot[k] > (k < checked ? tolerance : 0))) {
      f.dependent.push_back(k);
      std::fill(pivot + k, pivot + n, 0.0);
      continue;
    }
    const double root = std::sqrt(pivot[k]);
    for (std::size_t j = k; j < n; ++j) pivot[j] /= root;
    for (std::size_t i = k + 1; i < n; ++i) {
      double* to = &f.upper.values[i * n];
      const double factor = pivot[i];
      if (factor == 0) continue;
      for (std::size_t j = i; j < n; ++j) to[j] -= factor * pivot[j];
    }
  }
  return f;
}

void solve(const CholeskyFactor& f, std::vector<double>& x) {
  const std::size_t n = f.upper.n;
  const auto& u = f.upper;
  for (std::size_t i = 0; i < n; ++i) x[i] *= f.scale[i];
  for (std::size_t i = 0; i < n; ++i) {
    if (u.at(i, i) == 0) {
      x[i] = 0;
      continue;
    }
    x[i] /= u.at(i, i);
    for (std::size_t j = i + 1; j < n; ++j) x[j] -= u.at(i, j) * x[i];
  }
  for (std::size_t i = n; i-- > 0;) {
    if (u.at(i, i) == 0) continue;
    double sum = x[i];
    for (std::size_t j = i + 1; j < n; ++j) sum -= u.at(i, j) * x[j];
    x[i] = sum / u.at(i, i);
  }
  for (std::size_t i = 0; i < n; ++i) x[i] *= f.scale[i];
}

Square inverse_of_upper(const Square& u) {
  const std::size_t n = u.n;
  Square inverse(n);
  for (std::size_t i = n; i-- > 0;) {
    double* row = &inverse.values[i * n];
    row[i] = 1;
    for (std::size_t k = i + 1; k < n; ++k) {
      const double* below = &inverse.values[k * n];
      const double factor = u.at(i, k);
      for (std::size_t j = k; factor != 0 && j < n; ++j) row[j] -= factor * below[j];
    }
    for (std::size_t j = i; j < n; ++j) row[j] /= u.at(i, i);
  }
  return inverse;
}

std::vector<double> singular_values(const Square& a) {
  const std::size_t n = a.n;
  std::vector<std::vector<double>> columns(n, std::vector<double>(n));
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j) columns[j][i] = a.at(i, j);
  const auto dot = [n](const std::vector<double>& x, const std::vector<double>& y) {
    double sum = 0;
    for (std::size_t i = 0; i < n; ++i) sum += x[i] * y[i];
    return sum;
  };
  bool turned = true;
  for (int sweep = 0; sweep < 40 && turned; ++sweep) {
    turned = false;
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = i + 1; j < n; ++j) {
        const double xx = dot(columns[i], columns[i]), yy = dot(columns[j], columns[j]);
        const double xy = dot(columns[i], columns[j]);
        if (!(std::fabs(xy) > 1e-15 * std::sqrt(xx * yy))) continue;
        turned = true;
        const double zeta = (yy - xx) / (2 * xy);
        const double t = (zeta >= 0 ? 1 : -1) / (std::fabs(zeta) + std::sqrt(1 + zeta * zeta));
        const double c = 1 / std::sqrt(1 + t * t), s = c * t;
        for (std::size_t k = 0; k < n; ++k) {
          const double x = columns[i][k], y = columns[j][k];
          columns[i][k] = c * x - s * y;
          columns[j][k] = s * x + c * y;
        }
      }
  }
  std::vector<double> values;
  for (const auto& column : columns) values.push_back(std::sqrt(dot(column, column)));
  std::sort(values.begin(), values.end(), std::greater<double>());
  return values;
}

namespace {

/// The largest singular value, to about ten digits unless others are as close.
double largest_singular_value(const Square& a) {
  std::vector<double> x(a.n), y(a.n);
  for (std::size_t i = 0; i < a.n; ++i) x[i] = 1 + double(i * 7919 % 101) / 101;
  double found = 0;
  for (int turn = 0; turn < 500; ++turn) {
    double length = 0;
    for (const double value : x) length += value * value;
    length = std::sqrt(length);
    for (double& value : x) value /= length;
    double square = 0;
    for (std::size_t i = 0; i < a.n; ++i) {
      y[i] = 0;
      for (std::size_t j = 0; j < a.n; ++j) y[i] += a.at(i, j) * x[j];
      square += y[i] * y[i];
    }
    std::fill(x.begin(), x.end(), 0.0);
    for (std::size_t i = 0; i < a.n; ++i)
      for (std::size_t j = 0; j < a.n; ++j) x[j] += a.at(i, j) * y[i];
    const double next = std::sqrt(square);
    if (std::fabs(next - found) <= 1e-11 * next) return next;
    found = next;
  }
  return found;
}

}  // namespace

double condition_number(const Square& a, const Square& inverse) {
  constexpr std::size_t kMostForJacobi = 64;
  if (a.n > kMostForJacobi) return largest_singular_value(a) * largest_singular_value(inverse);
  const std::vector<double> values = singular_values(a);
  return values.empty() ? 1 : values.front() / values.back();
}

}  // namespace sluice::fit
