// `window` gives the same bytes at any memory, threads, ways of reading, after a stop, and on the stand-in
// device; it keeps to its memory, and leaving a wait out is seen.
#include <atomic>

#include "window_support.h"

namespace sluice {
namespace {

using namespace test;

const std::vector<std::string> kSome{"mean", "kurtosis", "argmax", "slope", "zero_crossings"};

struct Case {
  const char* name;
  std::int64_t samples, channels, size, step;
};
const Case kCases[] = {{"few cells", 60000, 7, 3000, 500},
                       {"many cells", 20000, 7, 1000, 3},
                       {"long cells", 60000, 7, 30000, 13000},
                       {"gaps", 60000, 7, 700, 9000}};

TEST(WindowBytes, MemoryThreadsAndReadingChangeNothing) {
  for (const Case& c : kCases) {
    TempDir folder;
    for (const bool rows : {false, true}) {
      Matrix x = random_matrix(c.samples, c.channels, 5, 1000);
      if (rows) x = transposed(x);
      WindowOptions o =
          windows_of(write_npy(folder / "x.npy", x, DType::kFloat64), c.size, c.step, folder / "w.h5");
      o.statistics = kSome, o.channels_are_rows = rows;
      RunOptions run = run_on("cpu");
      run.force = true;
      window(o, run);
      const std::string whole = read_file(o.output);
      std::uint64_t least = plan_window(o, run).memory;
      for (const char* io : {"mmap", "pread", "direct"})
        for (const int threads : {1, 3})
          for (const bool tight : {false, true}) {
            SCOPED_TRACE(testing::Message() << c.name << rows << ' ' << io << ' ' << threads << ' ' << tight);
            run.io = io, run.threads = threads, run.memory = std::uint64_t(1) << 30;
            if (tight) {
              // The least memory that plans, as the refusal names it.
              run.memory = 1;
              for (int round = 0; round < 20; ++round) try {
                  plan_window(o, run);
                  break;
                } catch (const Error& e) {
                  const std::string advice = e.advice();
                  const std::size_t at = advice.find("--memory ") + 9;
                  const char unit = advice[advice.find_first_not_of("0123456789", at)];
                  run.memory = std::stoull(advice.substr(at)) << (unit == 'G'   ? 30
                                                                  : unit == 'M' ? 20
                                                                  : unit == 'K' ? 10
                                                                                : 0);
                }
              least = run.memory;
            }
            const WindowSummary summary = window(o, run);
            EXPECT_LE(summary.run.memory_peak, run.memory);
            EXPECT_TRUE(read_file(o.output) == whole);
          }
      EXPECT_LT(least, std::uint64_t(64) << 20);
    }
  }
}

TEST(WindowBytes, BlocksOfChannelsWhereMemoryIsShort) {
  TempDir folder;
  const Matrix x = random_matrix(5000, 600, 8);
  WindowOptions o = windows_of(write_npy(folder / "x.npy", x, DType::kFloat64), 2000, 1900, folder / "w.h5");
  o.statistics = kByHand;
  RunOptions run = run_on("cpu");
  run.threads = 1, run.io = "pread", run.memory = 0;
  run.memory = plan_window(o, run).memory;
  run.force = true;
  window(o, run);
  const std::string whole = read_file(o.output);
  run.memory = std::uint64_t(12) << 20;
  const WindowSummary summary = window(o, run);
  EXPECT_LE(summary.run.memory_peak, run.memory);
  EXPECT_GE(summary.run.bytes_read, x.values.size() * 8);
  EXPECT_TRUE(read_file(o.output) == whole);
  expect_result(o.output, x, 2000, 1900, 1e-12);
  o.output = folder / "w.csv";
  expect_error([&] { window(o, run); }, ErrorKind::kMemory, {"--memory"});
}

TEST(WindowBytes, TheStandInDeviceAgrees) {
  TempDir folder(TempDir::kQuick);
  for (const Case& c : {Case{"", 9000, 3, 600, 100}, Case{"", 6000, 3, 300, 7}}) {
    WindowOptions o =
        windows_of(write_npy(folder / "x.npy", random_matrix(c.samples, c.channels, 2), DType::kFloat64),
                   c.size, c.step, folder / "w.h5");
    o.statistics = kSome;
    RunOptions run = run_on("cpu");
    run.force = true;
    window(o, run);
    std::vector<std::string> whole;
    for (const std::string& name : kSome) whole.push_back(element_bytes(folder / "w.h5:/" + name));
    run.device = "late";
    const WindowSummary roomy = window(o, run);
    // Several tiles, so that buffers are used again.
    run.device_memory = run.memory;
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
      run.late_seed = seed;
      window(o, run);
      for (std::size_t i = 0; i < kSome.size(); ++i)
        ASSERT_TRUE(element_bytes(folder / "w.h5:/" + kSome[i]) == whole[i]) << seed << ' ' << kSome[i];
    }
  }
}

/// Outputs of 4 and of 8 bytes in turn, an odd number of each: every one begins where its type may.
TEST(WindowBytes, OutputsOfDifferentTypes) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = random_matrix(170, 5, 3);
  WindowOptions o = windows_of(write_npy(folder / "x.npy", x, DType::kFloat32), 10, 10, folder / "w.h5");
  o.statistics = {"mean", "count", "std", "argmax", "max"};
  for (const std::string& device : devices()) {
    RunOptions run = run_on(device);
    run.force = true;
    window(o, run);
    const Matrix counts = matrix_of(folder / "w.h5:/count"), most = matrix_of(folder / "w.h5:/max"),
                 places = matrix_of(folder / "w.h5:/argmax");
    ASSERT_EQ(counts.rows, 17);
    for (std::int64_t w = 0; w < 17; ++w)
      for (std::int64_t c = 0; c < 5; ++c) {
        EXPECT_EQ(counts.at(w, c), 10) << device;
        EXPECT_EQ(most.at(w, c), double(float(x.at(10 * w + std::int64_t(places.at(w, c)), c)))) << device;
      }
  }
}

