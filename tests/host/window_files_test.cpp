// `window` from file to file: every kind of input and output, plans, and what is refused.
#include "formats_support.h"
#include "window_support.h"

namespace sluice {
namespace {

using namespace test;

TEST(WindowFiles, InputsOfEveryKind) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = random_matrix(700, 5, 3, 20);
  Matrix counts = x;
  for (double& v : counts.values) v = std::round(v * 100);
  Matrix volts = counts;
  for (double& v : volts.values) v = v * 0.25 - 3;
  Matrix single = x;
  for (double& v : single.values) v = float(v);
  struct Kind {
    const char* name;
    std::string path;
    const Matrix* values;
    double bound = 1e-12;
    bool rows = false;
    double scale = 1, offset = 0;
    OpenOptions open = {};
  };
  OpenOptions raw;
  raw.rows = 700, raw.columns = 5, raw.has_shape = raw.has_type = true, raw.type = DType::kFloat64;
  write_file(folder / "x.bin", raw_bytes(x, DType::kFloat64));
  std::vector<Kind> kinds{
      {"C", write_npy(folder / "c.npy", x, DType::kFloat64), &x},
      {"Fortran", write_npy(folder / "f.npy", x, DType::kFloat64, true), &x},
      {"big-endian", write_npy(folder / "b.npy", x, DType::kFloat64, false, true), &x},
      {"channel-major", write_npy(folder / "t.npy", transposed(x), DType::kFloat64), &x, 1e-12, true},
      {"channel-major Fortran", write_npy(folder / "g.npy", transposed(x), DType::kFloat64, true), &x, 1e-12,
       true},
      {"float32", write_npy(folder / "s.npy", single, DType::kFloat32), &single, 1e-6},
      {"int16", write_npy(folder / "i.npy", counts, DType::kInt16), &counts},
      {"int32 scaled", write_npy(folder / "j.npy", counts, DType::kInt32), &volts, 1e-12, false, 0.25, -3},
      {"raw", folder / "x.bin", &x, 1e-12, false, 1, 0, raw},
  };
  for (const Kind& kind : kinds)
    for (const std::string& device : devices()) {
      SCOPED_TRACE(std::string(kind.name) + " on " + device);
      WindowOptions o = windows_of(kind.path, 120, 35, folder / "w.h5");
      o.input_options = kind.open, o.channels_are_rows = kind.rows;
      o.scale = kind.scale, o.scale_offset = kind.offset, o.statistics = kByHand;
      RunOptions run = run_on(device);
      run.force = true;
      window(o, run);
      expect_result(folder / "w.h5", *kind.values, 120, 35, kind.bound);
    }
  // A result is an input again.
  WindowOptions o = windows_of(folder / "w.h5:/mean", 4, 2, folder / "v.h5");
  o.statistics = kByHand;
  window(o, run_on("cpu"));
  expect_result(folder / "v.h5", matrix_of(folder / "w.h5:/mean"), 4, 2, 1e-12);
}

TEST(WindowFiles, OneChannelOfOneDimension) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = random_matrix(5000, 1, 9);
  WindowOptions o =
      windows_of(write_vector(folder / "x.npy", x.values, DType::kFloat64), 300, 7, folder / "w.h5");
  o.statistics = kByHand;
  for (const bool rows : {false, true}) {
    o.channels_are_rows = rows;
    RunOptions run = run_on("cpu");
    run.force = true;
    window(o, run);
    expect_result(folder / "w.h5", x, 300, 7, 1e-12);
  }
}

