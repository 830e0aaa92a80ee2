// Tables to the matrix of all indicator columns' products, and from there through K to the design's.
#include "host/fit/system.h"

#include <algorithm>
#include <cmath>

#include "host/fit/cholesky.h"

namespace sluice::fit {
namespace {

using Column = IndicatorColumn;

/// Whether columns of contrasts alone span a column over cells, and with which weights.
class Span {
 public:
  Span(const Plan& plan, const Design& design, const Coefficients& k, const IndicatorProducts& products)
      : k_(k), products_(products) {
    for (std::size_t j = 0; j < design.columns.size(); ++j)
      if (plan.subterms[design.columns[j].subterm].monomial == 0) plain_.push_back(j);
    Square gram(plain_.size());
    std::vector<double> image;
    for (std::size_t i = 0; i < plain_.size(); ++i) {
      products.times(k.shifted[plain_[i]], image);
      for (std::size_t j = 0; j < plain_.size(); ++j) gram.at(i, j) = dot(k.shifted[plain_[j]], image);
    }
    factor_ = cholesky(gram, 1e-12, plain_.size());
  }
  /// weights(i) of design column plain()[i]; empty where it is not spanned.
  std::vector<double> weights(const Column& column) const {
    std::vector<double> image;
    products_.times(column, image);
    const double length = dot(column, image);
    std::vector<double> right(plain_.size());
    for (std::size_t i = 0; i < plain_.size(); ++i) right[i] = dot(k_.shifted[plain_[i]], image);
    std::vector<double> found = right;
    solve(factor_, found);
    double rest = length;
    for (std::size_t i = 0; i < plain_.size(); ++i) rest -= found[i] * right[i];
    return std::fabs(rest) <= 1e-9 * length ? found : std::vector<double>();
  }
  const std::vector<std::size_t>& plain() const { return plain_; }

 private:
  const Coefficients& k_;
  const IndicatorProducts& products_;
  std::vector<std::size_t> plain_;
  CholeskyFactor factor_;
};

}  // namespace

/// By what a projection leaves of its squared length.
bool spans_constant(const System& system, const std::vector<double>& sums) {
  const CholeskyFactor f = cholesky(system.products, 1e-13, system.columns);
  std::vector<double> along(system.columns);
  double rest = system.rows;
  for (std::size_t i = 0; i < system.columns; ++i) {
    if (f.upper.at(i, i) == 0) continue;
    double sum = sums[i] * f.scale[i];
    for (std::size_t k = 0; k < i; ++k) sum -= f.upper.at(k, i) * along[k];
    along[i] = sum / f.upper.at(i, i);
    rest -= along[i] * along[i];
  }
  return std::fabs(rest) <= 1e-11 * system.rows;
}

System system_of(const Plan& plan, const CellLayout& layout, const Design& design,
                 const std::vector<std::vector<std::int32_t>>& level_of, const std::vector<double>& shifts,
                 const Sums& sums, Budget& budget) {
  const Indicators z(layout, level_of, sums);
  const std::uint64_t p = design.columns.size() + 1, n = z.size();
  const Share share(budget, 8 * (n * n + 3 * p * p), "the normal equations");
  const IndicatorProducts products(layout, z, sums);
  Coefficients k = coefficients_of(plan, layout, design, z, shifts);
  const Span span(plan, design, k, products);
  System system;
  system.columns = design.columns.size();
  system.raw = Square(system.columns);
  system.response.assign(system.columns, 0.0);
  std::vector<double> image, ones;
  const Column one{{0, 1.0}};
  products.times(one, ones);
  system.rows = ones[0];
  for (std::size_t j = 0; j <= system.columns; ++j) {
    const bool response = j == system.columns;
    if (!response) {
      Column column = k.shifted[j];
      column.insert(column.end(), k.off[j].begin(), k.off[j].end());
      products.times(column, image);
      system.sums.push_back(dot(column, ones));
      system.squares.push_back(dot(column, image));
      system.raw.at(j, j) = 1;
    }
    if (k.off[j].empty()) continue;
    const std::vector<double> weights = span.weights(k.off[j]);
    if (weights.empty()) {
      k.shifted[j].insert(k.shifted[j].end(), k.off[j].begin(), k.off[j].end());
      continue;
    }
    for (std::size_t i = 0; i < weights.size(); ++i)
      (response ? system.response[span.plain()[i]] : system.raw.at(span.plain()[i], j)) += weights[i];
  }
  system.products = Square(system.columns + 1);
  std::vector<double> shifted_sums;
  for (std::size_t j = 0; j <= system.columns; ++j) {
    products.times(k.shifted[j], image);
    shifted_sums.push_back(dot(one, image));
    for (std::size_t i = 0; i <= system.columns; ++i) system.products.at(i, j) = dot(k.shifted[i], image);
  }
  system.has_constant = !span.weights(one).empty() || spans_constant(system, shifted_sums);
  const Column y{{z.column(0, 0, plan.response()), 1.0}};
  products.times(y, image);
  system.response_sum = dot(one, image);
  system.response_squares = dot(y, image);
  system.response_shift = shifts[plan.response()];
  k.shifted.pop_back();
  system.shifted = std::move(k.shifted);
  return system;
}

namespace {

/// The penalty of the shifted coefficients, alpha inverse' inverse but for the intercept: coefficients as
/// they are follow from shifted ones by the inverse of `raw`, which is 2 - raw.
Square penalty_of(const System& system, int intercept, double alpha) {
  const std::size_t p = system.columns;
  Square q(p);
  for (std::size_t k = 0; k < p; ++k) {
    if (int(k) == intercept) continue;
    const auto inverse = [&](std::size_t j) { return j == k ? 1.0 : -system.raw.at(k, j); };
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = 0; j < p; ++j) q.at(i, j) += alpha * inverse(i) * inverse(j);
  }
  return q;
}

}  // namespace

void add_ridge(System& system, int intercept, double alpha) {
  // With Q the penalty of the shifted ones and r what the shift of y gives them, what is made least is
  // |y - X b|^2 + (b + r)' Q (b + r): (X'X + Q) b = X'y - Q r, and y'y + r' Q r is its constant.
  const std::size_t p = system.columns;
  const Square q = penalty_of(system, intercept, alpha);
  for (std::size_t i = 0; i < p; ++i)
    for (std::size_t j = 0; j < p; ++j) {
      system.products.at(i, j) += q.at(i, j);
      system.products.at(i, p) -= q.at(i, j) * system.response[j];
      system.products.at(p, p) += system.response[i] * q.at(i, j) * system.response[j];
    }
  for (std::size_t i = 0; i < p; ++i) system.products.at(p, i) = system.products.at(i, p);
}

}  // namespace sluice::fit
