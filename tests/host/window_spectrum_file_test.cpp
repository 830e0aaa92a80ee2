// Spectra from file to file: what lies in the results, with statistics beside, the same bytes at any memory
// and threads and after a stop, and what is refused.
#include <hdf5.h>

#include <atomic>

#include "spectrum_file_support.h"

namespace sluice {
namespace {

using namespace test;

/// A dataset of an HDF5 file by the library itself: its shape, and its numbers (of a compound r, i both).
struct Read {
  std::vector<hsize_t> shape;
  std::size_t element = 0;
  bool complex = false;
  std::vector<double> values;
};

Read read_dataset(const std::string& path, const char* name) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT),
              set = H5Dopen2(file, name, H5P_DEFAULT);
  if (set < 0) throw std::runtime_error(path + ": no dataset " + name);
  const hid_t space = H5Dget_space(set), type = H5Dget_type(set);
  Read read;
  read.shape.resize(std::size_t(H5Sget_simple_extent_ndims(space)));
  H5Sget_simple_extent_dims(space, read.shape.data(), nullptr);
  read.element = H5Tget_size(type), read.complex = H5Tget_class(type) == H5T_COMPOUND;
  std::size_t count = read.complex ? 2 : 1;
  for (const hsize_t n : read.shape) count *= n;
  read.values.resize(count);
  hid_t memory = H5T_NATIVE_DOUBLE;
  if (read.complex) {
    memory = H5Tcreate(H5T_COMPOUND, 16);
    H5Tinsert(memory, "r", 0, H5T_NATIVE_DOUBLE);
    H5Tinsert(memory, "i", 8, H5T_NATIVE_DOUBLE);
  }
  if (H5Dread(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, read.values.data()) < 0)
    throw std::runtime_error(path + ": " + name + " is not read");
  H5Dclose(set), H5Fclose(file);
  return read;
}

std::string text_attribute(const std::string& path, const char* name) {
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  const hid_t attribute = H5Aopen_by_name(file, "/", name, H5P_DEFAULT, H5P_DEFAULT);
  char* text = nullptr;
  const hid_t type = H5Aget_type(attribute);
  H5Aread(attribute, type, &text);
  const std::string found = text;
  H5free_memory(text);
  H5Aclose(attribute), H5Fclose(file);
  return found;
}

WindowOptions psd_of(const std::string& input, std::int64_t size, std::int64_t step,
                     const std::string& output) {
  WindowOptions o = windows_of(input, size, step, output);
  o.spectrum.psd = true;
  return o;
}

