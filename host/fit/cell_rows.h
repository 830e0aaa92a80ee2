// Rows of a design by index: of the indicator columns (indicators.h) a row has numbers in few, whatever the
// levels of its categories are many. Residuals, leverages and scores then take those few, where the row
// written out would take all columns.
#pragma once
#include <vector>

#include "host/fit/indicators.h"
#include "host/fit/solution.h"

namespace sluice::fit {

class CellRows {
 public:
  /// `sums`: of all rows, whose cells they are. What is given must live longer.
  CellRows(const Plan& plan, const CellLayout& layout, const Design& design,
           const std::vector<std::vector<std::int32_t>>& level_of, const std::vector<double>& shifts,
           const Sums& sums, const std::vector<double>& estimates);
  const Indicators& indicators() const { return z_; }
  /// How many a table of the sums has.
  std::size_t cells(std::size_t table) const { return sums_.tables[table].cells.size(); }
  /// Numbers that a row has.
  std::size_t width() const { return width_; }

  /// The first column of each row's cell in each block: that of block b and row r at
  /// [b * RowBlock::kRows + r]. Error{kInput} for a cell that was not there when the sums were made.
  using Places = std::vector<std::int32_t>;
  void find(const RowBlock& block, Places& places) const;
  /// y less what the estimates say of it.
  void residuals(const RowBlock& block, const Places& places, double* to) const;
  /// The row's numbers from their shifts, and their columns: width() of each.
  void numbers(const RowBlock& block, const Places& places, std::size_t row, std::int32_t* at,
               double* values) const;

 private:
  struct Block {
    std::vector<std::size_t> categories;
    const CellMap* cells = nullptr;    // of the table
    std::vector<std::int32_t> first;   // by cell
    std::vector<std::int32_t> direct;  // of one category, by code; -1: none
    std::vector<std::size_t> used;     // which of the block's monomials columns have
    std::vector<std::size_t> monomials;
  };
  const Plan& plan_;
  const std::vector<double>& shifts_;
  const Sums& sums_;
  Indicators z_;
  std::vector<Block> blocks_;
  std::vector<double> estimates_;  // of Z's columns
  std::size_t width_ = 0;
};

}  // namespace sluice::fit
