// Generated matrices: the same file at any thread count, memory and backend; the distributions that were
// asked for; the pairs, their file and their report.
#include <sstream>

#include "cov_support.h"
#include "host/generate.h"

namespace sluice {
namespace {

using namespace test;

GenerateOptions small(const std::string& output) {
  GenerateOptions options;
  options.rows = 611, options.columns = 1037;
  options.seed = 7;
  options.output = output;
  return options;
}

TEST(GenerateFile, SameFileOnAnyBackendThreadsAndMemory) {
  TempDir folder;
  for (const DType type : {DType::kFloat32, DType::kFloat64})
    for (const Distribution distribution : {Distribution::kUniform, Distribution::kNormal})
      for (const std::int64_t pairs : {0, 50}) {
        SCOPED_TRACE(::testing::Message()
                     << name_of(type) << (distribution == Distribution::kNormal ? " normal" : "") << " pairs "
                     << pairs);
        GenerateOptions options = small(folder / "x.npy");
        options.type = type;
        options.distribution = distribution;
        options.correlated_pairs = pairs;
        std::string want;
        for (const std::string& device : devices())
          for (const int threads : {1, 3})
            for (const std::uint64_t memory : {std::uint64_t(12) << 20, std::uint64_t(256) << 20}) {
              RunOptions run = run_on(device, memory);
              run.threads = threads;
              run.force = true;
              generate_matrix(options, run);
              const std::string bytes = read_file(options.output);
              if (want.empty()) want = bytes;
              ASSERT_TRUE(bytes == want) << device << ", " << threads << " threads, " << memory << " bytes";
            }
      }
}

TEST(GenerateFile, FormatsAndSeeds) {
  TempDir folder;
  GenerateOptions options = small(folder / "x.npy");
  generate_matrix(options, run_on("cpu"));
  const std::string npy = read_file(options.output);
  ASSERT_EQ(npy.size(), 4096 + 611 * 1037 * 4u);
  options.output = folder / "x.raw";
  generate_matrix(options, run_on("cpu"));
  EXPECT_TRUE(read_file(options.output) == npy.substr(4096));
  options.output = folder / "x.h5";
  generate_matrix(options, run_on("cpu"));
  EXPECT_TRUE(element_bytes(folder / "x.h5") == npy.substr(4096));
  options.output = folder / "y.raw";
  options.seed = 8;
  generate_matrix(options, run_on("cpu"));
  EXPECT_FALSE(read_file(options.output) == npy.substr(4096));
}

/// Moments of all elements against those of the distribution, within 5 standard errors.
void expect_moments(const Matrix& m, double mean, double variance, double fourth) {
  const double n = double(m.values.size());
  double sum = 0, squares = 0;
  for (const double v : m.values) sum += v - mean, squares += (v - mean) * (v - mean);
  EXPECT_LE(std::abs(sum / n), 5 * std::sqrt(variance / n));
  EXPECT_LE(std::abs(squares / n - variance), 5 * std::sqrt((fourth - variance * variance) / n));
}

TEST(GenerateFile, DistributionsAreWhatTheySay) {
  TempDir folder;
  GenerateOptions options = small(folder / "x.npy");
  for (const DType type : {DType::kFloat32, DType::kFloat64}) {
    options.type = type;
    options.distribution = Distribution::kUniform;
    RunOptions run = run_on("cpu");
    run.force = true;
    generate_matrix(options, run);
    Matrix x = read_npy(options.output);
    expect_moments(x, 0.5, 1.0 / 12, 1.0 / 80);
    for (const double v : x.values) ASSERT_TRUE(v >= 0 && v < 1) << v;
    options.distribution = Distribution::kNormal;
    generate_matrix(options, run);
    x = read_npy(options.output);
    expect_moments(x, 0, 1, 3);
    // Kolmogorov-Smirnov: the tails and the middle, not only two moments.
    std::sort(x.values.begin(), x.values.end());
    double worst = 0;
    const double n = double(x.values.size());
    for (std::size_t i = 0; i < x.values.size(); ++i)
      worst =
          std::max(worst, std::abs(0.5 * std::erfc(-x.values[i] / std::sqrt(2.0)) - (double(i) + 0.5) / n));
    EXPECT_LE(worst, 2.2 / std::sqrt(n));
  }
}

std::vector<std::pair<std::int64_t, std::int64_t>> read_pairs(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line.rfind("row_a,row_b", 0), 0u) << line;
  std::vector<std::pair<std::int64_t, std::int64_t>> pairs;
  while (std::getline(file, line)) {
    std::istringstream cells(line);
    std::string a, b;
    std::getline(cells, a, ',');
    std::getline(cells, b, ',');
    pairs.emplace_back(std::stoll(a), std::stoll(b));
  }
  return pairs;
}

TEST(GenerateFile, PairsAreAsAsked) {
  TempDir folder;
  GenerateOptions options = small(folder / "x.npy");
  options.correlated_pairs = 100;
  for (const std::int64_t distance : {0, 37}) {
    options.distance = distance;
    RunOptions run = run_on("cpu");
    run.force = true;
    const GenerateSummary summary = generate_matrix(options, run);
    const auto pairs = read_pairs(summary.pairs_file);
    ASSERT_EQ(pairs.size(), 100u);
    const Matrix x = read_npy(options.output);
    std::vector<int> used(std::size_t(options.rows));
    for (const auto& [a, b] : pairs) {
      ASSERT_TRUE(a >= 0 && b >= 0 && a < options.rows && b < options.rows);
      EXPECT_EQ(used[std::size_t(a)]++ + used[std::size_t(b)]++, 0) << "a row is in two pairs";
      EXPECT_TRUE(distance == 0 || b - a == distance) << a << ", " << b;
      double sum = 0;
      for (std::int64_t k = 0; k < options.columns; ++k) {
        const double u = x.at(b, k) / x.at(a, k);
        if (x.at(a, k) > 1e-6) {
          ASSERT_TRUE(u >= 0.8 - 1e-6 && u <= 0.9 + 1e-6) << u;
        }
        sum += u;
      }
      EXPECT_NEAR(sum / double(options.columns), 0.85, 0.02);
    }
  }
}

TEST(GenerateFile, ReportOfPairs) {
  TempDir folder;
  GenerateOptions options = small(folder / "x.npy");
  options.columns = 4000;
  options.correlated_pairs = 200;
  const GenerateSummary made = generate_matrix(options, run_on("cpu"));
  CovOptions covariance = cov_of(options.output, folder / "c.npy");
  covariance.report_pairs = made.pairs_file;
  const CovSummary summary = cov(covariance, run_on("cpu"));
  ASSERT_TRUE(summary.pairs.has_value());
  const PairReport& report = *summary.pairs;
  EXPECT_EQ(report.pairs, 200);
  EXPECT_GT(report.error_pairs, 0);
  EXPECT_LE(std::abs(report.mean_pairs - 0.85 / 12), 5 * report.error_pairs);
  EXPECT_LE(std::abs(report.mean_others), 5 * report.error_others);
  EXPECT_LT(report.error_pairs, 1e-3);
  const Matrix c = read_npy(covariance.output);
  double sum = 0, diagonal = 0;
  for (const auto& [a, b] : read_pairs(made.pairs_file)) sum += c.at(a, b);
  for (std::int64_t i = 0; i < c.rows; ++i) diagonal += c.at(i, i);
  EXPECT_NEAR(report.mean_pairs, sum / 200, 1e-9);
  EXPECT_NEAR(report.mean_diagonal, diagonal / double(c.rows), 1e-9);
  // Rows b are narrower: 200 of 611 have the variance of u x, E u^2 E x^2 - (E u E x)^2.
  const double narrow = (0.85 * 0.85 + 0.01 / 12) / 3 - 0.85 * 0.85 / 4;
  EXPECT_NEAR(report.mean_diagonal, (411 * (1.0 / 12) + 200 * narrow) / 611, 5e-4);
}

TEST(GenerateFile, BadRequests) {
  TempDir folder;
  const auto fails = [&](const std::function<void(GenerateOptions&)>& change) {
    GenerateOptions options = small(folder / "x.npy");
    change(options);
    expect_error([&] { generate_matrix(options, run_on("cpu")); }, ErrorKind::kUsage, {});
    EXPECT_TRUE(folder.names().empty());
  };
  fails([](GenerateOptions& o) { o.rows = std::int64_t(1) << 40, o.columns = std::int64_t(1) << 40; });
  fails([](GenerateOptions& o) { o.correlated_pairs = 306; });
  fails([](GenerateOptions& o) { o.correlated_pairs = 10, o.distance = 611; });
  fails([](GenerateOptions& o) { o.type = DType::kInt16; });
  fails([](GenerateOptions& o) { o.rows = -1; });
}

TEST(GenerateFile, StoppedAndResumed) {
  TempDir folder;
  GenerateOptions options = small(folder / "whole.npy");
  options.rows = 3000, options.columns = 4000;
  RunOptions run = run_on("cpu", std::uint64_t(1) << 23);
  run.checkpoint_seconds = 0;
  generate_matrix(options, run);
  const std::string want = read_file(options.output);
  options.output = folder / "x.npy";
  static std::atomic<bool> stop;
  static std::atomic<int> writes;
  run.stop = &stop;
  int stopped = 0;
  for (int n = 2; n < 30; n += 5) {
    stop = false, writes = n;
    sys::set_fault_hook([](sys::Call call, const char*) {
      if (call == sys::Call::kWrite && --writes == 0) stop = true;
      return 0;
    });
    try {
      generate_matrix(options, run);
    } catch (const Error& error) {
      EXPECT_EQ(int(error.kind()), int(ErrorKind::kInterrupted));
      EXPECT_FALSE(std::filesystem::exists(options.output));
      ++stopped;
    }
    sys::set_fault_hook(nullptr);
    stop = false;
    RunOptions again = run;
    again.resume = true;
    generate_matrix(options, again);
    ASSERT_TRUE(read_file(options.output) == want);
    for (const std::string& name : folder.names())
      if (name.rfind("x.npy", 0) == 0) std::filesystem::remove(folder / name);
  }
  EXPECT_GT(stopped, 0);
}

TEST(GenerateFile, CheckedAgainstSerial) {
  TempDir folder;
  GenerateOptions options = small(folder / "x.npy");
  options.correlated_pairs = 50;
  const GenerateSummary summary = generate_matrix(options, run_on("check"));
  ASSERT_TRUE(summary.check.has_value());
  EXPECT_EQ(summary.check->entries, 4 * 64 * 256);
  EXPECT_EQ(summary.check->differing, 0);
  // A file that was changed is found: the last step alone, on a result that is there.
  std::string bytes = read_file(options.output);
  for (std::size_t i = 4096; i < bytes.size(); i += 400) bytes[i] ^= 1;
  std::ofstream(options.output, std::ios::binary) << bytes;
  RunOptions again = run_on("check");
  again.resume = true;
  const GenerateSummary changed = generate_matrix(options, again);
  ASSERT_TRUE(changed.check.has_value());
  EXPECT_GT(changed.check->differing, 100);
}

TEST(GenerateFile, PlanSaysWhatWillBeHeld) {
  TempDir folder;
  GenerateOptions options = small(folder / "x.npy");
  options.rows = 4000, options.columns = 5000, options.correlated_pairs = 7;
  RunOptions run = run_on("cpu");
  run.threads = 2;
  const GeneratePlan plan = plan_generate(options, run);
  EXPECT_EQ(plan.bytes, 4000u * 5000u * 4u);
  EXPECT_GT(plan.disk_free, 0u);
  EXPECT_GT(plan.estimated_seconds, 0);
  EXPECT_TRUE(folder.names().empty());
  const GenerateSummary made = generate_matrix(options, run);
  EXPECT_LE(made.run.memory_peak, plan.memory);
  EXPECT_GE(double(made.run.memory_peak), 0.9 * double(plan.memory));
}

}  // namespace
}  // namespace sluice
