// Errors, tests, shares of variance and likelihood, by statsmodels' definitions: p counts all columns, a
// constant in their span counts as an intercept, AIC and BIC do not count the error's variance.
#include "host/fit/statistics.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/fit/cholesky.h"
#include "host/fit/distributions.h"
#include "host/fit/square_products.h"
#include "host/fit/svd.h"

namespace sluice::fit {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Whether a sum of scores' squares, in orthonormal columns, has the first `rank` directions.
bool has_rank(const Square& meat, std::size_t rank) {
  constexpr double kLeast = 1e-13;  // of the largest; products of scores are known to about 1e-16 of it
  Square part(rank);
  double most = 0;
  for (std::size_t i = 0; i < rank; ++i) {
    for (std::size_t j = 0; j < rank; ++j) part.at(i, j) = meat.at(i, j);
    most = std::fmax(most, meat.at(i, i));
  }
  const CholeskyFactor factor = cholesky(part, kLeast, rank);
  bool whole = factor.dependent.empty();
  for (std::size_t j = 0; whole && j < rank; ++j)
    whole = std::pow(factor.upper.at(j, j) / factor.scale[j], 2) > kLeast * most;
  return whole;
}

struct Wald {
  double f = kNone;
  double degrees = 0;  // of coefficients tested, as far as they do not depend on each other
};

/// b' V^+ b of all coefficients but the intercept, by V's rank, which is at most `rank`; V scaled to a
/// diagonal of 1.
Wald wald(const std::vector<Coefficient>& coefficients, int intercept, const Square& covariance,
          std::size_t rank) {
  constexpr double kLeast = 1e-11;  // of V's largest value: what collinear columns leave is below
  std::vector<std::size_t> tested;
  for (std::size_t i = 0; i < coefficients.size(); ++i)
    if (int(i) != intercept) tested.push_back(i);
  if (tested.empty()) return {};
  Square v(tested.size());
  std::vector<double> b;
  std::vector<double> scale;
  for (const std::size_t i : tested) scale.push_back(std::sqrt(covariance.at(i, i)));
  for (std::size_t i = 0; i < tested.size(); ++i) {
    for (std::size_t j = 0; j < tested.size(); ++j)
      v.at(i, j) =
          scale[i] > 0 && scale[j] > 0 ? covariance.at(tested[i], tested[j]) / scale[i] / scale[j] : 0;
    b.push_back(scale[i] > 0 ? coefficients[tested[i]].estimate / scale[i] : 0);
  }
  double sum = 0;
  if (rank == coefficients.size()) {
    const CholeskyFactor factor = cholesky(v, 0, v.n);
    if (!factor.dependent.empty()) return {};
    std::vector<double> x = b;
    solve(factor, x);
    for (std::size_t i = 0; i < b.size(); ++i) sum += b[i] * x[i];
    return {sum / double(b.size()), double(b.size())};
  }
  const Svd vectors = svd_of(v);  // of a symmetric matrix: its eigenvectors
  std::size_t count = 0;
  for (; count < std::min(rank, b.size()) && vectors.values[count] > kLeast * vectors.values[0]; ++count) {
    double along = 0;
    for (std::size_t i = 0; i < b.size(); ++i) along += vectors.right.at(count, i) * b[i];
    sum += along * along / vectors.values[count];
  }
  return {sum / double(count), double(count)};
}

}  // namespace

ResponseSums response_sums(const System& system, double rows, double log_weights, bool repeats) {
  return {repeats ? system.rows : rows, system.rows,          repeats ? 0 : log_weights, system.response_sum,
          system.response_squares,      system.response_shift};
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

  Square covariance = times_transposed(solution.root, solution.root);
  if (meat != nullptr) {
    covariance = times_transposed(times(solution.root, *meat), solution.root);
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

  const double centred = std::fmax(0, y.squares - y.sum * (y.sum / y.weight));
  const double raw = y.squares + 2 * y.shift * y.sum + y.weight * y.shift * y.shift;
  // Of a constant that no shift takes away whole its rounding is left.
  const bool constant = centred <= 1e-26 * raw;
  const double total = !r.has_constant ? raw : constant ? 0 : centred;
  r.r_squared = total > 0 ? 1 - r.residual_squares / total : kNone;
  r.adjusted_r_squared = 1 - (n - double(r.has_constant)) / degrees * (1 - r.r_squared);
  const bool tested = r.model_degrees > 0 && degrees > 0 && !ridge && total > 0;
  Wald tests{kNone, double(r.model_degrees)};
  if (tested && meat == nullptr)
    tests.f = (total - r.residual_squares) / double(r.model_degrees) / variance;
  else if (tested && !has_rank(*meat, rank))
    r.warnings.push_back("F has no value: the errors' covariance has not as many directions as the " +
                         std::to_string(rank) + " coefficients" +
                         (r.clusters > 0 ? ", of " + std::to_string(r.clusters) + " clusters" : ""));
  else if (tested &&
           (intercept >= 0 || !r.has_constant))  // else the constant has no coefficient to leave out
    tests = wald(r.coefficients, intercept, covariance, rank);
  r.f = tests.f;
  r.f_p = f_probability(r.f, tests.degrees, inference_degrees(r));
  r.log_likelihood = -n / 2 * (std::log(2 * M_PI) + std::log(r.residual_squares / n) + 1) + y.log_weights / 2;
  if (ridge) r.log_likelihood = kNone;
  r.aic = -2 * r.log_likelihood + 2 * double(rank);
  r.bic = -2 * r.log_likelihood + std::log(n) * double(rank);
  r.condition =
      rank < p ? std::numeric_limits<double>::infinity() : condition_number(solution.factor, solution.root);
  if (degrees <= 0 && !ridge)
    r.warnings.push_back("as many rows as columns: no degree of freedom is left, so errors have no value");
  if (total <= 0) r.warnings.push_back("the response is constant: shares of its variance have no value");
}

}  // namespace sluice::fit
