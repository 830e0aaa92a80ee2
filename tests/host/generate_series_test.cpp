// `generate series`: every kind of channel against its definition; the same bytes on every device, at any
// memory and threads, and after a stop; the rate goes on to `window`.
#include "host/generate_series.h"

#include <atomic>

#include "window_support.h"

namespace sluice {
namespace {

using namespace test;
using i64 = std::int64_t;

GenerateSeriesOptions series_of(
    const std::string& output, i64 samples,
    const std::string& channels = "normal,gamma,ramp,constant:2.5,sine:0.01,uniform") {
  GenerateSeriesOptions o;
  o.rate = 1, o.samples = samples, o.seed = 4, o.output = output;
  o.channels = parse_series_channels(channels);
  return o;
}

TEST(GenerateSeries, EachKindIsWhatItSays) {
  TempDir folder(TempDir::kQuick);
  const i64 n = 200000;
  generate_series(series_of(folder / "x.npy", n), run_on("cpu"));
  const Matrix x = matrix_of(folder / "x.npy");
  ASSERT_EQ(x.rows, n);
  ASSERT_EQ(x.columns, 6);
  double mean[6] = {}, square[6] = {};
  for (i64 t = 0; t < n; ++t) {
    for (i64 c = 0; c < 6; ++c) mean[c] += x.at(t, c) / double(n);
    ASSERT_EQ(x.at(t, 2), double(t));
    ASSERT_EQ(x.at(t, 3), 2.5);
    ASSERT_NEAR(x.at(t, 4), double(std::sin(6.283185307179586476925L * std::fmod(0.01L * t, 1.0L))), 2e-12);
    ASSERT_GT(x.at(t, 1), 0);
  }
  for (i64 t = 0; t < n; ++t)
    for (i64 c = 0; c < 6; ++c) square[c] += (x.at(t, c) - mean[c]) * (x.at(t, c) - mean[c]) / double(n);
  // Within five standard errors.
  EXPECT_NEAR(mean[0], 0, 5 / std::sqrt(double(n)));
  EXPECT_NEAR(square[0], 1, 5 * std::sqrt(2 / double(n)));
  EXPECT_NEAR(mean[1], 2, 5 * std::sqrt(2 / double(n)));
  EXPECT_NEAR(square[1], 2, 5 * std::sqrt(20 / double(n)));  // fourth moment 24, less 2^2
  EXPECT_NEAR(mean[5], 0.5, 5 * std::sqrt(1 / 12.0 / double(n)));
  // Shape 2, scale 1: P(X < 1) = 1 - 2 / e.
  i64 below = 0;
  for (i64 t = 0; t < n; ++t) below += x.at(t, 1) < 1;
  EXPECT_NEAR(double(below) / double(n), 1 - 2 / std::exp(1.0), 5 * 0.5 / std::sqrt(double(n)));
}

TEST(GenerateSeries, TheSameBytesEverywhere) {
  TempDir folder;
  GenerateSeriesOptions o = series_of(folder / "x.bin", 300000);
  RunOptions run = run_on("cpu");
  run.force = true;
  generate_series(o, run);
  const std::string whole = read_file(o.output);
  for (const std::string& device : devices())
    for (const int threads : {1, 3}) {
      run = run_on(device, std::uint64_t(threads == 1 ? 12 : 200) << 20);
      run.force = true, run.threads = threads;
      const GenerateSeriesSummary summary = generate_series(o, run);
      EXPECT_LE(summary.run.memory_peak, run.memory);
      EXPECT_TRUE(read_file(o.output) == whole) << device << ' ' << threads;
    }
  // A longer one begins with it; float32 is its rounding; the file's format does not matter.
  o.samples = 300100;
  generate_series(o, run);
  EXPECT_TRUE(read_file(o.output).substr(0, whole.size()) == whole);
  o.samples = 300000, o.output = folder / "x.h5";
  generate_series(o, run);
  EXPECT_TRUE(element_bytes(o.output) == whole);
  o.type = DType::kFloat32, o.output = folder / "s.npy";
  generate_series(o, run);
  const std::string singles = element_bytes(o.output);
  for (std::size_t i = 0; i < whole.size() / 8; i += 997) {
    double x;
    float y;
    std::memcpy(&x, whole.data() + 8 * i, 8), std::memcpy(&y, singles.data() + 4 * i, 4);
    ASSERT_EQ(float(x), y) << i;
  }
}

TEST(GenerateSeries, WindowTakesItsRate) {
  TempDir folder(TempDir::kQuick);
  for (const char* name : {"x.npy", "x.h5"}) {
    GenerateSeriesOptions o = series_of(folder / name, 4000);
    o.rate = 4;
    generate_series(o, run_on("cpu"));
    WindowOptions w;
    w.input = o.output, w.output = folder / "w.h5", w.statistics = {"slope"};
    w.size = {60, true, "1min"}, w.step = {30, true, "30s"};
    RunOptions run = run_on("cpu");
    run.force = true;
    const WindowSummary summary = window(w, run);
    EXPECT_EQ(summary.plan.size, 240);
    EXPECT_EQ(summary.plan.rate, 4);
    ASSERT_FALSE(summary.plan.notes.empty());
    EXPECT_NE(summary.plan.notes[0].find("--rate 4Hz"), std::string::npos);
    EXPECT_NEAR(matrix_of(w.output + ":/slope").at(0, 2), 4, 1e-11);  // the ramp, a second
  }
}

TEST(GenerateSeries, WindowRefusesFilesOfOtherRates) {
  TempDir folder(TempDir::kQuick);
  std::filesystem::create_directory(folder / "days");
  for (const int rate : {1, 2}) {
    GenerateSeriesOptions o = series_of(folder / ("days/d" + std::to_string(rate) + ".npy"), 100);
    o.rate = rate;
    generate_series(o, run_on("cpu"));
  }
  WindowOptions w = windows_of(folder / "days", 50, 50, folder / "w.h5");
  expect_error([&] { window(w, run_on("cpu")); }, ErrorKind::kInput, {"d2.npy", "1 Hz", "found 2 Hz"});
  w.rate = 1;
  EXPECT_EQ(window(w, run_on("cpu")).plan.windows, 4);
}

TEST(GenerateSeries, WhatIsRefused) {
  TempDir folder(TempDir::kQuick);
  const auto refused = [&](const std::vector<std::string>& words,
                           const std::function<void(GenerateSeriesOptions&)>& change) {
    GenerateSeriesOptions o = series_of(folder / "x.npy", 10);
    change(o);
    expect_error([&] { generate_series(o, run_on("cpu")); }, ErrorKind::kUsage, words);
  };
  refused({"--rate is missing"}, [](auto& o) { o.rate = 0; });
  refused({"--days and --samples"}, [](auto& o) { o.days = 1; });
  refused({"whole number of samples"}, [](auto& o) { o.samples = 0, o.days = 0.3, o.rate = 0.001; });
  refused({"sine:1e+300", "turns a sample"},
          [](auto& o) { o.rate = 1e-320, o.channels = parse_series_channels("sine:1e300"); });
  refused({"more than a file"}, [](auto& o) { o.samples = i64(1) << 60; });
  for (const char* bad : {"", "normal,", "sine", "sine:x", "sine:-1", "normal:2", "noise", "constant:nan"})
    expect_error([&] { parse_series_channels(bad); }, ErrorKind::kUsage, {"--channels"});
  EXPECT_EQ(text_of(parse_series_channels("sine:2Hz,constant,constant:-1")), "sine:2,constant,constant:-1");
}

std::atomic<i64> writes_left{0};
std::atomic<bool> stop{false};
int stop_at_write(sys::Call call, const char*) {
  if (call == sys::Call::kWrite && --writes_left == 0) stop = true;
  return 0;
}

TEST(GenerateSeries, AStoppedRunGoesOn) {
  TempDir folder;
  GenerateSeriesOptions o = series_of(folder / "x.npy", 400000);
  RunOptions run = run_on("cpu");
  generate_series(o, run);
  const std::string whole = read_file(o.output);
  std::filesystem::remove(o.output);
  run.threads = 1, run.checkpoint_seconds = 0, run.stop = &stop, run.force = true;
  stop = false, writes_left = 12;
  sys::set_fault_hook(stop_at_write);
  expect_error([&] { generate_series(o, run); }, ErrorKind::kInterrupted, {"interrupted"});
  sys::set_fault_hook(nullptr);
  stop = false, run.resume = true;
  GenerateSeriesOptions other = o;
  other.seed = 5;
  expect_error([&] { generate_series(other, run); }, ErrorKind::kOutput, {"--seed", "expected 4, found 5"});
  EXPECT_TRUE(generate_series(o, run).run.resumed);
  EXPECT_TRUE(read_file(o.output) == whole);
}

}  // namespace
}  // namespace sluice
