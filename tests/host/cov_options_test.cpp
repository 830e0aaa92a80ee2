// What the options mean: a second matrix, weights, ddof, correlation, means and variances, constant
// variables, missing values, types. Each on every backend, at sizes above one sub-tile and one slab where
// that is quick.
#include <numeric>

#include "cov_oracle.h"

namespace sluice {
namespace {

using namespace test;

class CovOptionsTest : public ::testing::TestWithParam<std::string> {
 protected:
  bool quick() const { return !kSanitized && (GetParam() == "cpu" || GetParam() == "cuda"); }
  Matrix run(const CovOptions& options) {
    RunOptions how = run_on(GetParam());
    how.force = true;
    summary = cov(options, how);
    return read_npy(options.output);
  }
  TempDir folder{TempDir::kQuick};
  CovSummary summary;
};

TEST_P(CovOptionsTest, WithIsTheBlockOfJoint) {
  const std::int64_t n = quick() ? 520 : 70, k = quick() ? 600 : 40, m = 4200;
  for (const bool rows : {true, false})
    for (const bool correlation : {false, true}) {
      SCOPED_TRACE(::testing::Message() << "rows " << rows << " corr " << correlation);
      Matrix x = random_matrix(n, m, 1, 50), y = random_matrix(k, m, 2, -3), both(n + k, m);
      std::copy(y.values.begin(), y.values.end(),
                std::copy(x.values.begin(), x.values.end(), both.values.begin()));
      const Oracle oracle(both, DType::kFloat32);
      if (!rows) x = transposed(x), y = transposed(y), both = transposed(both);
      CovOptions options = cov_of(write_npy(folder / "x.npy", x, DType::kFloat32), folder / "block.npy");
      options.with = write_npy(folder / "y.npy", y, DType::kFloat32);
      options.variables_are_rows = rows;
      options.correlation = correlation;
      const Matrix block = run(options);
      ASSERT_EQ(block.rows, n);
      ASSERT_EQ(block.columns, k);
      options.joint = true;
      options.output = folder / "joint.npy";
      const Matrix joint = run(options);
      ASSERT_EQ(joint.rows, n + k);
      ASSERT_EQ(joint.columns, n + k);
      CovOptions single = cov_of(write_npy(folder / "both.npy", both, DType::kFloat32), folder / "c.npy");
      single.variables_are_rows = rows;
      single.correlation = correlation;
      const Matrix c = run(single);
      for (std::int64_t i : {std::int64_t(0), n / 2, n - 1})
        for (std::int64_t j = 0; j < k; ++j) {
          const double scale = correlation ? 1 : std::sqrt(oracle.variance(i) * oracle.variance(n + j));
          ASSERT_LE(std::abs(block.at(i, j) - joint.at(i, n + j)), 1e-6 * scale) << i << ", " << j;
          ASSERT_LE(std::abs(c.at(i, n + j) - joint.at(i, n + j)), 1e-6 * scale) << i << ", " << j;
          ASSERT_EQ(joint.at(i, n + j), joint.at(n + j, i));
        }
      for (std::int64_t j : {std::int64_t(0), k / 2, k - 1}) {
        const double want = correlation ? oracle.correlation(n / 2, n + j) : oracle.covariance(n / 2, n + j);
        const double scale = correlation ? 1 : std::sqrt(oracle.variance(n / 2) * oracle.variance(n + j));
        EXPECT_LE(std::abs(block.at(n / 2, j) - want), 2e-6 * scale);
      }
    }
}

TEST_P(CovOptionsTest, FrequenciesAreRepeatedObservations) {
  const std::int64_t n = 6, m = 4500;  // more than a slab once repeated and before
  std::vector<double> f(m);
  for (std::int64_t k = 0; k < m; ++k) f[k] = double(scramble(k) % 4);
  const Matrix x = random_matrix(n, m, 5, 1000);
  const auto total = std::int64_t(std::accumulate(f.begin(), f.end(), 0.0));
  Matrix repeated(n, total);
  for (std::int64_t i = 0; i < n; ++i) {
    std::int64_t to = 0;
    for (std::int64_t k = 0; k < m; ++k)
      for (int times = 0; times < int(f[k]); ++times) repeated.at(i, to++) = x.at(i, k);
  }
  for (const DType type : {DType::kFloat32, DType::kFloat64}) {
    const Oracle oracle(repeated, type);
    CovOptions options = cov_of(write_npy(folder / "x.npy", x, type), folder / "c.npy");
    options.fweights = write_vector(folder / "f.npy", f, DType::kInt32);
    const Matrix weighted = run(options);
    options.fweights.clear();
    options.input = write_npy(folder / "r.npy", repeated, type);
    const Matrix plain = run(options);
    const double bound = type == DType::kFloat32 ? 2e-6 : 1e-12;
    expect_covariance(weighted, oracle, bound, 30);
    expect_covariance(plain, oracle, bound, 30);
  }
}

TEST_P(CovOptionsTest, WeightsAcrossSlabs) {
  const std::int64_t n = 9, m = 9000;
  std::vector<double> f(m), a(m);
  for (std::int64_t k = 0; k < m; ++k) {
    f[k] = k < 4096 ? 0 : double(scramble(k) % 5);  // a first slab without any weight
    a[k] = 0.05 + uniform(9, k);
  }
  const Matrix x = random_matrix(n, m, 8, 10);
  for (const bool rows : {true, false})
    for (const DType type : {DType::kFloat32, DType::kFloat64}) {
      const Oracle oracle(x, type, f, a, 2);
      CovOptions options =
          cov_of(write_npy(folder / "x.npy", rows ? x : transposed(x), type), folder / "c.npy");
      options.variables_are_rows = rows;
      options.fweights = write_vector(folder / "f.npy", f, DType::kUInt8);
      options.aweights = write_vector(folder / "a.npy", a, DType::kFloat64);
      options.ddof = 2;
      expect_covariance(run(options), oracle, type == DType::kFloat32 ? 2e-6 : 1e-12, 30);
    }
}

TEST_P(CovOptionsTest, MeansAndVariances) {
  const std::int64_t n = 530, m = quick() ? 5000 : 300;
  const Matrix x = random_matrix(n, m, 4, 1e4);
  const Oracle oracle(x, DType::kFloat32);
  CovOptions options = cov_of(write_npy(folder / "x.npy", x, DType::kFloat32), folder / "c.npy");
  options.means = folder / "m.npy";
  options.variances = folder / "v.npy";
  options.correlation = true;
  const Matrix r = run(options);
  DType type;
  const Matrix means = read_npy(options.means, &type);
  EXPECT_EQ(type, DType::kFloat64);
  const Matrix variances = read_npy(options.variances, &type);
  EXPECT_EQ(type, DType::kFloat64);
  ASSERT_EQ(means.dimensions, 1);
  ASSERT_EQ(means.columns, n);
  ASSERT_EQ(variances.dimensions, 1);
  ASSERT_EQ(variances.columns, n);
  for (std::int64_t i = 0; i < n; ++i) {
    EXPECT_NEAR(means.at(0, i), oracle.mean(i), 1e-10 * 1e4) << i;
    EXPECT_NEAR(variances.at(0, i), oracle.variance(i), 2e-6 * oracle.variance(i)) << i;
    EXPECT_EQ(r.at(i, i), 1.0) << i;
  }
}

TEST_P(CovOptionsTest, ConstantVariables) {
  // 0.1 is no binary fraction: sums of it round, and numpy's variance of it is not 0.
  for (const DType type : {DType::kFloat32, DType::kFloat64})
    for (const bool rows : {true, false}) {
      Matrix x = random_matrix(5, 4321, 6, 3);
      for (std::int64_t k = 0; k < x.columns; ++k) x.at(1, k) = 0.1, x.at(3, k) = -1234567.1;
      CovOptions options =
          cov_of(write_npy(folder / "x.npy", rows ? x : transposed(x), type), folder / "c.npy");
      options.variables_are_rows = rows;
      const Matrix c = run(options);
      options.correlation = true;
      const Matrix r = run(options);
      for (const std::int64_t i : {1, 3})
        for (std::int64_t j = 0; j < 5; ++j) {
          EXPECT_EQ(c.at(i, j), 0.0) << i << ", " << j;
          EXPECT_TRUE(std::isnan(r.at(i, j))) << i << ", " << j << ": " << r.at(i, j);
        }
      EXPECT_GT(c.at(0, 0), 0.5);
    }
}

TEST_P(CovOptionsTest, CorrelationStaysWithinOne) {
  Matrix x = random_matrix(40, 700, 12);
  for (std::int64_t i = 1; i < 40; ++i)
    for (std::int64_t k = 0; k < 700; ++k)
      x.at(i, k) = x.at(0, k) * (i % 2 ? -0.37 * double(i) : 1.7) + double(i);
  CovOptions options = cov_of(write_npy(folder / "x.npy", x, DType::kFloat32), folder / "r.npy");
  options.correlation = true;
  for (const double value : run(options).values) {
    EXPECT_LE(std::abs(value), 1.0);
    EXPECT_GE(std::abs(value), 1 - 1e-5);
  }
}

TEST_P(CovOptionsTest, NanPolicies) {
  const std::int64_t n = quick() ? 600 : 60;
  Matrix x = random_matrix(n, 4200, 13);
  const std::int64_t bad = n - 3;
  x.at(bad, 4150) = std::nan("");
  const Oracle oracle(random_matrix(n, 4200, 13), DType::kFloat32);
  CovOptions options = cov_of(write_npy(folder / "x.npy", x, DType::kFloat32), folder / "c.npy");
  const Matrix c = run(options);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t j = 0; j < n; ++j)
      ASSERT_EQ(std::isnan(c.at(i, j)), i == bad || j == bad) << i << ", " << j;
  EXPECT_NEAR(c.at(1, 2), oracle.covariance(1, 2), 2e-6 * std::sqrt(oracle.variance(1) * oracle.variance(2)));