TEST(WindowSpectrumFiles, WhatLiesInAResult) {
  TempDir folder(TempDir::kQuick);
  const Matrix x = random_matrix(500, 3, 7, 5);
  WindowOptions o = psd_of(write_npy(folder / "x.npy", x, DType::kFloat64), 100, 30, folder / "w.h5");
  o.rate = 50;
  o.spectrum.bands = {{0.5, 4}, {4, 25.1}, {0, 26}};
  o.spectrum.taper = "tukey:0.5";
  o.statistics = {"mean", "centroid", "peak_frequency", "spectral_entropy", "max"};
  const WindowSummary summary = window(o, run_on("cpu"));
  EXPECT_EQ(summary.open_hints.front(), "h5py.File('" + o.output + "')['mean']");
  const Read psd = read_dataset(o.output, "psd"), f = read_dataset(o.output, "frequency"),
             bands = read_dataset(o.output, "band_power"), centroid = read_dataset(o.output, "centroid"),
             peak = read_dataset(o.output, "peak_frequency"),
             entropy = read_dataset(o.output, "spectral_entropy");
  EXPECT_EQ(psd.shape, (std::vector<hsize_t>{14, 3, 51}));
  EXPECT_EQ(f.shape, std::vector<hsize_t>{51});
  EXPECT_EQ(bands.shape, (std::vector<hsize_t>{14, 3, 3}));
  EXPECT_EQ(entropy.shape, (std::vector<hsize_t>{14, 3}));
  EXPECT_EQ(f.values[7], 3.5);
  EXPECT_EQ(text_attribute(o.output, "taper"), "tukey:0.5");
  EXPECT_EQ(text_attribute(o.output, "detrend"), "constant");
  EXPECT_EQ(text_attribute(o.output, "scaling"), "density");
  for (std::size_t item = 0; item < 14 * 3; ++item) {
    const double* p = &psd.values[item * 51];
    double total = 0, moment = 0, h = 0, sums[3] = {};
    for (std::size_t k = 0; k < 51; ++k) {
      total += p[k], moment += p[k] * f.values[k];
      for (std::size_t b = 0; b < 3; ++b)
        if (f.values[k] >= o.spectrum.bands[b].first && f.values[k] < o.spectrum.bands[b].second)
          sums[b] += p[k] * 0.5;
    }
    for (std::size_t k = 0; k < 51; ++k) h -= p[k] / total * std::log(p[k] / total);
    for (std::size_t b = 0; b < 3; ++b) EXPECT_NEAR(bands.values[item * 3 + b], sums[b], 1e-12 * total);
    EXPECT_NEAR(centroid.values[item], moment / total, 1e-11);
    EXPECT_NEAR(entropy.values[item], h, 1e-11);
    EXPECT_EQ(peak.values[item], f.values[std::size_t(std::max_element(p, p + 51) - p)]);
  }
  // The merged statistics beside them are what they are alone.
  WindowOptions plain = windows_of(o.input, 100, 30, folder / "m.h5");
  plain.statistics = {"mean", "max"};
  window(plain, run_on("cpu"));
  EXPECT_TRUE(element_bytes(o.output + ":/mean") == element_bytes(plain.output + ":/mean"));
  EXPECT_TRUE(element_bytes(o.output + ":/max") == element_bytes(plain.output + ":/max"));
}

TEST(WindowSpectrumFiles, ComplexNumbersAsH5pyHasThem) {
  TempDir folder(TempDir::kQuick);
  for (const DType type : {DType::kFloat32, DType::kFloat64}) {
    WindowOptions o =
        windows_of(write_npy(folder / "x.npy", random_matrix(300, 2, 3), type), 63, 20, folder / "w.h5");
    o.spectrum.stft = true, o.spectrum.sided = "two";
    RunOptions run = run_on("cpu");
    run.force = true;
    window(o, run);
    const Read stft = read_dataset(o.output, "stft"), f = read_dataset(o.output, "frequency");
    EXPECT_TRUE(stft.complex);
    EXPECT_EQ(stft.element, type == DType::kFloat32 ? 8u : 16u);
    EXPECT_EQ(stft.shape, (std::vector<hsize_t>{12, 2, 63}));
    EXPECT_DOUBLE_EQ(f.values[31], 31.0 / 63);
    EXPECT_DOUBLE_EQ(f.values[32], -31.0 / 63);
    o.output = folder / "w.npy";
    window(o, run);
    const Cube cube = read_cube(o.output);
    EXPECT_EQ(cube.type, type == DType::kFloat32 ? "<c8" : "<c16");
    EXPECT_EQ(cube.shape, (std::vector<std::int64_t>{12, 2, 63}));
    EXPECT_EQ(cube.values, stft.values);
    std::filesystem::remove(folder / "w.npy");
  }
}

TEST(WindowSpectrumFiles, LinesHoldWhatIsOneANumberAWindow) {
  TempDir folder(TempDir::kQuick);
  WindowOptions o = windows_of(write_npy(folder / "x.npy", random_matrix(300, 2, 3), DType::kFloat64), 64, 50,
                               folder / "w.csv");
  o.statistics = {"centroid", "mean"};
  window(o, run_on("cpu"));
  const std::string text = read_file(o.output);
  EXPECT_EQ(text.substr(0, text.find('\n')), "window,start,centroid_0,centroid_1,mean_0,mean_1");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 6);
  o.spectrum.psd = true, o.output = folder / "v.csv";
  expect_error([&] { window(o, run_on("cpu")); }, ErrorKind::kUsage, {"v.csv", "psd", "three"});
}

