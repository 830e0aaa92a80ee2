// Textbook algorithms, by rows, so that the inner loops run along memory; beyond 64 columns LAPACK's where it
// is there, as long as no column depends on others.
#include "host/fit/cholesky.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "host/lapack.h"

namespace sluice::fit {

namespace {

constexpr std::size_t kFewColumns = 64;

/// By LAPACK; false where a column depends on others, or to rounding.
bool factored(Square& a, double tolerance, std::size_t checked) {
  if (a.n <= kFewColumns || !lapack::takes(a.n)) return false;
  if (!lapack::cholesky(a.values.data(), a.n)) return false;
  for (std::size_t k = 0; k < checked; ++k)
    if (!(a.at(k, k) * a.at(k, k) > tolerance)) return false;
  return true;
}

}  // namespace

CholeskyFactor cholesky(const Square& a, double tolerance, std::size_t checked) {
  const std::size_t n = a.n;
  CholeskyFactor f{Square(n), std::vector<double>(n, 0.0), {}};
  for (std::size_t i = 0; i < n; ++i) f.scale[i] = a.at(i, i) > 0 ? 1 / std::sqrt(a.at(i, i)) : 0;
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = i; j < n; ++j) f.upper.at(i, j) = a.at(i, j) * f.scale[i] * f.scale[j];
  if (Square whole = f.upper; factored(whole, tolerance, checked)) {
    f.upper = std::move(whole);
    return f;
  }
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
  if (n > kFewColumns && lapack::takes(n))
    if (Square whole = u; lapack::invert_upper(whole.values.data(), n)) return whole;
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

double dot(const double* a, const double* b, std::size_t n) {
  double sum[8] = {};
  std::size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (std::size_t k = 0; k < 8; ++k) sum[k] += a[i + k] * b[i + k];
  for (; i < n; ++i) sum[0] += a[i] * b[i];
  return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

/// The largest eigenvalue of a symmetric matrix of three diagonals, by bisection.
double largest_eigenvalue(const std::vector<double>& diagonal, const std::vector<double>& beside) {
  double low = 0, high = 0;
  for (std::size_t i = 0; i < diagonal.size(); ++i) {
    const double around = (i > 0 ? beside[i - 1] : 0) + (i + 1 < diagonal.size() ? beside[i] : 0);
    low = std::fmax(low, diagonal[i]), high = std::fmax(high, diagonal[i] + around);
  }
  for (int turn = 0; turn < 200 && high - low > 1e-16 * high; ++turn) {
    const double middle = low + (high - low) / 2;
    if (middle == low || middle == high) break;
    bool below = true;  // all eigenvalues are: no pivot of T - middle is positive
    double pivot = -1;
    for (std::size_t i = 0; i < diagonal.size() && below; ++i) {
      pivot = diagonal[i] - middle - (i > 0 ? beside[i - 1] * beside[i - 1] / pivot : 0);
      below = pivot < 0;
    }
    (below ? high : low) = middle;
  }
  return high;
}

/// The largest singular value by Lanczos' steps on A'A, each at right angles to all before, until some more
/// change nothing.
double largest_singular_value(const Square& a) {
  constexpr std::size_t kMostSteps = 300, kBetween = 8;
  const std::size_t n = a.n;
  std::vector<std::vector<double>> basis;
  std::vector<double> diagonal, beside, x(n), w(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = 1 + double(i * 7919 % 101) / 101;
  double found = 0, length = std::sqrt(dot(x.data(), x.data(), n));
  while (basis.size() < std::min(n, kMostSteps)) {
    for (double& value : x) value /= length;
    basis.push_back(x);
    std::fill(w.begin(), w.end(), 0.0);
    for (std::size_t i = 0; i < n; ++i) {
      const double* row = &a.values[i * n];
      const double image = dot(row, x.data(), n);
      for (std::size_t j = 0; j < n; ++j) w[j] += row[j] * image;
    }
    diagonal.push_back(dot(x.data(), w.data(), n));
    for (int twice = 0; twice < 2; ++twice)
      for (const std::vector<double>& u : basis) {
        const double share = dot(u.data(), w.data(), n);
        for (std::size_t j = 0; j < n; ++j) w[j] -= share * u[j];
      }
    length = std::sqrt(dot(w.data(), w.data(), n));
    const bool whole = !(length > 1e-15 * diagonal[0]);
    if (whole || basis.size() % kBetween == 0 || basis.size() == std::min(n, kMostSteps)) {
      const double next = largest_eigenvalue(diagonal, beside);
      if (whole || std::fabs(next - found) <= 1e-15 * next) return std::sqrt(next);
      found = next;
    }
    beside.push_back(length);
    x = w;
  }
  return std::sqrt(found);
}

}  // namespace

double condition_number(const Square& a, const Square& inverse) {
  constexpr std::size_t kMostForJacobi = 64;
  if (a.n > kMostForJacobi) return largest_singular_value(a) * largest_singular_value(inverse);
  const std::vector<double> values = singular_values(a);
  return values.empty() ? 1 : values.front() / values.back();
}

}  // namespace sluice::fit