#if defined(__SANITIZE_THREAD__)
#define SLUICE_RACES_BY_INTENT 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SLUICE_RACES_BY_INTENT 1
#endif
#endif

TEST(WindowBytes, AWaitLeftOutIsSeen) {
#ifdef SLUICE_RACES_BY_INTENT
  GTEST_SKIP() << "the early reuse is a race by intent";
#endif
  TempDir folder(TempDir::kQuick);
  WindowOptions o = windows_of(write_npy(folder / "x.npy", random_matrix(40000, 3, 2), DType::kFloat64), 600,
                               100, folder / "w.npy");
  o.statistics = {"mean"};
  RunOptions run = run_on("late");
  run.force = true;
  run.device_memory = 0;
  window(o, run);
  const std::string whole = read_file(o.output);
  std::int64_t seen = 0;
  for (std::int64_t wait = 1; wait <= 12; ++wait)
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
      run.late_seed = seed, run.late_skip_wait = wait;
      window(o, run);
      seen += read_file(o.output) != whole;
    }
  EXPECT_GT(seen, 0);
}

std::atomic<std::int64_t> writes_left{0};
std::atomic<bool> stop{false};
int stop_at_write(sys::Call call, const char*) {
  if (call == sys::Call::kWrite && --writes_left == 0) stop = true;
  return 0;
}

TEST(WindowBytes, AStoppedRunGoesOn) {
  int stopped = 0;  // a run of few writes may be over before its stop is seen
  for (const Case& c : kCases)
    for (const std::uint64_t megabytes : {0, 12}) {
      TempDir folder(TempDir::kQuick);
      // Tiles are as large as the memory allows: many channels make them many.
      WindowOptions o =
          windows_of(write_npy(folder / "x.npy", random_matrix(c.samples, 40, 6), DType::kFloat64), c.size,
                     c.step, folder / "w.h5");
      o.statistics = kSome;
      RunOptions run = run_on("cpu", megabytes > 0 ? megabytes << 20 : std::uint64_t(1) << 30);
      run.threads = 1, run.checkpoint_seconds = 0, run.stop = &stop;
      stop = false;
      window(o, run);
      const std::string whole = read_file(o.output);
      for (std::int64_t n = 3; n < 40; n += 5) {
        SCOPED_TRACE(testing::Message() << c.name << ' ' << megabytes << ' ' << n);
        std::filesystem::remove(o.output);
        stop = false, writes_left = n;
        sys::set_fault_hook(stop_at_write);
        try {
          window(o, run);
        } catch (const Error& e) {
          EXPECT_EQ(int(e.kind()), int(ErrorKind::kInterrupted)) << e.what();
          EXPECT_FALSE(std::filesystem::exists(o.output));
          ++stopped;
        }
        sys::set_fault_hook(nullptr);
        stop = false;
        if (std::filesystem::exists(o.output + ".journal")) {
          WindowOptions other = o;
          other.ddof = 1;
          run.resume = true;
          expect_error([&] { window(other, run); }, ErrorKind::kOutput, {"ddof", "expected 0, found 1"});
        }
        run.resume = true;
        window(o, run);
        run.resume = false;
        EXPECT_TRUE(read_file(o.output) == whole);
      }
      run.resume = true;  // what is complete is left alone
      const auto before = std::filesystem::last_write_time(o.output);
      window(o, run);
      EXPECT_EQ(std::filesystem::last_write_time(o.output), before);
      std::filesystem::remove(o.output);
    }
  EXPECT_GT(stopped, 10);
}

}  // namespace
}  // namespace sluice