  options.nan_is_error = true;
  options.output = folder / "e.npy";
  expect_error([&] { run(options); }, ErrorKind::kInput, {"x.npy", "NaN"});
  EXPECT_FALSE(std::filesystem::exists(folder / "e.npy"));
  options.input = write_npy(folder / "good.npy", random_matrix(n, 300, 13), DType::kFloat32);
  EXPECT_EQ(run(options).rows, n);
}

TEST_P(CovOptionsTest, TypesOfTheResult) {
  const Matrix x = random_matrix(6, 50, 14, 9);
  struct Row {
    DType in;
    Precision precision;
    std::optional<DType> asked;
    DType out;
  };
  for (const Row& row : {Row{DType::kFloat32, Precision::kInput, {}, DType::kFloat32},
                         Row{DType::kFloat64, Precision::kInput, {}, DType::kFloat64},
                         Row{DType::kInt16, Precision::kInput, {}, DType::kFloat64},
                         Row{DType::kFloat32, Precision::kFloat64, {}, DType::kFloat64},
                         Row{DType::kFloat64, Precision::kFloat32, {}, DType::kFloat32},
                         Row{DType::kFloat32, Precision::kInput, DType::kFloat64, DType::kFloat64},
                         Row{DType::kFloat64, Precision::kInput, DType::kFloat32, DType::kFloat32}}) {
    CovOptions options = cov_of(write_npy(folder / "x.npy", x, row.in), folder / "c.npy");
    options.precision = row.precision;
    options.out_type = row.asked;
    run(options);
    DType type;
    read_npy(options.output, &type);
    EXPECT_EQ(type, row.out) << name_of(row.in);
    EXPECT_EQ(summary.dtype, name_of(row.out));
  }
  if (GetParam() != "cuda") {
    CovOptions options = cov_of(write_npy(folder / "x.npy", x, DType::kFloat32), folder / "t.npy");
    options.precision = Precision::kTf32;
    EXPECT_THROW(run(options), Error);
    EXPECT_FALSE(std::filesystem::exists(folder / "t.npy"));
  }
}

TEST_P(CovOptionsTest, TooFewObservationsWarn) {
  struct Ears : Observer {
    std::vector<std::string> warnings;
    void warning(const std::string& line) override { warnings.push_back(line); }
  } ears;
  CovOptions options =
      cov_of(write_npy(folder / "x.npy", random_matrix(3, 4, 2), DType::kFloat64), folder / "c.npy");
  options.ddof = 4;
  RunOptions how = run_on(GetParam());
  how.observer = &ears;
  cov(options, how);
  EXPECT_EQ(ears.warnings.size(), 1u);
  for (const double value : read_npy(options.output).values) EXPECT_FALSE(std::isfinite(value));
}

TEST_P(CovOptionsTest, VerifyAgrees) {
  const std::int64_t n = 530;
  CovOptions options =
      cov_of(write_npy(folder / "x.npy", random_matrix(n, 900, 15, 1e4), DType::kFloat32), folder / "c.npy");
  options.verify = 200;
  run(options);
  ASSERT_TRUE(summary.verification.has_value());
  EXPECT_GE(summary.verification->entries, 200);
  EXPECT_TRUE(summary.verification->passed);
  EXPECT_GT(summary.verification->bound, 0);
  EXPECT_LE(summary.verification->bound, 2e-6);
  EXPECT_LE(summary.verification->worst, summary.verification->bound);
}

INSTANTIATE_TEST_SUITE_P(Backends, CovOptionsTest, ::testing::ValuesIn(devices()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace sluice
