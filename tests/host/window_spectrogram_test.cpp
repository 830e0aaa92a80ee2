// Pictures of spectra: a panel a channel, read back from every kind of result, the power where it belongs.
#include "host/window/spectrogram.h"

#include "spectrum_file_support.h"

namespace sluice {
namespace {

using namespace test;
using namespace window_detail;

/// Sines of other frequencies in each channel, in cycles a sample.
Matrix sines(std::int64_t samples, std::int64_t channels) {
  Matrix x(samples, channels);
  for (std::int64_t t = 0; t < samples; ++t)
    for (std::int64_t c = 0; c < channels; ++c)
      x.at(t, c) = std::sin(2 * 3.14159265358979323846 * 0.05 * double(c + 1) * double(t));
  return x;
}

const picture::ImageLayer& image_of(const picture::Figure& figure, std::size_t panel) {
  return std::get<picture::ImageLayer>(figure.panels.at(panel).layers.at(0));
}

TEST(WindowSpectrogram, PowerLiesAtItsFrequencyInEveryFormat) {
  TempDir folder(TempDir::kQuick);
  const std::string input = write_npy(folder / "x.npy", sines(4000, 3), DType::kFloat64);
  RunOptions run = run_on("cpu");
  for (const char* name : {"p.h5", "p.npy", "p.bin", "two.npy", "s.h5", "s.npy"}) {
    WindowOptions o = windows_of(input, 100, 50, folder / name);
    o.statistics.clear();
    (name[0] == 's' ? o.spectrum.stft : o.spectrum.psd) = true;
    if (name[0] == 't') o.spectrum.sided = "two";
    window(o, run);
    const Problem p = open_problem(o, {run, true, {}});
    ASSERT_NE(spectrum_of(p), nullptr);
    Budget budget(64 << 20, "--memory");
    picture::Figure figure;
    add_spectrograms(p, 3, run, budget, figure);
    ASSERT_EQ(figure.panels.size(), 3u);
    for (std::size_t c = 0; c < 3; ++c) {
      const picture::ImageLayer& image = image_of(figure, c);
      ASSERT_EQ(image.columns, 79) << name;
      ASSERT_EQ(image.rows, p.spectra->frequencies()) << name;
      const double apart = (image.y_high - image.y_low) / double(image.rows);
      std::vector<double> most(std::size_t(image.columns), 0), at(most);
      for (std::int64_t r = 0; r < image.rows; ++r)
        for (std::int64_t k = 0; k < image.columns; ++k)
          if (const double cell = image.cells[std::size_t(r * image.columns + k)];
              cell > most[std::size_t(k)])
            most[std::size_t(k)] = cell, at[std::size_t(k)] = image.y_low + (double(r) + 0.5) * apart;
      for (const double frequency : at) EXPECT_NEAR(std::fabs(frequency), 0.05 * double(c + 1), 1e-9) << name;
      for (const double cell : image.cells) ASSERT_GE(cell, 0.99e-12 * most[0]) << name;
    }
  }
}

TEST(WindowSpectrogram, FitsIntoWhatMemoryThereIs) {
  TempDir folder(TempDir::kQuick);
  WindowOptions o = windows_of(write_npy(folder / "x.npy", random_matrix(60000, 6, 4), DType::kFloat32), 2000,
                               40, folder / "p.h5");
  o.statistics.clear();
  o.spectrum.psd = true;
  RunOptions run = run_on("cpu");
  run.memory = std::uint64_t(1) << 20;
  for (bool fits = false; !fits; run.memory += fits ? 0 : std::uint64_t(1) << 20) {
    try {
      plan_window(o, run);
      fits = true;
    } catch (const Error& error) {
      ASSERT_EQ(int(error.kind()), int(ErrorKind::kMemory)) << error.what();
    }
  }
  o.picture = folder / "p.png";
  EXPECT_LE(window(o, run).run.memory_peak, run.memory);
  EXPECT_TRUE(std::filesystem::exists(o.picture));
}

TEST(WindowSpectrogram, SaysWhatItLeavesOut) {
  TempDir folder(TempDir::kQuick);
  const std::string input = write_npy(folder / "x.npy", sines(1000, 8), DType::kFloat32);
  WindowOptions o = windows_of(input, 100, 50, folder / "p.h5");
  o.statistics = {"median"};
  o.spectrum.psd = true;
  o.picture = folder / "p.png";
  EXPECT_EQ(window(o, run_on("cpu")).picture_note, "spectra of the first 6 of 8 channels");
  EXPECT_GT(std::filesystem::file_size(o.picture), 10000u);
  o.picture = folder / "c.png", o.output = folder / "c.h5", o.statistics = {"cov"}, o.spectrum.psd = false;
  expect_error([&] { window(o, run_on("cpu")); }, ErrorKind::kUsage, {"--picture", "expected a spectrum"});
  EXPECT_FALSE(std::filesystem::exists(o.output));
}

}  // namespace
}  // namespace sluice
