// Entries of one row and one cell are summed in eight lanes, which the compiler makes vectors of. Only where
// such a sum is not finite are its entries looked at one by one.
#include "host/picture/block_average.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "host/error.h"

namespace sluice::picture {
namespace {

std::int64_t cell_of(std::int64_t index, std::int64_t cells, std::int64_t full) {
  return std::int64_t(__int128(index) * cells / full);
}

/// The first index behind a cell.
std::int64_t end_of(std::int64_t cell, std::int64_t cells, std::int64_t full) {
  return std::int64_t((__int128(cell + 1) * full + cells - 1) / cells);
}

struct Sum {
  double sum = 0;
  std::uint64_t count = 0;
};

template <class T>
Sum sum_finite(const T* values, std::int64_t n) {
  double lane[8] = {};
  std::int64_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int k = 0; k < 8; ++k) lane[k] += double(values[i + k]);
  for (int k = 0; i < n; ++i, ++k) lane[k] += double(values[i]);
  const double sum =
      ((lane[0] + lane[4]) + (lane[1] + lane[5])) + ((lane[2] + lane[6]) + (lane[3] + lane[7]));
  if (std::isfinite(sum)) return {sum, std::uint64_t(n)};
  Sum finite;
  for (i = 0; i < n; ++i) {
    if (!std::isfinite(values[i])) continue;
    finite.sum += double(values[i]);
    ++finite.count;
  }
  return finite;
}

}  // namespace

BlockAverage::BlockAverage(std::int64_t full_rows, std::int64_t full_columns, std::int64_t most_cells)
    : full_rows_(full_rows),
      full_columns_(full_columns),
      rows_(std::min(full_rows, most_cells)),
      columns_(std::min(full_columns, most_cells)),
      cells_(full_rows < 0 || full_columns < 0 || most_cells < 1
                 ? throw Error(ErrorKind::kUsage, "a grid of block means: expected one cell or more, found " +
                                                      std::to_string(most_cells))
                 : std::size_t(rows_) * std::size_t(columns_)) {}

template <class T>
void BlockAverage::add_tile(std::int64_t row, std::int64_t column, std::int64_t rows, std::int64_t columns,
                            const T* tile, std::int64_t ld, bool mirror) {
  if (mirror && full_rows_ != full_columns_)
    throw Error(ErrorKind::kUsage, "block means of a matrix with a mirror: expected a square, found " +
                                       std::to_string(full_rows_) + " x " + std::to_string(full_columns_));
  struct Segment {  // the tile's columns that fall into one cell
    std::int64_t cell, begin, end;
  };
  std::vector<Segment> segments;
  for (std::int64_t j = 0; j < columns;) {
    const std::int64_t cell = cell_of(column + j, columns_, full_columns_);
    const std::int64_t end = std::min(columns, end_of(cell, columns_, full_columns_) - column);
    segments.push_back({cell, j, end});
    j = end;
  }
  for (std::int64_t i = 0; i < rows; ++i) {
    const std::int64_t down = cell_of(row + i, rows_, full_rows_);
    for (const Segment& s : segments) {
      const Sum part = sum_finite(tile + i * ld + s.begin, s.end - s.begin);
      Cell& cell = cells_[std::size_t(down * columns_ + s.cell)];
      cell.sum += part.sum, cell.count += part.count;
      if (!mirror) continue;  // a matrix with a mirror is square: both directions have the same cells
      Cell& twin = cells_[std::size_t(s.cell * columns_ + down)];
      twin.sum += part.sum, twin.count += part.count;
    }
  }
}

void BlockAverage::add(std::int64_t row, std::int64_t column, std::int64_t rows, std::int64_t columns,
                       const float* tile, std::int64_t ld, bool mirror) {
  add_tile(row, column, rows, columns, tile, ld, mirror);
}

void BlockAverage::add(std::int64_t row, std::int64_t column, std::int64_t rows, std::int64_t columns,
                       const double* tile, std::int64_t ld, bool mirror) {
  add_tile(row, column, rows, columns, tile, ld, mirror);
}

std::int64_t BlockAverage::counted() const {
  std::int64_t entries = 0;
  for (const Cell& cell : cells_) entries += std::int64_t(cell.count);
  return entries;
}

std::vector<double> BlockAverage::grid() const {
  std::vector<double> means;
  means.reserve(cells_.size());
  for (const Cell& cell : cells_)
    means.push_back(cell.count == 0 ? std::numeric_limits<double>::quiet_NaN()
                                    : cell.sum / double(cell.count));
  return means;
}

void BlockAverage::fill(HeatMap& map) const {
  map.cells = grid();
  map.rows = rows_, map.columns = columns_;
  map.full_rows = full_rows_, map.full_columns = full_columns_;
}

}  // namespace sluice::picture