TEST(WindowFiles, FilesThatContinueEachOther) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = random_matrix(1100, 4, 12, 9);
  const auto part = [&](std::int64_t begin, std::int64_t end) {
    Matrix m(end - begin, 4);
    for (std::int64_t t = begin; t < end; ++t)
      for (std::int64_t c = 0; c < 4; ++c) m.at(t - begin, c) = x.at(t, c);
    return m;
  };
  // Natural order, not that of text: 2, 10, 100; the last window begins in one file and ends two later.
  const std::vector<std::pair<std::string, Matrix>> parts{
      {"p2", part(0, 301)}, {"p10", part(301, 900)}, {"p100", part(900, 950)}, {"p100b", part(950, 1100)}};
  for (const bool rows : {false, true})
    for (const bool fortran : {false, true}) {
      std::filesystem::create_directory(folder / "in");
      for (const auto& [name, m] : parts)
        write_npy(folder / ("in/" + name + ".npy"), rows ? transposed(m) : m, DType::kFloat64, fortran);
      write_file(folder / "in/p2.npy.meta.json", "{}");
      for (const std::string& input : {folder / "in", folder / "in/p*.npy"})
        for (const std::string& device : devices()) {
          SCOPED_TRACE(input + ' ' + device + (rows ? " rows" : "") + (fortran ? " Fortran" : ""));
          WindowOptions o = windows_of(input, 260, 70, folder / "w.h5");
          o.channels_are_rows = rows, o.statistics = kByHand;
          RunOptions run = run_on(device);
          run.force = true;
          window(o, run);
          expect_result(folder / "w.h5", x, 260, 70, 1e-12);
        }
    }
  const auto refused = [&](const std::string& input, const std::vector<std::string>& words) {
    expect_error([&] { plan_window(windows_of(input, 10, 5), run_on("cpu")); }, ErrorKind::kInput, words);
  };
  refused(folder / "in/q*.npy", {"q*.npy", "no file"});
  std::filesystem::create_directory(folder / "none");
  refused(folder / "none", {"without files"});
  write_npy(folder / "a1.npy", part(0, 20), DType::kFloat64);
  write_npy(folder / "a2.npy", part(0, 20), DType::kFloat32);
  refused(folder / "a*.npy", {"a2.npy", "does not continue", "expected float64, found float32"});
  write_npy(folder / "a2.npy", random_matrix(20, 3, 1), DType::kFloat64);
  refused(folder / "a*.npy", {"a2.npy", "channels: expected 4, found 3"});
}

TEST(WindowFiles, OutputsHoldTheSameNumbers) {
  TempDir folder(TempDir::kQuick);
  Matrix x = random_matrix(900, 3, 4);
  x.at(500, 1) = std::nan("");
  WindowOptions o = windows_of(write_npy(folder / "x.npy", x, DType::kFloat64), 100, 30, folder / "w.h5");
  o.rate = 10;
  o.statistics = {"mean", "count", "slope"};
  const WindowSummary summary = window(o, run_on("cpu"));
  EXPECT_EQ(summary.format, "hdf5");
  const Matrix mean = matrix_of(folder / "w.h5:/mean"), count = matrix_of(folder / "w.h5:/count"),
               time = matrix_of(folder / "w.h5:/time"), slope = matrix_of(folder / "w.h5:/slope");
  EXPECT_EQ(time.values[2], 6.0);
  for (const char* name : {"one.npy", "one.bin"}) {
    WindowOptions one = o;
    one.statistics = {"mean"}, one.output = folder / name;
    window(one, run_on("cpu"));
  }
  EXPECT_EQ(read_file(folder / "one.npy").substr(4096), element_bytes(folder / "w.h5:/mean"));
  EXPECT_EQ(read_file(folder / "one.bin"), element_bytes(folder / "w.h5:/mean"));
  o.output = folder / "w.csv";
  EXPECT_EQ(window(o, run_on("late")).format, "csv");
  std::istringstream lines(read_file(folder / "w.csv"));
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "window,start,time,mean_0,mean_1,mean_2,count_0,count_1,count_2,slope_0,slope_1,slope_2");
  for (std::int64_t k = 0; k < mean.rows; ++k) {
    std::getline(lines, line);
    std::vector<double> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');)
      cells.push_back(cell.empty() ? std::nan("") : std::stod(cell));
    while (cells.size() < 12) cells.push_back(std::nan(""));
    EXPECT_EQ(cells[0], double(k));
    EXPECT_EQ(cells[1], double(k * 30));
    EXPECT_EQ(cells[2], double(k) * 3);
    for (std::int64_t c = 0; c < 3; ++c) {
      const bool missing = std::isnan(mean.at(k, c));
      EXPECT_EQ(missing, c == 1 && k * 30 <= 500 && k * 30 + 100 > 500);
      EXPECT_EQ(count.at(k, c), missing ? 99 : 100);
      EXPECT_EQ(std::isnan(cells[std::size_t(3 + c)]), missing);
      if (missing) continue;
      EXPECT_EQ(cells[std::size_t(3 + c)], mean.at(k, c));
      EXPECT_EQ(cells[std::size_t(9 + c)], slope.at(k, c));
    }
  }
  EXPECT_FALSE(std::getline(lines, line));
}

TEST(WindowFiles, PlansSayWhatTheViewIs) {
  TempDir folder(TempDir::kQuick);
  const std::string input = write_npy(folder / "x.npy", random_matrix(10, 3, 1), DType::kFloat64);
  WindowPlan plan = plan_window(windows_of(input, 2, 2), run_on("cpu"));
  EXPECT_EQ(plan.shape, (std::array<std::int64_t, 3>{5, 2, 3}));
  EXPECT_EQ(plan.strides, (std::array<std::int64_t, 3>{48, 24, 8}));
  EXPECT_EQ(plan.shared_bytes, 240u);
  EXPECT_EQ(plan.outputs.size(), 4u);
  EXPECT_EQ(plan.output_bytes, 4u * 5 * 3 * 8);
  WindowOptions o = windows_of(input, 2, 1);
  o.channels_are_rows = true;
  EXPECT_EQ(plan_window(o, run_on("cpu")).strides, (std::array<std::int64_t, 3>{8, 8, 24}));
  o = windows_of(input, 1, 1);
  o.size = {2, true, "2s"}, o.step = {0.5, true, "500ms"}, o.rate = 2;
  plan = plan_window(o, run_on("cpu"));
  EXPECT_EQ(plan.size, 4);
  EXPECT_EQ(plan.step, 1);
  EXPECT_EQ(plan_window(windows_of(input, 2, 5), run_on("cpu")).advice.size(), 1u);
}