TEST(WindowSpectrumFiles, PaddedWindowsAndNaN) {
  TempDir folder(TempDir::kQuick);
  Matrix x = random_matrix(250, 2, 3);
  x.at(120, 1) = std::nan("");
  WindowOptions o = psd_of(write_npy(folder / "x.npy", x, DType::kFloat64), 60, 50, folder / "w.npy");
  o.partial = Partial::kPad;
  for (const std::string& device : devices()) {
    RunOptions run = run_on(device);
    run.force = true;
    window(o, run);
    const Cube cube = read_cube(o.output);
    ASSERT_EQ(cube.shape, (std::vector<std::int64_t>{5, 2, 31}));
    for (std::int64_t k = 0; k < 5; ++k)
      for (std::int64_t c = 0; c < 2; ++c)
        EXPECT_EQ(std::isnan(cube.values[std::size_t((k * 2 + c) * 31 + 4)]), k == 4 || (c == 1 && k == 2))
            << k << c;
  }
}

/// Every output, with statistics that merge beside; the elements of all datasets.
WindowOptions everything(const std::string& input, const std::string& output) {
  WindowOptions o = psd_of(input, 400, 150, output);
  o.spectrum.segment = samples(127), o.spectrum.overlap = samples(60);
  o.spectrum.bands = {{0, 0.1}, {0.1, 0.6}};
  o.statistics = {"mean", "spectral_entropy", "kurtosis"};
  return o;
}

TEST(WindowSpectrumFiles, MemoryThreadsAndReadingChangeNothing) {
  TempDir folder;
  const Matrix x = random_matrix(20000, 9, 5, 1000);
  for (const bool rows : {false, true}) {
    WindowOptions o =
        everything(write_npy(folder / "x.npy", rows ? transposed(x) : x, DType::kFloat64), folder / "w.h5");
    o.channels_are_rows = rows;
    RunOptions run = run_on("cpu");
    run.force = true;
    window(o, run);
    const std::string whole = read_file(o.output);
    for (const char* io : {"mmap", "pread", "direct"})
      for (const int threads : {1, 3})
        for (const std::uint64_t megabytes : {6, 12, 200}) {
          SCOPED_TRACE(testing::Message() << rows << ' ' << io << ' ' << threads << ' ' << megabytes);
          run.io = io, run.threads = threads, run.memory = megabytes << 20;
          try {
            const WindowSummary summary = window(o, run);
            EXPECT_LE(summary.run.memory_peak, run.memory);
            EXPECT_TRUE(read_file(o.output) == whole);
          } catch (const Error& e) {
            EXPECT_EQ(int(e.kind()), int(ErrorKind::kMemory)) << e.what();
            EXPECT_LT(megabytes, 12u) << e.what();
          }
        }
  }
}

TEST(WindowSpectrumFiles, TheStandInDeviceAgrees) {
  TempDir folder(TempDir::kQuick);
  WindowOptions o =
      everything(write_npy(folder / "x.npy", random_matrix(6000, 3, 2), DType::kFloat64), folder / "w.h5");
  RunOptions run = run_on("cpu");
  run.force = true;
  window(o, run);
  const Read whole = read_dataset(o.output, "psd");
  run.device = "late";
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    run.late_seed = seed;
    window(o, run);
    ASSERT_TRUE(read_dataset(o.output, "psd").values == whole.values) << seed;
  }
}

std::atomic<std::int64_t> writes_left{0};
std::atomic<bool> stop{false};
int stop_at_write(sys::Call call, const char*) {
  if (call == sys::Call::kWrite && --writes_left == 0) stop = true;
  return 0;
}

