// scipy.signal's own spectra (tests/data/spectrum, made by tests/reference/make_spectrum_reference.py) on
// every backend.
#include <sstream>

#include "spectrum_file_support.h"

namespace sluice {
namespace {

using namespace test;

using Row = std::map<std::string, std::string>;

std::vector<Row> cases() {
  std::ifstream file(SLUICE_TEST_DATA "/spectrum/manifest.csv");
  const auto cells_of = [](const std::string& line) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    return cells;
  };
  std::string line;
  std::getline(file, line);
  const std::vector<std::string> fields = cells_of(line);
  std::vector<Row> all;
  while (std::getline(file, line)) {
    const std::vector<std::string> cells = cells_of(line);
    if (cells.size() != fields.size()) throw std::runtime_error("manifest.csv: not whole: " + line);
    Row row;
    for (std::size_t i = 0; i < cells.size(); ++i)
      if (cells[i] != "-") row[fields[i]] = cells[i];
    all.push_back(row);
  }
  return all;
}

std::string data(const std::string& name) {
  return std::string(SLUICE_TEST_DATA "/spectrum/") + name;
}

WindowOptions options_of(const Row& row, const std::string& output) {
  WindowOptions o =
      windows_of(data(row.at("x")), std::stoll(row.at("size")), std::stoll(row.at("step")), output);
  SpectrumOptions& s = o.spectrum;
  (row.at("kind") == "stft" ? s.stft : s.psd) = true;
  if (row.count("rate")) o.rate = std::stod(row.at("rate"));
  if (row.count("segment")) s.segment = samples(std::stoll(row.at("segment")));
  if (row.count("overlap")) s.overlap = samples(std::stoll(row.at("overlap")));
  if (row.count("nfft")) s.nfft = std::stoll(row.at("nfft"));
  s.taper = row.at("taper"), s.symmetric = row.at("symmetric") == "1";
  s.detrend = row.at("detrend"), s.scaling = row.at("scaling"), s.sided = row.at("sided");
  return o;
}

/// Relative to the largest value of each window and channel.
void compare(const Cube& found, const Cube& expected, double tolerance) {
  ASSERT_EQ(found.shape, expected.shape);
  ASSERT_EQ(found.type.substr(0, 2), expected.type.substr(0, 2));
  ASSERT_EQ(found.values.size(), expected.values.size());
  const std::size_t items = std::size_t(found.shape[0] * found.shape[1]),
                    values = found.values.size() / items;
  for (std::size_t i = 0; i < items; ++i) {
    double largest = 0;
    for (std::size_t k = 0; k < values; ++k)
      largest = std::max(largest, std::fabs(expected.values[i * values + k]));
    for (std::size_t k = 0; k < values; ++k)
      ASSERT_NEAR(found.values[i * values + k], expected.values[i * values + k], tolerance * largest)
          << "item " << i << " number " << k;
  }
}

TEST(WindowSpectrumReference, NumbersOfScipy) {
  TempDir folder(TempDir::kQuick);
  const std::vector<Row> all = cases();
  ASSERT_GT(all.size(), 40u);
  for (const Row& row : all)
    for (const std::string& device : devices()) {
      SCOPED_TRACE(row.at("case") + " on " + device);
      RunOptions run = run_on(device);
      run.force = true;
      window(options_of(row, folder / "w.npy"), run);
      compare(read_cube(folder / "w.npy"), read_cube(data(row.at("expected"))),
              std::stod(row.at("tolerance")));
    }
}

/// What is not given is scipy's default, of each function its own.
TEST(WindowSpectrumReference, Defaults) {
  TempDir folder(TempDir::kQuick);
  for (const char* name : {"plain", "stft", "welch_default_overlap"})
    for (const Row& row : cases()) {
      if (row.at("case") != name) continue;
      WindowOptions o = options_of(row, folder / (std::string(name) + ".npy"));
      SpectrumOptions plain;
      plain.psd = o.spectrum.psd, plain.stft = o.spectrum.stft, plain.segment = o.spectrum.segment;
      o.spectrum = plain;
      window(o, run_on("cpu"));
      compare(read_cube(o.output), read_cube(data(row.at("expected"))), 1e-12);
    }
}

}  // namespace
}  // namespace sluice
