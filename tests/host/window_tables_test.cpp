// `window` of separated values: columns as channels, times of both kinds, files that continue each other, the
// same numbers as the same series in binary; memory; what is refused; results left out of their own folder.
#include "window_support.h"

namespace sluice {
namespace {

using namespace test;
using i64 = std::int64_t;

std::string field(double x) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", x);
  return std::isnan(x) ? "" : text;
}

/// Rows [begin, end) with a count, a text and the channels; time(i) stands before them.
template <class F>
std::string csv_of(const Matrix& x, i64 begin, i64 end, const F& time) {
  std::string text = "t,note,a,b,whole\n";
  for (i64 i = begin; i < end; ++i) {
    text += time(i) + ",n" + std::to_string(i % 3) + "," + field(x.at(i, 0)) + "," + field(x.at(i, 1)) + ",";
    text += std::to_string(i64(x.at(i, 2))) + "\n";
  }
  return text;
}

Matrix values(i64 rows) {
  Matrix x = random_matrix(rows, 3, 7, 20);
  for (i64 i = 0; i < rows; ++i) x.at(i, 2) = double(i * 7 % 100);
  for (i64 i = 5; i < rows; i += 97) x.at(i, 1) = std::nan("");
  return x;
}

std::string seconds_of(i64 i) {
  return std::to_string(10 + i) + (i % 2 == 0 ? "" : ".0");
}

std::string two(i64 n) {
  return (n < 10 ? "0" : "") + std::to_string(n);
}

/// Every 2 s, but for a gap of a minute behind row 200.
std::string iso_of(i64 i) {
  const i64 s = 2 * i + (i > 200 ? 60 : 0);
  return "2024-03-05T" + two(s / 3600) + ":" + two(s / 60 % 60) + ":" + two(s % 60);
}

TEST(WindowTables, TheSameNumbersAsABinarySeries) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = values(3000);
  write_file(folder / "x.csv", csv_of(x, 0, 3000, seconds_of));
  std::filesystem::create_directory(folder / "parts");
  write_file(folder / "parts/p2.csv", csv_of(x, 0, 1100, seconds_of));
  write_file(folder / "parts/p10.csv", csv_of(x, 1100, 3000, seconds_of));
  WindowOptions binary =
      windows_of(write_npy(folder / "x.npy", x, DType::kFloat64), 120, 35, folder / "x.h5");
  binary.statistics = {"mean", "std", "kurtosis", "count", "argmin", "slope"};
  binary.rate = 1;
  RunOptions run = run_on("cpu");
  run.force = true;
  window(binary, run);
  for (const bool timed : {false, true})
    for (const std::string& input : {folder / "x.csv", folder / "parts", folder / "parts/p*.csv"}) {
      SCOPED_TRACE(input);
      WindowOptions o = binary;
      o.input = input, o.output = folder / "c.h5";
      if (timed) {
        o.rate = 0, o.time = "t";
        o.size = {120, true, "120s"}, o.step = {35, true, "35s"};
      } else {
        o.table.options.select = {"a", "b", "whole"};
      }
      const WindowSummary summary = window(o, run);
      EXPECT_EQ(summary.plan.samples, 3000);
      EXPECT_EQ(summary.plan.channels, 3);
      for (const std::string& name : o.statistics)
        EXPECT_TRUE(element_bytes(o.output + ":/" + name) == element_bytes(binary.output + ":/" + name))
            << name;
      const std::vector<std::string> left = folder.names();
      EXPECT_EQ(std::count_if(left.begin(), left.end(), [](auto& n) { return n.find("spill") != n.npos; }),
                0);
    }
}

TEST(WindowTables, IrregularTimesAndEmptyWindows) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = values(600);
  write_file(folder / "x.csv", csv_of(x, 0, 600, iso_of));
  WindowOptions o;
  o.input = folder / "x.csv", o.time = "t", o.output = folder / "w.csv";
  o.size = {20, true, "20s"}, o.step = {20, true, "20s"};
  o.statistics = {"count", "mean"}, o.omit_nan = true;
  window(o, run_on("cpu"));
  const std::string text = read_file(o.output);
  EXPECT_EQ(text.substr(0, text.find('\n')),
            "window,start,time,count_a,count_b,count_whole,mean_a,mean_b,mean_whole");
  // Rows 0 to 200 end at 400 s: window 20 has one sample, 21 and 22 none, 23 begins with row 201 at 462 s.
  EXPECT_NE(text.find("\n20,200,2024-03-05T00:06:40,1.0,"), std::string::npos) << text;
  EXPECT_NE(text.find("\n21,201,2024-03-05T00:07:00,0.0,0.0,0.0,,,\n"), std::string::npos);
  EXPECT_NE(text.find("\n22,201,2024-03-05T00:07:20,0.0,0.0,0.0,,,\n"), std::string::npos);
  EXPECT_NE(text.find("\n23,201,2024-03-05T00:07:40,9.0,"), std::string::npos);
  // The last time is 1258 s, and the median interval 2: windows end by 1260 s.
  EXPECT_NE(text.find("\n62,"), std::string::npos);
  EXPECT_EQ(text.find("\n63,"), std::string::npos);
  o.origin = "2024-03-04T23:59:30", o.output = folder / "v.csv";
  window(o, run_on("cpu"));
  const std::string before = read_file(o.output);
  EXPECT_NE(before.find("\n0,0,2024-03-04T23:59:30,0.0,0.0,0.0,,,\n"), std::string::npos) << before;
  EXPECT_NE(before.find("\n1,0,2024-03-04T23:59:50,5.0,"), std::string::npos);
}