TEST(WindowFiles, BadRequestsAreNamed) {
  TempDir folder(TempDir::kQuick);
  const std::string input = write_npy(folder / "x.npy", random_matrix(50, 60, 1), DType::kFloat64);
  const auto refused = [&](auto change, ErrorKind kind, const std::vector<std::string>& parts) {
    WindowOptions o = windows_of(input, 10, 5, folder / "w.h5");
    change(o);
    expect_error([&] { window(o, run_on("cpu")); }, kind, parts);
    EXPECT_EQ(folder.names(), std::vector<std::string>{"x.npy"});
  };
  using O = WindowOptions&;
  refused([](O o) { o.size = samples(51); }, ErrorKind::kInput, {"shorter than a window", "51", "50"});
  refused([](O o) { o.size = samples(0); }, ErrorKind::kUsage, {"--size 0"});
  refused([](O o) { o.step = samples(-3); }, ErrorKind::kUsage, {"--step -3"});
  refused([](O o) { o.size = {2.5, false, "2.5"}; }, ErrorKind::kUsage, {"--size 2.5", "whole"});
  refused([](O o) { o.size = {2, true, "2s"}; }, ErrorKind::kUsage, {"--size 2s", "rate"});
  refused(
      [](O o) {
        o.size = {0.3, true, "300ms"}, o.rate = 25;
      },
      ErrorKind::kUsage, {"300ms", "whole", "7.5"});
  refused([](O o) { o.statistics = {"mean", "median2"}; }, ErrorKind::kUsage, {"median2"});
  refused([](O o) { o.statistics = {"mean", "mean"}; }, ErrorKind::kUsage, {"twice"});
  refused([](O o) { o.statistics = {""}; }, ErrorKind::kUsage, {"--stats"});
  refused([](O o) { o.min_count = 3; }, ErrorKind::kUsage, {"--min-count", "omit"});
  refused([](O o) { o.scale = 0; }, ErrorKind::kUsage, {"--scale 0"});
  refused([&](O o) { o.output = folder / "w.npy"; }, ErrorKind::kUsage, {"w.npy", "one statistic"});
  refused([&](O o) { o.output = folder / "w.h5:/x"; }, ErrorKind::kUsage, {"w.h5", "dataset"});
  refused([&](O o) { o.output = input, o.statistics = {"mean"}; }, ErrorKind::kUsage, {"also the input"});
  refused([](O o) { o.output = ""; }, ErrorKind::kUsage, {"-o"});
  refused([&](O o) { o.input = folder / "absent.npy"; }, ErrorKind::kInput, {"absent.npy"});
  WindowOptions o = windows_of(input, 55, 5);
  try {
    plan_window(o, run_on("cpu"));
    ADD_FAILURE();
  } catch (const Error& e) {
    EXPECT_NE(e.advice().find("--variables rows"), std::string::npos) << e.advice();
  }
  expect_error([&] { plan_window(windows_of(input, 5, 5), run_on("check")); }, ErrorKind::kUsage, {"check"});
  expect_error(
      [&] {
        window(
            windows_of(write_npy(folder / "empty.npy", Matrix(0, 3), DType::kFloat64), 5, 5, folder / "e.h5"),
            run_on("cpu"));
      },
      ErrorKind::kInput, {"holds nothing"});
}

TEST(WindowFiles, AnOutputThatExistsIsKept) {
  TempDir folder(TempDir::kQuick);
  const std::string input = write_npy(folder / "x.npy", random_matrix(50, 2, 1), DType::kFloat64);
  for (const char* name : {"w.h5", "w.csv"}) {
    const WindowOptions o = windows_of(input, 10, 5, folder / name);
    window(o, run_on("cpu"));
    const std::string before = read_file(o.output);
    expect_error([&] { window(o, run_on("cpu")); }, ErrorKind::kOutput, {"exists already"});
    RunOptions run = run_on("cpu");
    run.force = true;
    window(o, run);
    EXPECT_EQ(read_file(o.output), before);
  }
}

}  // namespace
}  // namespace sluice
