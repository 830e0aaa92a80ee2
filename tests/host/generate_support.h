// Small generated matrices of every kind of shape, for tests of runs that do not end well.
#pragma once
#include "cov_support.h"
#include "host/generate.h"

namespace sluice::test {

struct GenerateShape {
  const char* name;
  std::int64_t rows, columns, pairs;
  const char* output;
  friend void PrintTo(const GenerateShape& s, std::ostream* out) { *out << s.name; }
};

inline GenerateOptions of(const GenerateShape& shape, const std::string& output) {
  GenerateOptions options;
  options.rows = shape.rows, options.columns = shape.columns;
  options.correlated_pairs = shape.pairs;
  options.seed = 11;
  options.output = output;
  return options;
}

inline RunOptions often(const std::string& device = "cpu") {
  RunOptions run = run_on(device, std::uint64_t(16) << 20);
  run.threads = 2;
  run.checkpoint_seconds = 0;
  return run;
}

inline void clear(const TempDir& folder, const std::string& beginning) {
  for (const std::string& name : folder.names())
    if (name.rfind(beginning, 0) == 0) std::filesystem::remove(folder / name);
}

inline const GenerateShape kGenerateShapes[] = {{"npy", 3000, 2100, 0, ".npy"},
                                                {"pairs", 600, 5000, 100, ".npy"},
                                                {"wide_rows", 2, 3000017, 1, ".npy"},
                                                {"hdf5", 2000, 2500, 0, ".h5"}};

inline std::string name_of_shape(const ::testing::TestParamInfo<GenerateShape>& info) {
  return info.param.name;
}

}  // namespace sluice::test
