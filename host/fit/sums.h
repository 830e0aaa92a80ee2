// Sums of products that a fit needs, of pieces of a table and of all: CellLayout says which. Monomials count
// from their shifts (source.h), so that offsets cost no digits. Pieces are summed by different threads and
// merged in the table's order, with the rounding errors of the merged sums kept (Neumaier): the totals
// depend on the pieces' borders alone.
#pragma once
#include <cstdint>
#include <vector>

#include "host/budget.h"
#include "host/fit/cells.h"
#include "host/fit/dense.h"
#include "host/fit/layout.h"
#include "host/fit/rows.h"

namespace sluice::fit {

/// Cells of one set of categories, each with as many sums as the table has pairs.
struct CellSums {
  explicit CellSums(const PairTable& table)
      : cells(table.categories.size()), width((table.monomials.size() + 3) / 4 * 4) {}
  CellMap cells;
  std::size_t width;                 // numbers a cell has: a multiple of 4, the last ones 0
  std::vector<double> sums, errors;  // by cell; errors of totals alone
};

struct Sums {
  explicit Sums(const CellLayout& layout);
  std::int64_t rows = 0, dropped = 0;
  double log_weights = 0;             // the sum of the weights' logarithms
  std::vector<double> dense, errors;  // of the first block's monomials, upper triangle of n x n
  std::vector<CellSums> tables;
  /// Adds a piece, or another total whose codes are the same.
  void merge(const Sums& piece, const std::vector<std::vector<std::size_t>>& touched);
  /// Sums with what they were off by.
  void settle();
  std::uint64_t bytes() const;
};

/// A thread's sums of one piece.
class PieceSums {
 public:
  PieceSums(const CellLayout& layout, const std::vector<double>& shifts);
  void restart();
  void take(const RowBlock& block);
  /// The sums; of tables, those cells that `touched()` lists.
  Sums& sums() { return sums_; }
  const std::vector<std::vector<std::size_t>>& touched() const { return touched_; }

 private:
  void add_table(std::size_t t, const RowBlock& block);
  std::size_t touch(std::size_t t, const std::int32_t* codes);
  const CellLayout& layout_;
  std::vector<double> shifts_;
  const DenseWays& ways_;
  Sums sums_;
  std::vector<std::vector<std::size_t>> touched_;  // of each table, cells in the order first met
  std::vector<std::vector<std::uint8_t>> is_touched_;
  std::vector<std::vector<std::int32_t>> direct_;  // of one category's codes: their cell, -1 where untouched
  std::vector<double> shifted_;                    // of all monomials, RowBlock::kRows apart
  std::vector<double> weighted_;
  std::vector<std::size_t> slots_;      // of monomials in shifted_: those of the first block come first
  std::vector<double> pairs_, none_;    // of a table, the columns that are products; zeros
  std::vector<const double*> columns_;  // of a table's pairs
  std::vector<unsigned> cells_;
};

}  // namespace sluice::fit