TEST(WindowSpectrumFiles, AStoppedRunGoesOn) {
  TempDir folder(TempDir::kQuick);
  WindowOptions o =
      everything(write_npy(folder / "x.npy", random_matrix(100000, 40, 6), DType::kFloat64), folder / "w.h5");
  RunOptions run = run_on("cpu", std::uint64_t(8) << 20);
  run.threads = 1, run.checkpoint_seconds = 0, run.stop = &stop;
  stop = false;
  window(o, run);
  const std::string whole = read_file(o.output);
  int stopped = 0;
  for (std::int64_t n = 3; n < 30; n += 5) {
    SCOPED_TRACE(n);
    std::filesystem::remove(o.output);
    stop = false, writes_left = n;
    sys::set_fault_hook(stop_at_write);
    try {
      window(o, run);
    } catch (const Error& e) {
      EXPECT_EQ(int(e.kind()), int(ErrorKind::kInterrupted)) << e.what();
      ++stopped;
    }
    sys::set_fault_hook(nullptr);
    stop = false, run.resume = true;
    if (std::filesystem::exists(o.output + ".journal")) {
      WindowOptions other = o;
      other.spectrum.taper = "hamming";
      expect_error([&] { window(other, run); }, ErrorKind::kOutput, {"taper", "hann", "hamming"});
    }
    window(o, run);
    run.resume = false;
    EXPECT_TRUE(read_file(o.output) == whole);
  }
  EXPECT_GT(stopped, 2);
}

TEST(WindowSpectrumFiles, WhatIsRefused) {
  TempDir folder(TempDir::kQuick);
  const std::string input = write_npy(folder / "x.npy", random_matrix(300, 2, 3), DType::kFloat64);
  const auto refused = [&](const std::vector<std::string>& words, const auto& change) {
    WindowOptions o = psd_of(input, 100, 50, folder / "w.h5");
    change(o);
    expect_error([&] { plan_window(o, run_on("cpu")); }, ErrorKind::kUsage, words);
  };
  refused({"--psd, --stft", "one of the two"}, [](auto& o) { o.spectrum.stft = true; });
  refused({"--nan omit"}, [](auto& o) { o.omit_nan = true; });
  refused({"--partial keep"}, [](auto& o) { o.partial = Partial::kKeep; });
  refused({"--overlap", "--segment"}, [](auto& o) { o.spectrum.overlap = samples(10); });
  refused({"--segment 101", "100 samples"}, [](auto& o) { o.spectrum.segment = samples(101); });
  refused({"--overlap 20", "less than"},
          [](auto& o) { o.spectrum.segment = o.spectrum.overlap = samples(20); });
  refused({"--nfft 99", "at least"}, [](auto& o) { o.spectrum.nfft = 99; });
  refused({"no taper 'han'"}, [](auto& o) { o.spectrum.taper = "han"; });
  refused({"tukey:2", "0 to 1"}, [](auto& o) { o.spectrum.taper = "tukey:2"; });
  refused({"kaiser", "0 to 700"}, [](auto& o) { o.spectrum.taper = "kaiser"; });
  refused({"hann:3", "takes no number"}, [](auto& o) { o.spectrum.taper = "hann:3"; });
  refused({"holds no frequency", "0.01"}, [](auto& o) { o.spectrum.bands = {{0.011, 0.019}}; });
  refused({"--taper", "goes with a spectrum"},
          [](auto& o) { o.spectrum.psd = false, o.spectrum.taper = "hann"; });
  refused({"--stft", "one segment"},
          [](auto& o) { o.spectrum.psd = false, o.spectrum.stft = true, o.spectrum.segment = samples(10); });
  refused({"--sided two"},
          [](auto& o) { o.spectrum.psd = false, o.spectrum.sided = "two", o.statistics = {"centroid"}; });
  refused({"is 0 for segments"}, [](auto& o) { o.size = o.step = samples(2), o.spectrum.symmetric = true; });
}

}  // namespace
}  // namespace sluice
