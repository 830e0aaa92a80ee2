// The answers of numpy, pandas and scipy for whole windows (tests/data/window_whole, made by
// tests/reference/make_window_whole_reference.py) on every backend.
#include <sstream>

#include "host/formats/hdf5_library.h"
#include "window_support.h"

namespace sluice {
namespace {

using namespace test;

struct Case {
  std::string x, nan, statistic, expected;
};

std::vector<Case> cases() {
  std::ifstream file(SLUICE_TEST_DATA "/window_whole/manifest.csv");
  std::string line;
  std::getline(file, line);
  std::vector<Case> all;
  while (std::getline(file, line)) {
    std::vector<std::string> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');) cells.push_back(cell);
    if (cells.size() != 4) throw std::runtime_error("manifest.csv: 4 columns expected in: " + line);
    all.push_back({cells[0], cells[1], cells[2], cells[3]});
  }
  return all;
}

std::string data(const std::string& name) {
  return std::string(SLUICE_TEST_DATA "/window_whole/") + name;
}

/// All elements of a dataset of any dimensions.
std::vector<double> dataset(const std::string& file, const std::string& name) {
  const Hdf5Lock lock;
  const Hdf5Id opened = open_hdf5_file(file, file);
  const Hdf5Id set(H5Dopen2(opened, name.c_str(), H5P_DEFAULT)), space(H5Dget_space(set));
  std::vector<double> values(std::size_t(H5Sget_simple_extent_npoints(space)));
  EXPECT_GE(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()), 0);
  return values;
}

/// Places to the last digit of the type; sums within 1e-12 of what they are of.
double bound_of(const std::string& statistic, bool single, double expected) {
  if (single) return 1e-6 * (1 + std::fabs(expected));
  if (statistic == "cov" || statistic == "corr" || statistic.rfind("acf", 0) == 0)
    return 1e-12 * (1 + std::fabs(expected));
  return 0;
}

TEST(WindowReference, WholeWindows) {
  const auto all = cases();
  ASSERT_GT(all.size(), 40u);
  for (const std::string& device : devices())
    for (const Case& one : all) {
      SCOPED_TRACE(device + ": " + one.expected);
      TempDir folder(TempDir::kQuick);
      WindowOptions o = windows_of(data(one.x), 60, 17, folder / "w.h5");
      const bool both = one.statistic == "median+p75";
      o.statistics =
          both ? std::vector<std::string>{"median", "p75"} : std::vector<std::string>{one.statistic};
      o.omit_nan = one.nan == "omit", o.ddof = 1;
      window(o, run_on(device));
      std::vector<double> found = dataset(o.output, o.statistics[0]);
      if (both)
        for (const double x : dataset(o.output, "p75")) found.push_back(x);
      const Matrix expected = matrix_of(data(one.expected));
      ASSERT_EQ(found.size(), expected.values.size());
      // pandas lies between two values in its own way; numpy has contracted products on a GPU.
      const double last = both || device == "cuda" ? 1e-15 : 0;
      for (std::size_t i = 0; i < found.size(); ++i) {
        const double e = expected.values[i];
        if (std::isnan(e) && std::isnan(found[i])) continue;
        ASSERT_LE(std::fabs(found[i] - e),
                  bound_of(one.statistic, one.x == "x_single.npy", e) + last * std::fabs(e))
            << i << ": " << found[i] << " for " << e;
      }
    }
}

}  // namespace
}  // namespace sluice
