// The pager's ordering on the stand-in device `late`: right with any delays; and when one wait is left out on
// purpose, the tests see it (so that an early reuse of a buffer could not pass unnoticed).
#include "cov_support.h"

#if defined(__SANITIZE_THREAD__)
#define SLUICE_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SLUICE_TSAN 1
#endif
#endif

namespace sluice {
namespace {

using namespace test;

struct Shape {
  const char* name;
  bool rows;
  std::int64_t variables, observations;
  bool second;
  friend void PrintTo(const Shape& s, std::ostream* out) { *out << s.name; }
};

class CovLate : public ::testing::TestWithParam<Shape> {
 protected:
  CovLate() {
    const Shape shape = GetParam();
    Matrix x = random_matrix(shape.variables, shape.observations, 41, 5);
    if (!shape.rows) x = transposed(x);
    options = cov_of(write_npy(folder / "x.npy", x, DType::kFloat32), folder / "c.npy");
    options.variables_are_rows = shape.rows;
    if (shape.second) options.with = write_npy(folder / "y.npy", x, DType::kFloat32);
    run = run_on("late");
    run.force = true;
    run.memory = smallest_memory(options, run);  // least room: most reuse of buffers
    cov(options, run);
    want = read_file(options.output);
    const Matrix c = read_npy(options.output);
    for (const double value : c.values)
      if (!std::isfinite(value)) throw std::runtime_error("the plain run on late gives no numbers");
  }
  TempDir folder{TempDir::kQuick};
  CovOptions options;
  RunOptions run;
  std::string want;
};

TEST_P(CovLate, RightWithAnyDelays) {
  for (std::uint64_t seed = 2; seed < (kSanitized ? 4u : 6u); ++seed) {
    run.late_seed = seed;
    cov(options, run);
    EXPECT_TRUE(read_file(options.output) == want) << "seed " << seed;
  }
}

TEST_P(CovLate, AWaitLeftOutIsSeen) {
#ifdef SLUICE_TSAN
  GTEST_SKIP() << "the thread sanitizer ends the run at the race that is made here on purpose";
#endif
  int seen = 0;
  std::string waits;
  for (std::int64_t n = 1; n <= 24 && seen < 2; ++n) {
    bool wrong = false;
    for (std::uint64_t seed = 1; seed <= 2 && !wrong; ++seed) {
      run.late_seed = seed;
      run.late_skip_wait = n;
      try {
        cov(options, run);
        wrong = read_file(options.output) != want;
      } catch (const Error&) {
        wrong = true;
      }
    }
    if (wrong) ++seen, waits += " " + std::to_string(n);
  }
  RecordProperty("waits_that_matter", waits);
  EXPECT_GT(seen, 0) << "no wait of the first 24 matters: the stand-in device shows nothing";
  run.late_skip_wait = 0;
  cov(options, run);
  EXPECT_TRUE(read_file(options.output) == want);
}

INSTANTIATE_TEST_SUITE_P(Plans, CovLate,
                         ::testing::Values(Shape{"streamed", true, 520, 4300, false},
                                           Shape{"tall", false, 20, 30000, false},
                                           Shape{"second", true, 530, 4100, true}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace sluice
