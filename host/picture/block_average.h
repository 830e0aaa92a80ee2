// A matrix of any size as a small grid of block means, from tiles that stream by: what a heat map shows of
// it. Memory: 16 bytes a cell. Equal bytes are promised for equal calls of add() in equal order.
#pragma once
#include <cstdint>
#include <vector>

#include "host/picture/heatmap.h"

namespace sluice::picture {

class BlockAverage {
 public:
  /// A grid of at most `most_cells` (1 or more) cells in each direction; fewer where the matrix is smaller.
  /// Cell i of n covers the rows r with floor(r * n / full_rows) = i: blocks differ by one row at most.
  /// Error{kUsage}: negative extents, or no cells.
  BlockAverage(std::int64_t full_rows, std::int64_t full_columns, std::int64_t most_cells);

  /// Adds the tile whose first entry is (row, column) of the matrix; its rows start `ld` elements apart. Each
  /// entry is to be added once. mirror: of a symmetric matrix only this tile comes, not its transposed twin
  /// (Error{kUsage} where the matrix is not square).
  /// NaN and infinities are not counted. For one thread.
  void add(std::int64_t row, std::int64_t column, std::int64_t rows, std::int64_t columns, const float* tile,
           std::int64_t ld, bool mirror = false);
  void add(std::int64_t row, std::int64_t column, std::int64_t rows, std::int64_t columns, const double* tile,
           std::int64_t ld, bool mirror = false);

  std::int64_t rows() const { return rows_; }
  std::int64_t columns() const { return columns_; }
  /// Entries that were finite.
  std::int64_t counted() const;

  /// Means of the finite entries (infinite where their sum is beyond doubles), NaN in cells that have none;
  /// row-major.
  std::vector<double> grid() const;
  /// Cells and extents of a heat map; the rest of it is left as it is.
  void fill(HeatMap& map) const;

 private:
  struct Cell {
    double sum = 0;
    std::uint64_t count = 0;
  };
  template <class T>
  void add_tile(std::int64_t row, std::int64_t column, std::int64_t rows, std::int64_t columns, const T* tile,
                std::int64_t ld, bool mirror);

  std::int64_t full_rows_, full_columns_, rows_, columns_;
  std::vector<Cell> cells_;
};

}  // namespace sluice::picture
