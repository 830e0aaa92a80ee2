// Stopped runs and --resume: the bytes of an unbroken run, at every place where a run can stop; a refusal
// where input or options changed; a journal that was torn.
#include <atomic>

#include "cov_support.h"

namespace sluice {
namespace {

using namespace test;

std::atomic<std::int64_t> writes_left{0};
std::atomic<bool> stop{false};

/// Asks a run to stop before its n-th write.
int stop_at_write(sys::Call call, const char*) {
  if (call == sys::Call::kWrite && --writes_left == 0) stop = true;
  return 0;
}

struct Shape {
  const char* name;
  bool rows;
  std::int64_t variables, observations;
  std::uint64_t memory;  // 0: the smallest that plans
  friend void PrintTo(const Shape& s, std::ostream* out) { *out << s.name; }
};

class CovResume : public ::testing::TestWithParam<Shape> {
 protected:
  CovResume() {
    const Shape shape = GetParam();
    Matrix x = random_matrix(shape.variables, shape.observations, 21, 5);
    if (!shape.rows) x = transposed(x);
    options = cov_of(write_npy(folder / "x.npy", x, DType::kFloat32), folder / "whole.npy");
    options.variables_are_rows = shape.rows;
    run = run_on("cpu");
    run.checkpoint_seconds = 0;
    run.memory = shape.memory ? shape.memory : smallest_memory(options, run);
    run.stop = &stop;
    stop = false;
    const std::string kind = cov(options, run).plan.kind;
    if ((kind == "resident") != (shape.name == std::string("resident")))
      throw std::runtime_error("a " + kind + " plan");
    want = read_file(options.output);
    options.output = folder / "c.npy";
  }
  ~CovResume() override { sys::set_fault_hook(nullptr); }

  /// Runs until the n-th write; true when it was stopped there.
  bool interrupted(std::int64_t n) {
    stop = false;
    writes_left = n;
    sys::set_fault_hook(stop_at_write);
    bool stopped = false;
    try {
      last = cov(options, run);
    } catch (const Error& error) {
      EXPECT_EQ(int(error.kind()), int(ErrorKind::kInterrupted)) << error.what();
      EXPECT_FALSE(std::filesystem::exists(options.output));
      stopped = true;
    }
    sys::set_fault_hook(nullptr);
    stop = false;
    return stopped;
  }
  void finish() {
    run.resume = true;
    last = cov(options, run);
    run.resume = false;
    EXPECT_TRUE(read_file(options.output) == want) << "resumed: other bytes";
  }
  void clean() {
    for (const std::string& name : folder.names())
      if (name.rfind("c.npy", 0) == 0) std::filesystem::remove(folder / name);
  }

  TempDir folder;
  CovOptions options;
  RunOptions run;
  CovSummary last;
  std::string want;
};

TEST_P(CovResume, AtEveryWrite) {
  int stopped = 0, kept = 0;
  for (std::int64_t n = 1; n < 400; n += n < 6 ? 1 : n / 2) {
    SCOPED_TRACE(::testing::Message() << "stopped at write " << n);
    if (!interrupted(n)) break;
    ++stopped;
    finish();
    kept += last.run.resumed ? 1 : 0;
    const auto names = folder.names();
    EXPECT_EQ(std::count_if(names.begin(), names.end(), [](auto& s) { return s.rfind("c.npy", 0) == 0; }), 2)
        << "more than the result and its provenance was left";
    clean();
  }
  EXPECT_GT(stopped, 1);
  EXPECT_GT(kept, 0) << "no run found anything to resume";
}

TEST_P(CovResume, AgainAndAgain) {
  run.resume = true;  // also at first: it starts where there is nothing to resume
  int rounds = 0;
  while (interrupted(3 + rounds % 4)) ASSERT_LT(++rounds, 500) << "resumed runs do not get ahead";
  EXPECT_GT(rounds, 1);
  EXPECT_TRUE(read_file(options.output) == want);
}

TEST_P(CovResume, DoneIsDone) {
  cov(options, run);
  finish();
}

TEST_P(CovResume, WithoutResumeStartsOver) {
  ASSERT_TRUE(interrupted(4));
  run.force = true;
  last = cov(options, run);
  EXPECT_FALSE(last.run.resumed);
  EXPECT_TRUE(read_file(options.output) == want);
}

TEST_P(CovResume, AtOtherThreads) {
  ASSERT_TRUE(interrupted(6));
  run.threads = 3;
  finish();
}

TEST_P(CovResume, RefusedWhenInputChanged) {
  ASSERT_TRUE(interrupted(6));
  std::string bytes = read_file(options.input);
  bytes.back() ^= 1;
  write_file(options.input, bytes);
  std::filesystem::last_write_time(options.input,
                                   std::filesystem::file_time_type::clock::now() + std::chrono::hours(1));
  run.resume = true;
  expect_error([&] { cov(options, run); }, ErrorKind::kOutput,
               {"c.npy", "resume", "input", "expected", "found"});
  EXPECT_FALSE(std::filesystem::exists(options.output));
}

TEST_P(CovResume, RefusedWhenOptionsChanged) {
  ASSERT_TRUE(interrupted(6));
  run.resume = true;
  const CovOptions same = options;
  const std::vector<std::function<void(CovOptions&)>> changes{
      [](CovOptions& o) { o.ddof = 0; }, [](CovOptions& o) { o.correlation = true; },
      [](CovOptions& o) { o.precision = Precision::kFloat64; },
      [](CovOptions& o) { o.out_type = DType::kFloat64; }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    SCOPED_TRACE(i);
    CovOptions changed = same;
    changes[i](changed);
    EXPECT_THROW(cov(changed, run), Error);
    EXPECT_FALSE(std::filesystem::exists(options.output));
  }
  finish();  // the refusals have lost nothing
}

TEST_P(CovResume, TornOrDamagedJournal) {
  int seen = 0;
  for (const int damage : {1, 17, 64, -1, -40}) {
    SCOPED_TRACE(damage);
    clean();
    ASSERT_TRUE(interrupted(9));
    for (const std::string& name : folder.names()) {
      if (name.rfind("c.npy", 0) != 0 || name.find("journal") == std::string::npos) continue;
      std::string bytes = read_file(folder / name);
      if (bytes.size() <= std::size_t(std::abs(damage))) continue;
      if (damage > 0)
        bytes.resize(bytes.size() - std::size_t(damage));
      else
        bytes[bytes.size() - std::size_t(-damage)] ^= 0x20;
      write_file(folder / name, bytes);
      ++seen;
    }
    run.resume = true;
    try {
      cov(options, run);
      EXPECT_TRUE(read_file(options.output) == want) << "a damaged journal was believed";
    } catch (const Error& error) {  // a refusal is right too, where it says so
      EXPECT_NE(std::string(error.what()).find("journal"), std::string::npos) << error.what();
      EXPECT_FALSE(std::filesystem::exists(options.output));
    }
    run.resume = false;
  }
  EXPECT_GT(seen, 0);
}

constexpr std::int64_t kWide = kSanitized ? 1100 : 1600;
INSTANTIATE_TEST_SUITE_P(Plans, CovResume,
                         ::testing::Values(Shape{"streamed", true, 1100, 12500, 0},
                                           Shape{"resident", true, kWide, 300, 0},
                                           Shape{"tall", false, 30, kSanitized ? 60000 : 200000, 0}),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace sluice
