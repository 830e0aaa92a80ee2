// Sums over pairs of a layout, compiled for two vector levels: what layout.cpp asks of either.
#pragma once
#include <cstdint>

#include "kernels/layout.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

inline constexpr int kLayoutRows = 8;               // most rows of a strip
inline constexpr std::int64_t kLayoutBlock = 2048;  // columns of a block: positions and sums stay near
inline constexpr int kLayoutVectors = int(kLayoutBlock) / 4;

/// Which pairs of a strip with a block count: a bit a lane, for each vector of columns its rows in turn.
struct LayoutMasks {
  std::uint8_t some[kLayoutVectors];  // 1: not all pairs of the vector count, and `lanes` says which
  std::uint16_t lanes[kLayoutVectors * kLayoutRows];
};

/// The pairs of rows [row, row + rows of the level) with columns [column, column + vectors lanes). Points are
/// dims x padded. Sums of 1 / (D + eps)^2 times the difference, or its signs, are added to `sums` (dims x
/// padded); where `both`, those of the columns are taken from there as well.
struct LayoutStrip {
  const void* points;
  void* sums;
  std::int64_t padded, row, column;
  std::int32_t vectors, dims;
  double eps;
  const LayoutMasks* masks;
};

struct LayoutLevel {
  int lanes, rows;  // of a vector, of a strip
  /// The sum of 1 / (D + eps) over the pairs.
  double (*take)(const LayoutStrip&);
};

/// `signs`: D is that of Manhattan. `both`: each pair serves its row and its column.
LayoutLevel narrow_layout(DType type, std::int32_t dims, bool signs, bool both);
/// For Level::kV4 and above.
LayoutLevel wide_layout(DType type, std::int32_t dims, bool signs, bool both);

}  // namespace sluice::SLUICE_BACKEND
