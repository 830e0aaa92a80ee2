// Random matrices that any tile of can be computed alone; the same file at any thread count and backend.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "host/matrix.h"
#include "host/run.h"
#include "kernels/backend.h"

namespace sluice {

struct GenerateOptions {
  std::int64_t rows = 0, columns = 0;
  DType type = DType::kFloat32;  // float32 or float64
  Distribution distribution = Distribution::kUniform;
  std::uint64_t seed = 0;
  std::int64_t correlated_pairs = 0;  // disjoint pairs of rows: row b = row a times uniform numbers
  double low = 0.8, high = 0.9;       // of those numbers
  std::int64_t distance = 0;          // b - a of every pair; 0: any
  std::string output;                 // .npy, .h5, else raw; pairs go to output + ".pairs.csv"
};

struct GenerateCheck {  // against the serial backend, bit by bit
  std::int64_t entries = 0, differing = 0;
  std::int64_t row = 0, column = 0;  // of the first that differs
};

struct GeneratePlan {
  std::uint64_t bytes = 0, disk_free = 0;
  std::uint64_t memory = 0;  // bytes that may be held
  double estimated_seconds = 0;
  std::string device;
};

struct GenerateSummary {
  RunSummary run;
  std::optional<GenerateCheck> check;  // --device check
  std::uint64_t bytes = 0;
  std::string format, pairs_file, open_hint;
};

/// Error{kUsage} where generate_matrix() would refuse the options.
void check_generate(const GenerateOptions&);

/// What generate_matrix() would do; draws one piece to measure.
GeneratePlan plan_generate(const GenerateOptions&, const RunOptions&);

/// Error{kUsage}: extents that overflow, more pairs than rows / 2, distance that leaves no room.
GenerateSummary generate_matrix(const GenerateOptions&, const RunOptions&);

}  // namespace sluice
