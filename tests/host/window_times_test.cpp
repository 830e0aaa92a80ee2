// `window` where samples have times of their own: against windows found sample by sample, in long double; on
// every device, at any memory; equal times as the regular path; what is wrong with times.
#include <atomic>
#include <random>

#include "window_support.h"

namespace sluice {
namespace {

using namespace test;
using i64 = std::int64_t;

struct Timed {
  std::vector<double> times;  // seconds, of whole milliseconds
  Matrix x;
};

/// Irregular steps, gaps of many windows, samples at the same time, some NaN.
Timed irregular(i64 samples, i64 channels, double offset = 0) {
  std::mt19937_64 random(11);
  Timed t{{}, random_matrix(samples, channels, 3, offset)};
  i64 ms = 1'000'000'000;
  for (i64 i = 0; i < samples; ++i) {
    ms += i64(random() % 40000);
    if (random() % 2000 == 0) ms += 9'000'000;
    if (random() % 50 == 0 && i > 0) ms = i64(std::llround(t.times.back() * 1000));
    t.times.push_back(double(ms) / 1000);
    if (random() % 300 == 0) t.x.at(i, i64(random() % std::uint64_t(channels))) = std::nan("");
  }
  return t;
}

WindowLength seconds(double s) {
  return {s, true, std::to_string(s) + "s"};
}

WindowOptions timed_options(const TempDir& folder, const Timed& t, double size, double step) {
  WindowOptions o;
  o.input = write_npy(folder / "x.npy", t.x, DType::kFloat64);
  o.time = write_vector(folder / "t.npy", t.times, DType::kFloat64);
  o.size = seconds(size), o.step = seconds(step);
  o.output = folder / "w.h5";
  o.statistics = {"count", "mean", "std", "min", "max", "argmin", "argmax", "slope", "line_length", "sum"};
  return o;
}

i64 at_ms(double seconds) {
  return i64(std::llround(seconds * 1000));
}

/// The result against each window's own samples.
void expect_timed(const std::string& output, const Timed& t, i64 size_ms, i64 step_ms, bool keep,
                  double bound) {
  std::vector<i64> ms, steps;
  for (const double s : t.times) ms.push_back(at_ms(s));
  for (std::size_t i = 1; i < ms.size(); ++i) steps.push_back(ms[i] - ms[i - 1]);
  std::sort(steps.begin(), steps.end());
  const i64 half = i64(steps.size()) / 2;
  const double median = steps.size() % 2 == 1
                            ? double(steps[std::size_t(half)])
                            : double(steps[std::size_t(half)] + steps[std::size_t(half - 1)]) / 2;
  const double span = double(ms.back() - ms[0]) + median;
  const i64 windows = keep ? i64(std::ceil(span / double(step_ms)))
                           : i64(std::floor((span - double(size_ms)) / double(step_ms))) + 1;
  std::map<std::string, Matrix> found;
  for (const char* name : {"count", "mean", "std", "min", "max", "argmin", "argmax", "slope", "line_length",
                           "sum", "start", "time"})
    found[name] = matrix_of(output + ":/" + name);
  ASSERT_EQ(found["mean"].rows, windows);
  for (i64 k = 0; k < windows; ++k) {
    const i64 from = ms[0] + k * step_ms;
    const i64 begin = std::lower_bound(ms.begin(), ms.end(), from) - ms.begin();
    const i64 end = std::lower_bound(ms.begin(), ms.end(), from + size_ms) - ms.begin();
    ASSERT_EQ(found["start"].values[std::size_t(k)], double(begin)) << k;
    ASSERT_NEAR(found["time"].values[std::size_t(k)], double(from) / 1000, 1e-6) << k;
    for (i64 c = 0; c < t.x.columns; ++c) {
      SCOPED_TRACE(testing::Message() << k << ' ' << c << ' ' << begin << ' ' << end);
      std::vector<long double> x, time;
      bool nan = false;
      for (i64 i = begin; i < end; ++i) {
        nan = nan || std::isnan(t.x.at(i, c));
        x.push_back(t.x.at(i, c)), time.push_back(static_cast<long double>(ms[std::size_t(i)] - from) / 1000);
      }
      const auto got = [&](const char* name) { return found[name].at(k, c); };
      const i64 there = std::count_if(x.begin(), x.end(), [](long double v) { return !std::isnan(v); });
      ASSERT_EQ(got("count"), double(there));
      if (nan || x.empty()) {
        for (const char* name : {"mean", "std", "min", "argmax", "slope", "line_length", "sum"})
          ASSERT_TRUE(std::isnan(got(name))) << name;
        continue;
      }
      const long double n = x.size(), origin = x[0];
      long double sum = 0, middle = 0, squares = 0, times = 0, products = 0, line = 0;
      for (std::size_t i = 0; i < x.size(); ++i) sum += x[i] - origin, middle += time[i];
      for (std::size_t i = 0; i < x.size(); ++i) {
        const long double d = x[i] - origin - sum / n, u = time[i] - middle / n;
        squares += d * d, times += u * u, products += u * d;
        if (i > 0) line += std::fabs(x[i] - x[i - 1]);
      }
      const double std = double(std::sqrt(squares / n)), mean = double(origin + sum / n);
      const auto least = std::min_element(x.begin(), x.end()), most = std::max_element(x.begin(), x.end());
      ASSERT_NEAR(got("mean"), mean, bound * (std + std::fabs(mean)));
      ASSERT_NEAR(got("sum"), double(origin * n + sum), bound * double(n) * (std + std::fabs(mean)));
      ASSERT_NEAR(got("std"), std, bound * (std + 1));
      ASSERT_EQ(got("min"), double(*least));
      ASSERT_EQ(got("max"), double(*most));
      ASSERT_EQ(got("argmin"), double(least - x.begin()));
      ASSERT_EQ(got("argmax"), double(most - x.begin()));
      ASSERT_NEAR(got("line_length"), double(line), bound * double(line + 1));
      if (times > 1e-9) {  // at one time there is no slope
        ASSERT_NEAR(got("slope"), double(products / times), 1e-9 * (1 + std / double(std::sqrt(times / n))));
      }
    }
  }
}

struct Case {
  double size, step;
  bool keep = false;
};
// Cells of one and two a step, few and many a window, gaps between windows, cells of several segments.
const Case kCases[] = {{600, 600}, {3600, 600}, {3600, 700},         {100, 1000},
                       {5000, 50}, {30, 7},     {86400, 3600, true}, {200000, 90000}};

TEST(WindowTimes, AgainstEachWindowsOwnSamples) {
  TempDir folder(TempDir::kQuick);
  const Timed t = irregular(12000, 3, 50);
  for (const Case& c : kCases)
    for (const std::string& device : devices()) {
      SCOPED_TRACE(testing::Message() << c.size << ' ' << c.step << ' ' << device);
      WindowOptions o = timed_options(folder, t, c.size, c.step);
      o.partial = c.keep ? Partial::kKeep : Partial::kDrop;
      RunOptions run = run_on(device);
      run.force = true;
      window(o, run);
      expect_timed(o.output, t, at_ms(c.size), at_ms(c.step), c.keep, 1e-12);
    }
}

TEST(WindowTimes, MemoryAndThreadsChangeNothing) {
  TempDir folder(TempDir::kQuick);
  const Timed t = irregular(40000, 40, 1e5);
  for (const Case& c : kCases) {
    SCOPED_TRACE(testing::Message() << c.size << ' ' << c.step);
    if (c.step < 50) continue;
    WindowOptions o = timed_options(folder, t, c.size, c.step);
    RunOptions run = run_on("cpu");
    run.force = true, run.threads = 1;
    window(o, run);
    const std::string whole = read_file(o.output);
    run.memory = std::uint64_t(plan_window(o, run).memory);
    for (const int threads : {1, 3})
      for (const int part : {2, 4}) {
        run.threads = threads, run.memory = (std::uint64_t(1) << 25) * 4 / std::uint64_t(part);
        try {
          const WindowSummary summary = window(o, run);
          EXPECT_LE(summary.run.memory_peak, run.memory);
          EXPECT_TRUE(read_file(o.output) == whole) << threads << ' ' << part;
        } catch (const Error& e) {  // the states of many cells need what they need
          ASSERT_EQ(int(e.kind()), int(ErrorKind::kMemory)) << e.what();
          EXPECT_NE(e.advice().find("--memory"), std::string::npos);
        }
      }
  }
}

TEST(WindowTimes, BlocksOfChannels) {
  TempDir folder(TempDir::kQuick);
  const Timed t = irregular(9000, 200);
  WindowOptions o = timed_options(folder, t, 50000, 500);
  RunOptions run = run_on("cpu");
  run.force = true, run.threads = 1;
  window(o, run);
  const std::string whole = read_file(o.output);
  run.memory = std::uint64_t(10) << 20;
  EXPECT_LE(window(o, run).run.memory_peak, run.memory);
  EXPECT_TRUE(read_file(o.output) == whole);
}

TEST(WindowTimes, EqualIntervalsAreTheRegularPath) {
  TempDir folder(TempDir::kQuick);
  Timed t{{}, random_matrix(9000, 3, 5, 100)};
  for (i64 i = 0; i < 9000; ++i) t.times.push_back(100 + 0.1 * double(i));
  WindowOptions o = timed_options(folder, t, 60, 7);
  RunOptions run = run_on("cpu");
  run.force = true;
  window(o, run);
  WindowOptions plain = o;
  plain.time.clear(), plain.rate = 10, plain.output = folder / "p.h5";
  window(plain, run);
  for (const std::string& name : o.statistics)
    EXPECT_TRUE(element_bytes(o.output + ":/" + name) == element_bytes(plain.output + ":/" + name)) << name;
  EXPECT_NEAR(matrix_of(o.output + ":/time").values[1], 107, 1e-9);
  // From another origin, windows are cut by time: the same but for rounding, one window later.
  o.origin = "93", o.output = folder / "q.h5";
  window(o, run);
  const Matrix shifted = matrix_of(o.output + ":/mean"), whole = matrix_of(plain.output + ":/mean");
  ASSERT_EQ(shifted.rows, whole.rows + 1);
  for (i64 k = 0; k < whole.rows; ++k)
    for (i64 c = 0; c < 3; ++c) ASSERT_NEAR(shifted.at(k + 1, c), whole.at(k, c), 1e-12 * 100);
  EXPECT_EQ(matrix_of(o.output + ":/count").at(0, 0), 530);
}

TEST(WindowTimes, NoWindowBeginsBehindTheLastMomentThereIs) {
  TempDir folder(TempDir::kQuick);
  Matrix times(1, 3), x(3, 1);
  times.values = {-9.1e9, 0, 9.1e9}, x.values = {1, 2, 3};
  WindowOptions o = windows_of(write_npy(folder / "x.npy", x, DType::kFloat64), 1, 1, folder / "w.h5");
  o.time = write_npy(folder / "t.npy", times, DType::kFloat64);
  o.size = o.step = seconds(1000 * 86400.0);
  o.partial = Partial::kKeep;
  o.statistics = {"count"};
  window(o, run_on("cpu"));
  const Matrix begins = matrix_of(o.output + ":/time");
  ASSERT_GT(begins.values.size(), 200u);
  for (std::size_t k = 1; k < begins.values.size(); ++k)
    ASSERT_GT(begins.values[k], begins.values[k - 1]) << k;
  double counted = 0;
  for (const double n : matrix_of(o.output + ":/count").values) counted += n;
  EXPECT_EQ(counted, 3);
}

TEST(WindowTimes, WhatIsWrongWithTimes) {
  TempDir folder(TempDir::kQuick);
  Timed t = irregular(100, 1);
  const RunOptions run = run_on("cpu");
  const auto refused = [&](
                           ErrorKind kind, const std::vector<std::string>& words,
                           const std::function<void(WindowOptions&)>& change = [](WindowOptions&) {}) {
    WindowOptions o = timed_options(folder, t, 600, 60);
    change(o);
    expect_error([&] { window(o, run); }, kind, words);
    EXPECT_FALSE(std::filesystem::exists(o.output));
  };
  refused(ErrorKind::kUsage, {"--size 10", "expected a unit"},
          [](WindowOptions& o) { o.size = samples(10); });
  refused(ErrorKind::kUsage, {"--rate and --time"}, [](WindowOptions& o) { o.rate = 1; });
  refused(ErrorKind::kUsage, {"--partial pad"}, [](WindowOptions& o) { o.partial = Partial::kPad; });
  refused(ErrorKind::kUsage, {"--origin", "behind the last"}, [](WindowOptions& o) { o.origin = "2e9"; });
  refused(ErrorKind::kInput, {"shorter than a window"}, [](WindowOptions& o) { o.size = seconds(1e7); });
  refused(ErrorKind::kUsage, {"--materialize", "differ in their numbers"}, [](WindowOptions& o) {
    o.materialize = true, o.statistics.clear(), o.output.replace(o.output.size() - 2, 2, "npy");
  });
  t.times[40] = t.times[39] - 5;
  refused(ErrorKind::kInput, {"t.npy: row 41", "not sorted"});
  t.times[40] = std::nan("");
  refused(ErrorKind::kInput, {"t.npy: row 41", "expected a time"});
  t.times[40] = 1e12;
  refused(ErrorKind::kInput, {"t.npy: row 41", "292 years"});
  t.times.pop_back();
  refused(ErrorKind::kInput, {"expected 100 times", "found 99"});
}

std::atomic<i64> writes_left{0};
std::atomic<bool> stop{false};
int stop_at_write(sys::Call call, const char*) {
  if (call == sys::Call::kWrite && --writes_left == 0) stop = true;
  return 0;
}

TEST(WindowTimes, AStoppedRunGoesOn) {
  int stopped = 0;
  for (const Case& c : {Case{3600, 600}, Case{5000, 50}, Case{100, 1000}}) {
    TempDir folder(TempDir::kQuick);
    WindowOptions o = timed_options(folder, irregular(40000, 20), c.size, c.step);
    RunOptions run = run_on("cpu", std::uint64_t(24) << 20);
    run.threads = 1, run.checkpoint_seconds = 0, run.stop = &stop;
    stop = false;
    window(o, run);
    const std::string whole = read_file(o.output);
    for (i64 n = 30; n < 140; n += 20) {
      std::filesystem::remove(o.output);
      stop = false, writes_left = n;
      sys::set_fault_hook(stop_at_write);
      try {
        window(o, run);
      } catch (const Error& e) {
        EXPECT_EQ(int(e.kind()), int(ErrorKind::kInterrupted)) << e.what();
        stopped += std::filesystem::exists(o.output + ".journal");
      }
      sys::set_fault_hook(nullptr);
      stop = false;
      run.resume = true;
      window(o, run);
      run.resume = false;
      EXPECT_TRUE(read_file(o.output) == whole) << c.size << ' ' << n;
    }
  }
  EXPECT_GT(stopped, 3);
}

}  // namespace
}  // namespace sluice
