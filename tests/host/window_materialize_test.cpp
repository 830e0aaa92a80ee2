// `window --materialize`: the windows themselves, element by element, of every layout, type and partial way;
// the same bytes at any memory and after a stop. And pictures of statistics.
#include <atomic>

#include "host/element.h"
#include "window_support.h"

namespace sluice {
namespace {

using namespace test;
using i64 = std::int64_t;

/// The bytes that the result should have.
std::string expected(const Matrix& x, i64 size, i64 step, DType type, bool pad = false) {
  const i64 windows = pad ? (x.rows + step - 1) / step : (x.rows - size) / step + 1;
  Matrix all(windows * size, x.columns);
  for (i64 k = 0; k < windows; ++k)
    for (i64 t = 0; t < size; ++t)
      for (i64 c = 0; c < x.columns; ++c)
        all.at(k * size + t, c) = k * step + t < x.rows ? x.at(k * step + t, c) : std::nan("");
  return raw_bytes(all, type);
}

WindowOptions whole(const std::string& input, i64 size, i64 step, const std::string& output) {
  WindowOptions o = windows_of(input, size, step, output);
  o.materialize = true;
  return o;
}

TEST(WindowMaterialize, EveryKindOfSeries) {
  TempDir folder(TempDir::kQuick);
  Matrix x = random_matrix(700, 5, 3, 20);
  for (double& v : x.values) v = std::round(v * 100);
  Matrix volts = x;
  for (double& v : volts.values) v = v * 0.25 - 3;
  struct Kind {
    std::string path;
    DType type;
    bool rows = false;
  };
  const Kind kinds[] = {
      {write_npy(folder / "c.npy", x, DType::kFloat64), DType::kFloat64},
      {write_npy(folder / "f.npy", x, DType::kFloat64, true), DType::kFloat64},
      {write_npy(folder / "b.npy", x, DType::kFloat32, false, true), DType::kFloat32},
      {write_npy(folder / "t.npy", transposed(x), DType::kFloat64), DType::kFloat64, true},
      {write_npy(folder / "g.npy", transposed(x), DType::kInt32, true), DType::kInt32, true},
      {write_npy(folder / "i.npy", x, DType::kInt16, false, true), DType::kInt16},
  };
  RunOptions run = run_on("cpu");
  run.force = true;
  for (const Kind& kind : kinds)
    for (const i64 step : {7, 40, 130}) {
      SCOPED_TRACE(kind.path + " " + std::to_string(step));
      WindowOptions o = whole(kind.path, 90, step, folder / "w.npy");
      o.channels_are_rows = kind.rows;
      window(o, run);
      EXPECT_TRUE(read_file(o.output).substr(4096) == expected(x, 90, step, kind.type));
      o.output = folder / "w.bin";
      window(o, run);
      EXPECT_TRUE(read_file(o.output) == expected(x, 90, step, kind.type));
      o.scale = 0.25, o.scale_offset = -3;
      window(o, run);
      const DType scaled = kind.type == DType::kFloat32 ? DType::kFloat32 : DType::kFloat64;
      EXPECT_TRUE(read_file(o.output) == expected(volts, 90, step, scaled));
      if (is_float(kind.type)) {
        o.scale = 1, o.scale_offset = 0, o.partial = Partial::kPad;
        window(o, run);
        const std::string got = read_file(o.output), want = expected(x, 90, step, kind.type, true);
        ASSERT_EQ(got.size(), want.size());
        i64 differ = 0;  // NaN may have any bits
        for (std::size_t i = 0; i < got.size(); i += size_of(kind.type))
          differ += got.compare(i, size_of(kind.type), want, i, size_of(kind.type)) != 0 &&
                    !std::isnan(element(got.data() + i, kind.type, false));
        EXPECT_EQ(differ, 0);
      }
    }
  EXPECT_NE(read_file(folder / "w.npy").find("'shape': (5, 90, 5)"), std::string::npos);
}

TEST(WindowMaterialize, Hdf5HasStartsAndTimes) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = random_matrix(500, 3, 2);
  WindowOptions o = whole(write_npy(folder / "x.npy", x, DType::kFloat64), 60, 25, folder / "w.h5");
  o.rate = 10;
  const WindowSummary summary = window(o, run_on("cpu"));
  EXPECT_EQ(summary.open_hints[0], "h5py.File('" + o.output + "')['windows']");
  const std::string file = read_file(o.output), want = expected(x, 60, 25, DType::kFloat64);
  EXPECT_NE(file.find(want), std::string::npos);
  EXPECT_EQ(matrix_of(o.output + ":/start").values[3], 75);
  EXPECT_EQ(matrix_of(o.output + ":/time").values[3], 7.5);
}

TEST(WindowMaterialize, WhatIsRefused) {
  TempDir folder(TempDir::kQuick);
  const std::string input = write_npy(folder / "x.npy", random_matrix(50, 2, 2), DType::kInt16);
  const auto refused = [&](const std::vector<std::string>& words,
                           const std::function<void(WindowOptions&)>& change) {
    WindowOptions o = whole(input, 10, 5, folder / "w.npy");
    change(o);
    expect_error([&] { window(o, run_on("cpu")); }, ErrorKind::kUsage, words);
  };
  refused({"--materialize and --stats"}, [](WindowOptions& o) { o.statistics = {"mean"}; });
  refused({"not written as text"}, [&](WindowOptions& o) { o.output = folder / "w.csv"; });
  refused({"--partial keep"}, [](WindowOptions& o) { o.partial = Partial::kKeep; });
  refused({"NaN, which int16 has not"}, [](WindowOptions& o) { o.partial = Partial::kPad; });
  refused({"--picture"}, [&](WindowOptions& o) { o.picture = folder / "p.png"; });
  EXPECT_EQ(folder.names(), std::vector<std::string>{"x.npy"});
}

std::atomic<i64> writes_left{0};
std::atomic<bool> stop{false};
int stop_at_write(sys::Call call, const char*) {
  if (call == sys::Call::kWrite && --writes_left == 0) stop = true;
  return 0;
}

TEST(WindowMaterialize, MoreThanMemoryAndAfterAStop) {
  TempDir folder;
  const Matrix x = random_matrix(40000, 4, 9);
  // Windows longer than a piece, and many short ones; 50 MB and more.
  for (const auto& [size, step] : {std::pair<i64, i64>{36000, 100}, {400, 11}}) {
    WindowOptions o = whole(write_npy(folder / "x.npy", x, DType::kFloat64), size, step, folder / "w.npy");
    RunOptions run = run_on("cpu", std::uint64_t(8) << 20);
    run.force = true;
    const WindowSummary summary = window(o, run);
    EXPECT_LE(summary.run.memory_peak, run.memory);
    EXPECT_GT(summary.plan.output_bytes, 4 * run.memory);
    const std::string full = read_file(o.output);
    EXPECT_TRUE(full.substr(4096) == expected(x, size, step, DType::kFloat64));
    run.memory = std::uint64_t(1) << 20, run.threads = 3, run.checkpoint_seconds = 0, run.stop = &stop;
    for (const i64 n : {5, 40}) {
      std::filesystem::remove(o.output);
      stop = false, writes_left = n;
      sys::set_fault_hook(stop_at_write);
      expect_error([&] { window(o, run); }, ErrorKind::kInterrupted, {"interrupted"});
      sys::set_fault_hook(nullptr);
      stop = false;
      run.resume = true;
      EXPECT_TRUE(window(o, run).run.resumed);
      run.resume = false;
      EXPECT_TRUE(read_file(o.output) == full);
    }
  }
}

TEST(WindowPicture, OfEveryOutputAndManyWindows) {
  TempDir folder(TempDir::kQuick);
  WindowOptions o = windows_of(write_npy(folder / "x.npy", random_matrix(30000, 3, 9), DType::kFloat64), 100,
                               1, folder / "w.h5");
  o.statistics = {"mean", "std", "argmax", "skew", "slope"};
  o.picture = folder / "p.svg";
  RunOptions run = run_on("cpu");
  run.force = true;
  EXPECT_NE(window(o, run).picture_note.find("29,901 windows as lowest and highest"), std::string::npos);
  std::string svg = read_file(o.picture);
  for (const char* word : {"windows of 100 samples", "29,901 windows of 3 channels"})
    EXPECT_NE(svg.find(word), std::string::npos) << word;
  o.step = samples(50);
  for (const char* name : {"w.csv", "w.h5", "w.npy", "w.bin"}) {
    o.output = folder / name;
    if (std::string(name) == "w.npy") o.statistics = {"std"};
    EXPECT_EQ(window(o, run).picture_note, "") << name;
    const std::string picture = read_file(o.picture);
    EXPECT_TRUE(picture != svg) << name;
    svg = std::string(name) == "w.h5" || std::string(name) == "w.npy" ? svg : picture;
  }
  o.input = write_npy(folder / "x.npy", random_matrix(900, 40, 9), DType::kFloat32);
  EXPECT_EQ(window(o, run).picture_note, "of 40 channels the highest, median and lowest");
  run.force = false;
  o.output = folder / "new.npy";
  expect_error([&] { window(o, run); }, ErrorKind::kOutput, {"p.svg: exists already"});
  o.picture = folder / "p.jpg";
  expect_error([&] { window(o, run); }, ErrorKind::kUsage, {"p.jpg"});
  EXPECT_FALSE(std::filesystem::exists(o.output));
}

}  // namespace
}  // namespace sluice
