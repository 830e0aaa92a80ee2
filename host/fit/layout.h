// Which sums of products a plan needs. Every column of a design is a sum of indicator columns: a monomial in
// the rows of one cell (a combination of levels of some categories), 0 elsewhere. Sums of products of those
// stand in tables: for a set of categories, the cells that were seen, each with the sums of its pairs of
// monomials. A level that appears late is a new cell: nothing is read again, whatever the contrasts.
#pragma once
#include <cstddef>
#include <vector>

#include "host/fit/plan.h"

namespace sluice::fit {

/// Indicator columns of one set of categories.
struct CellBlock {
  std::vector<std::size_t> categories;  // ascending; none: one cell, all rows
  std::vector<std::size_t> monomials;   // the number 1 first
};

struct PairTable {
  std::vector<std::size_t> categories;                         // ascending, at least one
  std::vector<std::pair<std::size_t, std::size_t>> monomials;  // first <= second
};

struct CellLayout {
  /// The first is that of no category, with all its monomials and the response last.
  std::vector<CellBlock> blocks;
  std::vector<PairTable> tables;
  std::size_t monomials = 0;
  std::size_t table_of(const std::vector<std::size_t>& categories) const;  // of `tables`; size() where none
  std::size_t block_of(const std::vector<std::size_t>& categories) const;
};

CellLayout layout_of(const Plan& plan);

/// The union of two ascending sets.
std::vector<std::size_t> joined(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b);

}  // namespace sluice::fit