TEST(WindowTables, OneMomentIsAWindow) {
  TempDir folder(TempDir::kQuick);
  WindowOptions o;
  o.input = folder / "x.csv", o.time = "t", o.output = folder / "w.h5", o.partial = Partial::kKeep;
  o.size = {10, true, "10s"}, o.statistics = {"count", "max"};
  RunOptions run = run_on("cpu");
  run.force = true;
  for (const char* rows : {"5,2\n", "5,1\n5,2\n5,0\n"}) {
    write_file(o.input, std::string("t,x\n") + rows);
    window(o, run);
    const Matrix count = matrix_of(o.output + ":/count");
    ASSERT_EQ(count.rows, 1);
    EXPECT_EQ(count.values[0], double(std::string(rows).size() / 4));
    EXPECT_EQ(matrix_of(o.output + ":/max").values[0], 2);
  }
  o.partial = Partial::kDrop;
  expect_error([&] { window(o, run); }, ErrorKind::kInput, {"shorter than a window"});
}

TEST(WindowTables, KeepsToItsMemory) {
  TempDir folder;
  const Matrix x = values(60000);
  write_file(folder / "x.csv",
             csv_of(x, 0, 60000, [](i64 i) { return field(double(i) + 0.1 * double(i % 7)); }));
  WindowOptions o;
  o.input = folder / "x.csv", o.time = "t", o.output = folder / "w.h5";
  o.size = {600, true, "10min"}, o.step = {60, true, "1min"};
  RunOptions run = run_on("cpu", std::uint64_t(12) << 20);
  run.force = true;
  EXPECT_LE(window(o, run).run.memory_peak, run.memory);
  const std::string whole = read_file(o.output);
  run.memory = std::uint64_t(1) << 30, run.threads = 3;
  window(o, run);
  EXPECT_TRUE(read_file(o.output) == whole);
}

TEST(WindowTables, WhatIsRefused) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = values(100);
  const auto refused = [&](ErrorKind kind, const std::vector<std::string>& words,
                           const std::function<void(WindowOptions&)>& change, const auto& time) {
    write_file(folder / "x.csv", csv_of(x, 0, 100, time));
    WindowOptions o;
    o.input = folder / "x.csv", o.time = "t", o.output = folder / "w.h5";
    o.size = {10, true, "10s"};
    change(o);
    expect_error([&] { window(o, run_on("cpu")); }, kind, words);
    EXPECT_EQ(folder.names(), std::vector<std::string>{"x.csv"});
  };
  const auto nothing = [](WindowOptions&) {};
  refused(ErrorKind::kInput, {"x.csv", "t row 61", "not sorted"}, nothing,
          [](i64 i) { return seconds_of(i == 60 ? 50 : i); });
  refused(ErrorKind::kInput, {"x.csv", "t row 61", "expected a time"}, nothing,
          [](i64 i) { return i == 60 ? std::string() : seconds_of(i); });
  refused(
      ErrorKind::kUsage, {"--time when", "no such column"}, [](WindowOptions& o) { o.time = "when"; },
      seconds_of);
  refused(
      ErrorKind::kUsage, {"--time note", "found category"}, [](WindowOptions& o) { o.time = "note"; },
      seconds_of);
  refused(
      ErrorKind::kUsage, {"--columns note", "found category"},
      [](WindowOptions& o) { o.table.options.select = {"note"}; }, seconds_of);
  refused(
      ErrorKind::kUsage, {"--variables rows"}, [](WindowOptions& o) { o.channels_are_rows = true; },
      seconds_of);
  refused(
      ErrorKind::kUsage, {"the output is also the input"}, [](WindowOptions& o) { o.output = o.input; },
      seconds_of);
  refused(
      ErrorKind::kUsage, {"a time needs a sampling rate"}, [](WindowOptions& o) { o.time.clear(); },
      seconds_of);
}

TEST(WindowTables, AnEarlierResultIsNoInput) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = random_matrix(400, 2, 1);
  std::filesystem::create_directory(folder / "in");
  write_npy(folder / "in/x.npy", x, DType::kFloat64);
  struct Notes : Observer {
    std::string all;
    void note(const std::string& line) override { all += line + "\n"; }
  } notes;
  RunOptions run = run_on("cpu");
  run.force = true, run.observer = &notes, run.command = "sluice window in -o in/w.h5";
  WindowOptions o = windows_of(folder / "in", 40, 20, folder / "in/w.h5");
  o.statistics = kByHand, o.picture = folder / "in/p.png";
  window(o, run);
  EXPECT_EQ(notes.all.find("left out"), std::string::npos);
  const std::string first = element_bytes(o.output + ":/mean");
  window(o, run);
  EXPECT_NE(notes.all.find("left out of the series"), std::string::npos) << notes.all;
  EXPECT_NE(notes.all.find("in/w.h5"), std::string::npos);
  EXPECT_TRUE(element_bytes(o.output + ":/mean") == first);
  EXPECT_EQ(notes.all.find("p.png"), std::string::npos);
  o.output = folder / "v.h5";  // another result: the earlier one is known by its provenance
  window(o, run);
  expect_result(o.output, x, 40, 20, 1e-12);
}

TEST(WindowTables, AnEstimateNeedsNoMemory) {
  TempDir folder(TempDir::kQuick);
  WindowOptions o =
      windows_of(write_npy(folder / "x.npy", random_matrix(5000, 8, 1), DType::kFloat64), 4999, 1);
  RunOptions run = run_on("cpu", 1 << 16);
  expect_error([&] { plan_window(o, run); }, ErrorKind::kMemory, {"--memory"});
  const WindowPlan plan = estimate_window(o, run);
  EXPECT_EQ(plan.windows, 2);
  EXPECT_EQ(plan.tiles, 0);
  ASSERT_EQ(plan.advice.size(), 2u);
  EXPECT_NE(plan.advice[0].find("--memory"), std::string::npos);
}

}  // namespace
}  // namespace sluice
