// Light curves for tests: from rows in memory, from stored arrays, and from the real text files.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "host/lc/features.h"
#include "matrix_files.h"

namespace sluice::test {

inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct LcRow {
  std::int64_t object;
  std::size_t band;
  double t, flux, error;
};

/// Rows in any order, side by side as lc::Curves wants them.
inline lc::Curves curves_of(std::vector<LcRow> rows, const std::vector<std::string>& bands,
                            std::vector<std::int64_t> objects) {
  std::stable_sort(rows.begin(), rows.end(), [](const LcRow& a, const LcRow& b) {
    return std::tie(a.object, a.band, a.t) < std::tie(b.object, b.band, b.t);
  });
  lc::Curves c;
  c.bands = bands, c.objects = std::move(objects);
  std::size_t next = 0;
  c.starts.push_back(0);
  for (const std::int64_t object : c.objects)
    for (std::size_t band = 0; band < bands.size(); ++band) {
      for (; next < rows.size() && rows[next].object == object && rows[next].band == band; ++next) {
        c.t.push_back(rows[next].t), c.flux.push_back(rows[next].flux), c.error.push_back(rows[next].error);
      }
      c.starts.push_back(c.rows());
    }
  return c;
}

inline Matrix stored(const std::string& name) {
  return read_npy(std::string(SLUICE_TEST_DATA) + "/lc/" + name);
}

/// The real curves of SLUICE_REAL_DATA/antares; empty where that is not set.
inline std::vector<LcRow> real_rows(const std::string& bands) {
  std::vector<LcRow> rows;
  const char* const folder = std::getenv("SLUICE_REAL_DATA");
  if (folder == nullptr) return rows;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(std::string(folder) + "/antares")) {
    const std::string stem = entry.path().stem().string();
    if (entry.path().extension() != ".dat") continue;
    const std::int64_t object = std::stoll(stem.substr(stem.find_first_of("0123456789")));
    std::ifstream in(entry.path());
    for (std::string line; std::getline(in, line);) {
      std::istringstream words(line);
      LcRow row{object, 0, 0, 0, 0};
      std::string band;
      if (!(words >> row.t >> band >> row.flux >> row.error)) continue;
      row.band = bands.find(band);
      if (row.band != std::string::npos) rows.push_back(row);
    }
  }
  return rows;
}

inline std::vector<std::string> letters(const std::string& bands) {
  std::vector<std::string> names;
  for (const char c : bands) names.emplace_back(1, c);
  return names;
}

inline std::size_t column_of(const lc::Features& f, const std::string& name) {
  for (std::size_t i = 0; i < f.columns.size(); ++i)
    if (f.columns[i].name == name) return i;
  throw std::runtime_error("no column " + name);
}

inline double value_of(const lc::Features& f, std::size_t object, const std::string& name) {
  return f.values[object * f.columns.size() + column_of(f, name)];
}

inline lc::Features features_on(const std::string& device, const lc::Curves& curves,
                                const lc::FeatureOptions& options, int threads = 2) {
  RunOptions run;
  run.device = device, run.threads = threads;
  Machine machine = open_machine(run);
  return lc::compute_features(machine, curves, options);
}

inline lc::FeatureOptions asking(const std::string& list) {
  lc::FeatureOptions options;
  options.features = lc::parse_features(list);
  return options;
}

}  // namespace sluice::test
