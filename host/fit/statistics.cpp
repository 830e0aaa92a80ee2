// Errors, tests, shares of variance and likelihood, by statsmodels' definitions: p counts all columns, a
// constant in their span counts as an intercept, AIC and BIC do not count the error's variance.
#include "host/fit/statistics.h"

#include <cmath>
#include <limits>

#include "host/fit/cholesky.h"
#include "host/fit/distributions.h"

namespace sluice::fit {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

Square transposed(const Square& a) {
  Square to(a.n);
  for (std::size_t i = 0; i < a.n; ++i)
    for (std::size_t j = 0; j < a.n; ++j) to.at(j, i) = a.at(i, j);
  return to;
}

Square times_transposed(const Square& g) {  // G G'
  Square product(g.n);
  for (std::size_t i = 0; i < g.n; ++i)
    for (std::size_t j = i; j < g.n; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < g.n; ++k) sum += g.at(i, k) * g.at(j, k);
      product.at(i, j) = product.at(j, i) = sum;
    }
  return product;
}

Square times(const Square& a, const Square& b) {
  Square product(a.n);
  for (std::size_t i = 0; i < a.n; ++i)
    for (std::size_t k = 0; k < a.n; ++k)
      for (std::size_t j = 0; j < a.n; ++j) product.at(i, j) += a.at(i, k) * b.at(k, j);
  return product;
}

/// b' V^-1 b of all coefficients but the intercept, by their number; NaN where V has no inverse.
double wald(const std::vector<Coefficient>& coefficients, int intercept, const Square& covariance) {
  std::vector<std::size_t> tested;
  for (std::size_t i = 0; i < coefficients.size(); ++i)
    if (int(i) != intercept) tested.push_back(i);
  if (tested.empty()) return kNone;
  Square v(tested.size());
  std::vector<double> b;
  for (std::size_t i = 0; i < tested.size(); ++i) {
    for (std::size_t j = 0; j < tested.size(); ++j) v.at(i, j) = covariance.at(tested[i], tested[j]);
    b.push_back(coefficients[tested[i]].estimate);
  }
  const CholeskyFactor factor = cholesky(v, 0, v.n);
  if (!factor.dependent.empty()) return kNone;
  std::vector<double> x = b;
  solve(factor, x);
  double sum = 0;
  for (std::size_t i = 0; i < b.size(); ++i) sum += b[i] * x[i];
  return sum / double(b.size());
}

}  // namespace

ResponseSums response_sums(const System& system, const Sums& sums, bool repeats) {
  return {repeats ? system.rows : double(sums.rows),
          system.rows,
          repeats ? 0 : sums.log_weights,
          system.response_sum,
          system.response_squares,
          system.response_shift};
}

double robust_factor(const std::string& errors, const FitResult& r) {
  const double n = double(r.rows), degrees = double(r.residual_degrees), groups = double(r.clusters);
  if (errors == "HC1") return n / degrees;
  return errors == "cluster" ? groups / (groups - 1) * (n - 1) / degrees : 1;
}

double inference_degrees(const FitResult& r) {
  return double(r.clusters > 0 ? r.clusters - 1 : r.residual_degrees);
}

void set_statistics(FitResult& r, const Solution& solution, const std::vector<std::string>& names,
                    int intercept, const ResponseSums& y, const FitOptions& options, const Square* meat) {
  const std::size_t p = names.size();
  const std::size_t rank = solution.rank > 0 ? solution.rank : p;  // collinear columns count once
  const double n = y.rows, degrees = n - double(rank);
  r.rank = rank;
  r.rows = std::int64_t(n);
  r.has_constant = solution.has_constant;
  r.model_degrees = std::int64_t(rank) - r.has_constant;
  r.residual_degrees = std::int64_t(degrees);
  r.residual_squares = solution.residual_squares;
  const double variance = degrees > 0 ? r.residual_squares / degrees : kNone;
  r.residual_error = std::sqrt(variance);

  const bool ridge = options.ridge > 0;  // biased: of errors and tests nothing is said

  Square covariance = times_transposed(solution.root);
  if (meat != nullptr) {
    covariance = times(times(solution.root, *meat), transposed(solution.root));
    for (double& value : covariance.values) value *= robust_factor(options.errors, r);
  } else {
    for (double& value : covariance.values) value *= ridge ? kNone : variance;
  }
  const double width = t_quantile(options.level, inference_degrees(r));
  r.coefficients.clear();
  for (std::size_t i = 0; i < p; ++i) {
    Coefficient c;
    c.name = names[i], c.estimate = solution.estimates[i];
    c.error = std::sqrt(covariance.at(i, i));
    c.t = c.estimate / c.error;
    c.p = t_probability(c.t, inference_degrees(r));
    c.low = c.estimate - width * c.error, c.high = c.estimate + width * c.error;
    r.coefficients.push_back(c);
  }
  r.covariance = covariance.values;

  const double centred = std::fmax(0, y.squares - y.sum * y.sum / y.weight);
  const double raw = y.squares + 2 * y.shift * y.sum + y.weight * y.shift * y.shift;
  // Of a constant that no shift takes away whole its rounding is left.
  const bool constant = centred <= 1e-26 * raw;
  const double total = !r.has_constant ? raw : constant ? 0 : centred;
  r.r_squared = total > 0 ? 1 - r.residual_squares / total : kNone;
  r.adjusted_r_squared = 1 - (n - double(r.has_constant)) / degrees * (1 - r.r_squared);
  const bool tested = r.model_degrees > 0 && degrees > 0 && !ridge;
  if (!tested || !(total > 0))
    r.f = kNone;
  else if (meat != nullptr)  // without an intercept of its own a constant has no coefficient to leave out
    r.f = intercept >= 0 || !r.has_constant ? wald(r.coefficients, intercept, covariance) : kNone;
  else
    r.f = (total - r.residual_squares) / double(r.model_degrees) / variance;
  r.f_p = f_probability(r.f, double(r.model_degrees), inference_degrees(r));
  r.log_likelihood = -n / 2 * (std::log(2 * M_PI) + std::log(r.residual_squares / n) + 1) + y.log_weights / 2;
  if (ridge) r.log_likelihood = kNone;
  r.aic = -2 * r.log_likelihood + 2 * double(rank);
  r.bic = -2 * r.log_likelihood + std::log(n) * double(rank);
  r.condition =
      rank < p ? std::numeric_limits<double>::infinity() : condition_number(solution.factor, solution.root);
  if (total <= 0) r.warnings.push_back("the response is constant: shares of its variance have no value");
}

}  // namespace sluice::fit
