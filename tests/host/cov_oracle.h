// Covariance by its definition, in long double, one entry at a time: what the tests of `cov` compare with.
// Values are rounded to the file's type first, so that only sluice's own arithmetic is judged.
#pragma once
#include <vector>

#include "cov_support.h"

namespace sluice::test {

class Oracle {
 public:
  /// x: variables x observations, as it lies in a file of `type`. Empty weights: all 1.
  Oracle(const Matrix& x, DType type, const std::vector<double>& fweights = {},
         const std::vector<double>& aweights = {}, std::int64_t ddof = 1)
      : variables_(x.rows), observations_(x.columns), residual_(x.values.size()), weight_(x.columns, 1.0) {
    long double sum = 0, squares = 0;
    for (std::int64_t k = 0; k < observations_; ++k) {
      const long double a = aweights.empty() ? 1 : aweights[k];
      weight_[k] = a * (fweights.empty() ? 1 : fweights[k]);
      sum += weight_[k];
      squares += weight_[k] * a;
    }
    divisor_ = aweights.empty() ? sum - ddof : sum - ddof * squares / sum;
    mean_.resize(variables_);
    variance_.assign(variables_, std::nan(""));
    for (std::int64_t i = 0; i < variables_; ++i) {
      long double total = 0;
      for (std::int64_t k = 0; k < observations_; ++k) total += weight_[k] * rounded(x.at(i, k), type);
      mean_[i] = total / sum;
      for (std::int64_t k = 0; k < observations_; ++k)
        residual_[i * observations_ + k] = rounded(x.at(i, k), type) - mean_[i];
    }
  }
  double mean(std::int64_t i) const { return double(mean_[i]); }
  double variance(std::int64_t i) const {
    if (std::isnan(variance_[i])) variance_[i] = covariance(i, i);
    return variance_[i];
  }
  double covariance(std::int64_t i, std::int64_t j) const {
    const long double* a = &residual_[i * observations_];
    const long double* b = &residual_[j * observations_];
    long double sum = 0;
    for (std::int64_t k = 0; k < observations_; ++k) sum += weight_[k] * a[k] * b[k];
    return double(sum / divisor_);
  }
  double correlation(std::int64_t i, std::int64_t j) const {
    return covariance(i, j) / std::sqrt(variance(i) * variance(j));
  }
  static long double rounded(double value, DType type) {
    return type == DType::kFloat32 ? static_cast<long double>(float(value)) : static_cast<long double>(value);
  }

 private:
  std::int64_t variables_, observations_;
  std::vector<long double> residual_, weight_, mean_;
  long double divisor_;
  mutable std::vector<double> variance_;  // NaN: not asked for yet
};

/// Entries to compare: those around sub-tile borders, and some drawn at random.
inline std::vector<std::pair<std::int64_t, std::int64_t>> sample_entries(std::int64_t n, std::int64_t count) {
  std::vector<std::int64_t> edges;
  for (std::int64_t e : {std::int64_t(0), std::int64_t(1), n / 2, std::int64_t(255), std::int64_t(256),
                         std::int64_t(511), std::int64_t(512), std::int64_t(513), n - 1})
    if (e >= 0 && e < n) edges.push_back(e);
  std::vector<std::pair<std::int64_t, std::int64_t>> entries;
  for (std::int64_t i : edges)
    for (std::int64_t j : edges) entries.emplace_back(i, j);
  for (std::int64_t k = 0; k < count; ++k)
    entries.emplace_back(scramble(2 * k) % std::uint64_t(n), scramble(2 * k + 1) % std::uint64_t(n));
  return entries;
}

/// |C - oracle| <= bound * sqrt(Cii Cjj) at sampled entries of C, and C symmetric there.
inline void expect_covariance(const Matrix& c, const Oracle& oracle, double bound,
                              std::int64_t samples = 300) {
  double worst = 0;
  for (auto [i, j] : sample_entries(c.rows, samples)) {
    const double scale = std::sqrt(oracle.variance(i) * oracle.variance(j));
    const double error = std::abs(c.at(i, j) - oracle.covariance(i, j));
    ASSERT_LE(error, bound * scale) << "entry (" << i << ", " << j << ") of " << c.rows << ": " << c.at(i, j)
                                    << ", expected " << oracle.covariance(i, j);
    ASSERT_EQ(c.at(i, j), c.at(j, i));
    worst = std::max(worst, error / scale);
  }
  ::testing::Test::RecordProperty("worst_scaled_error", std::to_string(worst));
}

}  // namespace sluice::test
