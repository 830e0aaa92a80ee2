// `window` of statistics that look at whole windows: the same bytes in one pass or two, at any memory,
// threads and devices, over the borders of files and after a stop; lines of text; what is refused.
#include <algorithm>
#include <atomic>
#include <fstream>
#include <sstream>

#include "window_support.h"

namespace sluice {
namespace {

using namespace test;

const std::vector<std::string> kMixed{"median", "mean",   "p05",  "mad", "kurtosis", "mean_crossings",
                                      "p97.5",  "acf(3)", "corr", "cov", "count"};
const std::vector<std::string> kTwo{"mean", "median"};

struct Case {
  const char* name;
  std::int64_t samples, channels, size, step;
};
const Case kCases[] = {{"overlap", 30000, 7, 1500, 250},
                       {"one sample", 6000, 3, 500, 1},
                       {"long", 60000, 7, 30000, 13000},
                       {"gaps", 60000, 7, 700, 9000}};

/// The least of a kind of memory that plans, as the refusal names it.
std::uint64_t least_memory(const WindowOptions& o, RunOptions run,
                           std::uint64_t RunOptions::*kind = &RunOptions::memory) {
  run.*kind = 1;
  for (int round = 0; round < 20; ++round) try {
      plan_window(o, run);
      break;
    } catch (const Error& e) {
      const std::string advice = e.advice();
      const std::size_t at = advice.find("memory ") + 7;
      const char unit = advice[advice.find_first_not_of("0123456789", at)];
      run.*kind = std::stoull(advice.substr(at)) << (unit == 'G'   ? 30
                                                     : unit == 'M' ? 20
                                                     : unit == 'K' ? 10
                                                                   : 0);
    }
  return run.*kind;
}

/// The least memory in which so many passes do it; 0: there is none.
std::uint64_t memory_of_passes(const WindowOptions& o, RunOptions run, std::size_t passes) {
  for (run.memory = least_memory(o, run); run.memory < std::uint64_t(1) << 32; run.memory += run.memory / 64)
    if (plan_window(o, run).passes.size() == passes) return run.memory;
  return 0;
}

double median_by_hand(const Matrix& x, std::int64_t begin, std::int64_t end, std::int64_t c) {
  std::vector<double> v;
  for (std::int64_t t = begin; t < end; ++t) v.push_back(x.at(t, c));
  std::sort(v.begin(), v.end());
  const std::size_t n = v.size();
  return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

void expect_medians(const std::string& dataset, const Matrix& x, std::int64_t size, std::int64_t step) {
  const Matrix found = matrix_of(dataset);
  ASSERT_EQ(found.rows, (x.rows - size) / step + 1);
  ASSERT_EQ(found.columns, x.columns);
  for (std::int64_t k = 0; k < found.rows; k += std::max<std::int64_t>(1, found.rows / 50))
    for (std::int64_t c = 0; c < x.columns; ++c)
      ASSERT_EQ(found.at(k, c), median_by_hand(x, k * step, k * step + size, c)) << k << ' ' << c;
}

TEST(WindowWhole, MemoryThreadsAndReadingChangeNothing) {
  for (const Case& c : kCases) {
    TempDir folder;
    for (const bool rows : {false, true}) {
      const Matrix x = random_matrix(c.samples, c.channels, 5, 1000);
      WindowOptions o = windows_of(write_npy(folder / "x.npy", rows ? transposed(x) : x, DType::kFloat64),
                                   c.size, c.step, folder / "w.h5");
      o.statistics = kMixed, o.channels_are_rows = rows;
      RunOptions run = run_on("cpu");
      run.force = true, run.memory = std::uint64_t(1) << 30;
      EXPECT_EQ(window(o, run).plan.passes.size(), 1u);
      const std::string whole = read_file(o.output);
      expect_medians(o.output + ":/median", x, c.size, c.step);
      for (const char* io : {"mmap", "pread"})
        for (const int threads : {1, 3})
          for (const bool tight : {false, true}) {
            SCOPED_TRACE(testing::Message() << c.name << rows << ' ' << io << ' ' << threads << ' ' << tight);
            run.io = io, run.threads = threads, run.memory = std::uint64_t(1) << 30;
            if (tight) run.memory = least_memory(o, run);
            const WindowSummary summary = window(o, run);
            EXPECT_LE(summary.run.memory_peak, run.memory);
            EXPECT_TRUE(read_file(o.output) == whole);
          }
    }
  }
}

TEST(WindowWhole, TwoPassesGiveTheBytesOfOne) {
  TempDir folder;
  const Matrix x = random_matrix(90000, 40, 5, 10);
  WindowOptions o =
      windows_of(write_npy(folder / "x.npy", x, DType::kFloat64), 30000, 10000, folder / "w.h5");
  o.statistics = {"median", "kurtosis", "mean", "argmax", "slope", "count"};
  RunOptions run = run_on("cpu");
  run.force = true, run.threads = 1, run.io = "pread", run.memory = std::uint64_t(1) << 30;
  EXPECT_EQ(window(o, run).plan.passes.size(), 1u);
  const std::string whole = read_file(o.output);
  run.memory = memory_of_passes(o, run, 2);
  ASSERT_GT(run.memory, 0u) << "one pass needs no more memory than two";
  const WindowSummary summary = window(o, run);
  ASSERT_EQ(summary.plan.passes.size(), 2u);
  EXPECT_NE(summary.plan.advice.back().find("median: a second pass over the series"), std::string::npos);
  EXPECT_LE(summary.run.memory_peak, run.memory);
  EXPECT_TRUE(read_file(o.output) == whole);
  o.output = folder / "w.csv";  // a line has all statistics
  expect_error([&] { window(o, run); }, ErrorKind::kMemory, {"whole", "--memory"});
}

TEST(WindowWhole, TooLittleMemorySaysHowMuchIsNeeded) {
  TempDir folder(TempDir::kQuick);
  WindowOptions o = windows_of(write_npy(folder / "x.npy", random_matrix(400000, 1, 5), DType::kFloat64),
                               390000, 100, folder / "w.h5");
  o.statistics = {"median"};
  RunOptions run = run_on("cpu");
  run.threads = 1, run.memory = std::uint64_t(4) << 20;
  expect_error([&] { window(o, run); }, ErrorKind::kMemory,
               {"median", "whole windows", "390000", "--memory"});
  run.memory = least_memory(o, run);
  const WindowSummary summary = window(o, run);
  EXPECT_LE(summary.run.memory_peak, run.memory);
}

#if defined(__SANITIZE_THREAD__)
#define SLUICE_RACES_BY_INTENT 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SLUICE_RACES_BY_INTENT 1
#endif
#endif

TEST(WindowWhole, DevicesAgreeAndAWaitLeftOutIsSeen) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = random_matrix(12000, 5, 2);
  WindowOptions o = windows_of(write_npy(folder / "x.npy", x, DType::kFloat64), 600, 100, folder / "w.h5");
  o.statistics = kTwo;
  RunOptions run = run_on("cpu");
  run.force = true;
  window(o, run);
  std::vector<std::string> whole;
  for (const std::string& name : kTwo) whole.push_back(element_bytes(folder / "w.h5:/" + name));
  run.device = "late";
  // Several tiles, so that buffers are used again.
  run.device_memory = least_memory(o, run, &RunOptions::device_memory);
  EXPECT_GT(window(o, run).plan.tiles, 2);
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    run.late_seed = seed;
    window(o, run);
    for (std::size_t i = 0; i < kTwo.size(); ++i)
      ASSERT_TRUE(element_bytes(folder / "w.h5:/" + kTwo[i]) == whole[i]) << seed << ' ' << kTwo[i];
  }
#ifndef SLUICE_RACES_BY_INTENT
  std::int64_t seen = 0;
  o.statistics = {"median"},
  o.output = folder / "m.h5";  // the waits are those of the pass over whole windows
  for (run.late_skip_wait = 1; run.late_skip_wait <= 12; ++run.late_skip_wait)
    for (run.late_seed = 1; run.late_seed <= 3; ++run.late_seed) {
      window(o, run);
      seen += element_bytes(o.output + ":/median") != whole[1];
    }
  EXPECT_GT(seen, 0);
#endif
  run.device = "serial", run.device_memory = 0, run.late_skip_wait = 0;
  o.statistics = kTwo, o.output = folder / "w.h5";
  window(o, run);
  EXPECT_TRUE(element_bytes(folder / "w.h5:/median") == whole[1]);
}

TEST(WindowWhole, FilesFollowEachOther) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = random_matrix(5000, 3, 4);
  std::int64_t at = 0;
  for (const auto& [name, rows] :
       {std::pair("part1.npy", 1200), std::pair("part2.npy", 1), std::pair("part10.npy", 3799)}) {
    Matrix piece(rows, 3);
    for (std::int64_t t = 0; t < rows; ++t)
      for (std::int64_t c = 0; c < 3; ++c) piece.at(t, c) = x.at(at + t, c);
    write_npy(folder / name, piece, DType::kFloat64);
    at += rows;
  }
  WindowOptions o = windows_of(folder / "part*.npy", 700, 90, folder / "w.h5");
  o.statistics = {"median", "max"};
  RunOptions run = run_on("cpu");
  window(o, run);
  expect_medians(o.output + ":/median", x, 700, 90);
}

