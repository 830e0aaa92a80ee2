// Reachable accuracy: float32 with offset 1e5 and deviation 1 within 2e-6 sqrt(Cii Cjj) of the exact
// covariance of the values in the file, also where means drift from slab to slab.
#include "cov_oracle.h"

namespace sluice {
namespace {

using namespace test;

constexpr std::int64_t kObservations = kSanitized ? 9001 : 20001;

struct Data {
  const char* name;
  double offset, drift;  // drift: of the mean over the whole run
  bool rows;
  friend void PrintTo(const Data& s, std::ostream* out) { *out << s.name; }
};

class CovAccuracy : public ::testing::TestWithParam<Data> {};

TEST_P(CovAccuracy, ScaledErrorStaysInBound) {
  const Data data = GetParam();
  const std::int64_t n = 24;
  Matrix x = random_matrix(n, kObservations, 51, data.offset);
  for (std::int64_t i = 0; i < n; ++i)
    for (std::int64_t k = 0; k < kObservations; ++k)
      x.at(i, k) += data.drift * double(k) / kObservations * (i % 2 ? 1 : -1);
  const Oracle oracle(x, DType::kFloat32);
  for (const std::string& device : devices()) {
    TempDir folder{TempDir::kQuick};
    CovOptions options =
        cov_of(write_npy(folder / "x.npy", data.rows ? x : transposed(x), DType::kFloat32), folder / "c.npy");
    options.variables_are_rows = data.rows;
    for (const bool least : {true, false}) {
      RunOptions run = run_on(device);
      run.force = true;
      if (least) run.memory = smallest_memory(options, run);
      cov(options, run);
      SCOPED_TRACE(device);
      expect_covariance(read_npy(options.output), oracle, 2e-6, 40);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Inputs, CovAccuracy,
                         ::testing::Values(Data{"offset_0", 0, 0, true}, Data{"offset_1e2", 1e2, 0, true},
                                           Data{"offset_1e5", 1e5, 0, true},
                                           Data{"offset_1e5_columns", 1e5, 0, false},
                                           Data{"drift", 1e3, 40, true},
                                           Data{"drift_columns", -1e3, 40, false}),
                         [](const auto& info) { return info.param.name; });

// Means are kept in float64: at 1e8 they round by 1e-8, which the merging of slabs shows at 1e-10.
TEST(CovAccuracyOfFloat64, OffsetOf1e8) {
  const Matrix x = random_matrix(12, 20000, 52, 1e8);
  const Oracle oracle(x, DType::kFloat64);
  for (const std::string& device : devices()) {
    SCOPED_TRACE(device);
    TempDir folder{TempDir::kQuick};
    CovOptions options = cov_of(write_npy(folder / "x.npy", x, DType::kFloat64), folder / "c.npy");
    options.verify = 100;
    const CovSummary summary = cov(options, run_on(device));
    expect_covariance(read_npy(options.output), oracle, 2e-10, 50);
    EXPECT_TRUE(summary.verification->passed)
        << summary.verification->worst << " with bound " << summary.verification->bound;
  }
}

}  // namespace
}  // namespace sluice
