// A band: the chunks of X, Y and weights that hold the same rows, encoded one behind the other.
#pragma once
#include <vector>

#include "host/design/dense_columns.h"
#include "host/formats/hdf5_encode.h"

namespace sluice::design {

struct BandShape {
  const fit::Plan* plan = nullptr;
  const fit::Design* design = nullptr;
  const std::vector<std::vector<std::int32_t>>* level_of = nullptr;
  bool weights = false;
  std::int64_t rows = 1, chunk_columns = 1;
  int level = 1;  // of compression
};

/// A thread's encoder of bands.
class BandEncoder {
 public:
  /// What the shape points to must live longer.
  explicit BandEncoder(const BandShape& shape);
  /// Rows that are missing are 0. Sets `stored`, and `bytes` of each chunk: those of X, of Y, of weights.
  void encode(const ParsedRows& parsed);
  std::vector<unsigned char> stored;
  std::vector<std::uint64_t> bytes;
  /// Bytes that one holds, and those of a band's parsed rows.
  static std::uint64_t memory(const BandShape& shape);
  static std::uint64_t parsed_memory(const BandShape& shape);

 private:
  void add(const std::vector<double>& values);
  BandShape s_;
  DenseColumns columns_;
  std::vector<double> x_, turned_;
  ChunkEncoder encoder_;
};

}  // namespace sluice::design