TEST(WindowWhole, FloatInputGivesFloatResults) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = random_matrix(900, 5, 3);
  WindowOptions o = windows_of(write_npy(folder / "x.npy", x, DType::kFloat32), 90, 45, folder / "w.h5");
  o.statistics = {"median", "mean_crossings", "p10"};
  RunOptions run = run_on("cpu");
  const WindowSummary s = window(o, run);
  EXPECT_EQ(s.plan.outputs[0].dtype, "float32");
  EXPECT_EQ(s.plan.outputs[1].dtype, "float64");
  Matrix rounded = x;
  for (double& v : rounded.values) v = float(v);
  const Matrix found = matrix_of(o.output + ":/median");
  for (std::int64_t k = 0; k < found.rows; ++k)
    for (std::int64_t c = 0; c < 5; ++c)
      EXPECT_EQ(found.at(k, c), double(float(median_by_hand(rounded, k * 45, k * 45 + 90, c))));
}

TEST(WindowWhole, LinesHoldTheSameNumbers) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = random_matrix(2000, 2, 3);
  WindowOptions o = windows_of(write_npy(folder / "x.npy", x, DType::kFloat64), 500, 300, folder / "w.csv");
  o.statistics = {"median", "mean", "p90"};
  RunOptions run = run_on("cpu");
  window(o, run);
  std::ifstream file(o.output);
  std::string line;
  std::getline(file, line);
  EXPECT_EQ(line, "window,start,median_0,median_1,mean_0,mean_1,p90_0,p90_1");
  for (std::int64_t k = 0; std::getline(file, line); ++k) {
    std::stringstream cells(line);
    std::string cell;
    std::vector<double> numbers;
    while (std::getline(cells, cell, ',')) numbers.push_back(std::stod(cell));
    ASSERT_EQ(numbers.size(), 8u);
    for (std::int64_t c = 0; c < 2; ++c) {
      EXPECT_EQ(numbers[std::size_t(2 + c)], median_by_hand(x, k * 300, k * 300 + 500, c));
      EXPECT_NEAR(numbers[std::size_t(4 + c)], by_hand(x, k * 300, k * 300 + 500, c)["mean"], 1e-12);
    }
  }
}

