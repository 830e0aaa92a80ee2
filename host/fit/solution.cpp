// Both ways end with a triangle of the design's columns; they differ in what it was made from.
#include "host/fit/solution.h"

#include <cmath>

#include "host/fit/cholesky.h"

namespace sluice::fit {
namespace {

/// Of a squared length: products of columns are known to about 1e-16 of it, times their number.
constexpr double kNormalTolerance = 1e-13;
/// Of a squared length as the column is, before its shift: what is left of a constant is its rounding.
constexpr double kRounding = 1e-26;
/// Of a length: R's error. 1e-13 leaves room for Filip's polynomial (3e-11) and none for a sum of columns.
constexpr double kTriangleTolerance = 1e-13;
/// Of the lengths of the columns that one may be a sum of: R is off by about 2e-16 of each. A level of few
/// rows is such a sum of long indicators that cancel but there.
constexpr double kSumTolerance = 2e-14;
/// Of a length: what is left of a column that may depend on others.
constexpr double kDoubtful = 1e-8;

/// Of an upper triangle's columns, scaled to unit length.
double condition_of(const Square& upper, const Square& inverse) {
  Square scaled = upper, back = inverse;
  for (std::size_t j = 0; j < upper.n; ++j) {
    double length = 0;
    for (std::size_t i = 0; i <= j; ++i) length += upper.at(i, j) * upper.at(i, j);
    length = std::sqrt(length);
    for (std::size_t i = 0; i <= j; ++i) scaled.at(i, j) /= length;
    for (std::size_t i = j; i < upper.n; ++i) back.at(j, i) *= length;
  }
  return condition_number(scaled, back);
}

/// raw^-1 m, where raw is the identity but for rows of plain columns: m(i) -= sum over j of raw(i, j) m(j).
void unshift(const Square& raw, Square& m) {
  const Square from = m;
  for (std::size_t i = 0; i < raw.n; ++i)
    for (std::size_t j = 0; j < raw.n; ++j) {
      if (i == j || raw.at(i, j) == 0) continue;
      for (std::size_t k = 0; k < m.n; ++k) m.at(i, k) -= raw.at(i, j) * from.at(j, k);
    }
}

/// Sum of |c_i| length_i, where the columns before j, times c, come as near to column j as they can.
double length_of_sum(const Square& upper, const std::vector<double>& lengths, std::size_t j) {
  std::vector<double> c(j);
  double sum = 0;
  for (std::size_t i = j; i-- > 0;) {
    if (!(std::fabs(upper.at(i, i)) > kTriangleTolerance * lengths[i])) continue;  // itself such a sum
    double rest = upper.at(i, j);
    for (std::size_t k = i + 1; k < j; ++k) rest -= upper.at(i, k) * c[k];
    c[i] = rest / upper.at(i, i);
    sum += std::fabs(c[i]) * lengths[i];
  }
  return sum;
}

}  // namespace

Solution solve_normal(const System& system) {
  const std::size_t p = system.columns;
  const CholeskyFactor f = cholesky(system.products, kNormalTolerance, p);
  Solution s;
  s.has_constant = system.has_constant;
  for (std::size_t j = 0; j < p; ++j) {
    const double rest = f.scale[j] > 0 ? std::pow(f.upper.at(j, j) / f.scale[j], 2) : 0;
    if (!(rest > kRounding * system.squares[j])) s.dependent.push_back(j);
  }
  if (!s.dependent.empty()) return s;
  Square upper(p);
  for (std::size_t i = 0; i < p; ++i)
    for (std::size_t j = i; j < p; ++j) upper.at(i, j) = f.upper.at(i, j);
  const double response = f.scale[p] > 0 ? 1 / f.scale[p] : 0;
  s.residual_squares = std::pow(f.upper.at(p, p) * response, 2);
  s.residual_share = std::pow(f.upper.at(p, p), 2);
  s.root = inverse_of_upper(upper);
  s.condition = condition_of(upper, s.root);
  std::vector<double> b(p);
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t k = i; k < p; ++k) b[i] += s.root.at(i, k) * f.upper.at(k, p);
    b[i] = b[i] * f.scale[i] * response + system.response[i];
  }
  for (std::size_t i = 0; i < p; ++i)
    for (std::size_t k = 0; k < p; ++k) s.root.at(i, k) *= f.scale[i];
  s.estimates = b;
  for (std::size_t i = 0; i < p; ++i)
    for (std::size_t j = 0; j < p; ++j)
      if (i != j) s.estimates[i] -= system.raw.at(i, j) * b[j];
  unshift(system.raw, s.root);
  s.factor = Square(p);
  for (std::size_t i = 0; i < p; ++i)
    for (std::size_t k = i; k < p; ++k) s.factor.at(i, k) = upper.at(i, k) / f.scale[k];
  for (std::size_t k = 0; k < p; ++k)
    for (std::size_t j = 0; j < p; ++j)
      for (std::size_t i = 0; i <= k && k != j && system.raw.at(k, j) != 0; ++i)
        s.factor.at(i, j) += upper.at(i, k) / f.scale[k] * system.raw.at(k, j);
  return s;
}

Solution solve_triangle(const Square& r) {
  const std::size_t p = r.n - 2;
  Solution s;
  Square upper(p);
  std::vector<double> lengths(p);
  for (std::size_t j = 0; j < p; ++j) {
    for (std::size_t i = 0; i <= j; ++i) {
      lengths[j] += r.at(i, j) * r.at(i, j);
      upper.at(i, j) = r.at(i, j);
    }
    lengths[j] = std::sqrt(lengths[j]);
    const double rest = std::fabs(r.at(j, j));
    if (!(rest > kTriangleTolerance * lengths[j]) ||
        (rest < kDoubtful * lengths[j] && rest < kSumTolerance * length_of_sum(upper, lengths, j)))
      s.dependent.push_back(j);
  }
  double ones = 0;
  for (std::size_t i = 0; i <= p; ++i) ones += r.at(i, p) * r.at(i, p);
  s.has_constant = std::fabs(r.at(p, p)) <= 1e-8 * std::sqrt(ones);
  if (!s.dependent.empty()) return s;
  s.factor = upper;
  s.root = inverse_of_upper(upper);
  s.condition = condition_of(upper, s.root);
  s.estimates.resize(p);
  for (std::size_t i = p; i-- > 0;) {
    double sum = r.at(i, p + 1);
    for (std::size_t j = i + 1; j < p; ++j) sum -= r.at(i, j) * s.estimates[j];
    s.estimates[i] = sum / r.at(i, i);
  }
  s.residual_squares = r.at(p, p + 1) * r.at(p, p + 1) + r.at(p + 1, p + 1) * r.at(p + 1, p + 1);
  return s;
}

Solution solve_ridge(const Triangle& triangle, int intercept, double alpha) {
  // A row for each penalised column, with the root of the penalty; whether there is a constant is a matter of
  // the table's rows alone.
  const std::size_t p = triangle.upper().n - 2;
  const bool constant = solve_triangle(triangle.upper()).has_constant;
  Triangle more = triangle;
  std::vector<double> rows(p * (p + 2), 0.0);
  for (std::size_t j = 0; j < p; ++j)
    if (int(j) != intercept) rows[j * p + j] = std::sqrt(alpha);
  more.add(rows.data(), p, p);
  Solution solution = solve_triangle(more.upper());
  solution.has_constant = constant;
  return solution;
}

}  // namespace sluice::fit
