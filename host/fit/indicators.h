// Z, the indicator columns of a layout's cells (layout.h), by number; their products from sums over cells;
// and the columns of a design as sums of them.
#pragma once
#include <map>
#include <vector>

#include "host/fit/layout.h"
#include "host/fit/sums.h"

namespace sluice::fit {

struct IndicatorWeight {
  std::size_t row;  // of Z's columns
  double value;
};
using IndicatorColumn = std::vector<IndicatorWeight>;
double dot(const IndicatorColumn& column, const std::vector<double>& values);

/// Which column of Z a monomial has in a cell of a block: those of a cell lie side by side, in the order of
/// the block's monomials. What is given must live longer.
class Indicators {
 public:
  using Codes = std::vector<std::int32_t>;
  Indicators(const CellLayout& layout, const std::vector<Codes>& level_of, const Sums& sums);
  std::size_t size() const { return size_; }
  const CellLayout& layout() const { return layout_; }
  /// The first column of each cell, by its levels.
  const std::map<Codes, std::size_t>& cells(std::size_t block) const { return cells_[block]; }
  /// Levels of some categories, of a table's codes.
  Codes levels(const std::vector<std::size_t>& wanted, const std::vector<std::size_t>& table,
               const std::int32_t* codes) const;
  std::size_t first(std::size_t block, const Codes& key) const { return cells_[block].at(key); }
  std::size_t column(std::size_t block, std::size_t first, std::size_t monomial) const;

 private:
  const CellLayout& layout_;
  const std::vector<Codes>& level_of_;
  std::vector<std::map<Codes, std::size_t>> cells_;
  std::size_t size_ = 0;
};

/// Z'Z, or with sums of weighted rows Z'WZ.
class IndicatorProducts {
 public:
  IndicatorProducts(const CellLayout& layout, const Indicators& z, const Sums& sums);
  /// Z'Z k
  void times(const IndicatorColumn& k, std::vector<double>& to) const;

 private:
  void add(const CellLayout& layout, const Indicators& z, const Sums& sums, std::size_t a, std::size_t b);
  std::size_t n_;
  std::vector<double> values_;
};

/// A design's columns, the response last: `shifted` with their monomials from the shifts, `off` what that
/// took away.
struct Coefficients {
  std::vector<IndicatorColumn> shifted, off;
};
Coefficients coefficients_of(const Plan& plan, const CellLayout& layout, const Design& design,
                             const Indicators& z, const std::vector<double>& shifts);

}  // namespace sluice::fit