TEST(WindowWhole, WhatCannotBeIsRefused) {
  TempDir folder(TempDir::kQuick);
  WindowOptions o = windows_of(write_npy(folder / "x.npy", random_matrix(900, 5, 3), DType::kFloat64), 90, 45,
                               folder / "w.h5");
  const RunOptions run = run_on("cpu");
  const auto refused = [&](std::vector<std::string> names, std::vector<std::string> parts) {
    o.statistics = std::move(names);
    expect_error([&] { plan_window(o, run); }, ErrorKind::kUsage, parts);
  };
  refused({"p101"}, {"p101", "0 to 100"});
  refused({"p"}, {"no statistic 'p'"});
  refused({"p-5"}, {"no statistic 'p-5'"});
  refused({"acf(-1)"}, {"acf(-1)", "lag"});
  refused({"acf(x)"}, {"acf(x)", "lag"});
  refused({"median", "median"}, {"given twice"});
  o.omit_nan = true;
  refused({"corr"}, {"--nan omit", "cov and corr"});
  o.omit_nan = false, o.output = folder / "w.csv";
  refused({"cov"}, {"two dimensions", "cov has three"});
  o.output = folder / "w.npy";
  refused({"cov"}, {"two dimensions", "cov has three"});
}

std::atomic<std::int64_t> writes_left{0};
std::atomic<bool> stop{false};
int stop_at_write(sys::Call call, const char*) {
  if (call == sys::Call::kWrite && --writes_left == 0) stop = true;
  return 0;
}

TEST(WindowWhole, AStoppedRunGoesOnAtAnyMemory) {
  int stopped = 0;
  TempDir folder(TempDir::kQuick);
  WindowOptions o = windows_of(write_npy(folder / "x.npy", random_matrix(20000, 40, 6), DType::kFloat64),
                               6000, 1000, folder / "w.h5");
  o.statistics = {"median", "kurtosis", "mean", "slope"};
  RunOptions run = run_on("cpu");
  run.threads = 1, run.checkpoint_seconds = 0, run.io = "pread", run.memory = std::uint64_t(1) << 30;
  window(o, run);
  const std::string whole = read_file(o.output);
  const std::uint64_t two = memory_of_passes(o, run, 2), one = memory_of_passes(o, run, 1);
  ASSERT_TRUE(two > 0 && one > two);
  run.stop = &stop;
  for (const bool begun_in_two : {false, true})
    for (std::int64_t n = 2; n < 60; n += 19) {
      SCOPED_TRACE(testing::Message() << begun_in_two << ' ' << n);
      std::filesystem::remove(o.output);
      stop = false, writes_left = n, run.memory = begun_in_two ? two : one;
      sys::set_fault_hook(stop_at_write);
      try {
        window(o, run);
      } catch (const Error& e) {
        EXPECT_EQ(int(e.kind()), int(ErrorKind::kInterrupted)) << e.what();
        ++stopped;
      }
      sys::set_fault_hook(nullptr);
      stop = false, run.resume = true, run.memory = begun_in_two ? one : two;
      window(o, run);
      run.resume = false;
      EXPECT_TRUE(read_file(o.output) == whole);
    }
  EXPECT_GT(stopped, 4);
}

}  // namespace
}  // namespace sluice
