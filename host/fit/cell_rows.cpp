// A table from codes to columns for each block, made once; then every row looks up one place a block.
#include "host/fit/cell_rows.h"

#include <algorithm>

#include "host/error.h"

namespace sluice::fit {

CellRows::CellRows(const Plan& plan, const CellLayout& layout, const Design& design,
                   const std::vector<std::vector<std::int32_t>>& level_of, const std::vector<double>& shifts,
                   const Sums& sums, const std::vector<double>& estimates)
    : plan_(plan), shifts_(shifts), sums_(sums), z_(layout, level_of, sums), estimates_(z_.size()) {
  const Coefficients k = coefficients_of(plan, layout, design, z_, shifts);
  for (std::size_t j = 0; j < estimates.size(); ++j)
    for (const IndicatorWeight& w : k.shifted[j]) estimates_[w.row] += w.value * estimates[j];
  for (std::size_t b = 0; b < layout.blocks.size(); ++b) {
    const CellBlock& from = layout.blocks[b];
    Block& block = blocks_.emplace_back();
    block.categories = from.categories;
    std::vector<bool> used(from.monomials.size(), b == 0);  // shifts may stand in the first block's number 1
    if (b == 0) used.back() = false;                        // the response
    for (const Subterm& subterm : plan.subterms) {
      std::vector<std::size_t> categories = subterm.categories;
      std::sort(categories.begin(), categories.end());
      if (categories != from.categories) continue;
      used[z_.column(b, 0, subterm.monomial)] = true;
      if (shifts[subterm.monomial] != 0) used[0] = true;
    }
    for (std::size_t m = 0; m < used.size(); ++m)
      if (used[m]) block.used.push_back(m), block.monomials.push_back(from.monomials[m]);
    width_ += block.used.size();
    if (from.categories.empty()) continue;
    block.cells = &sums.tables[layout.table_of(from.categories)].cells;
    for (std::size_t cell = 0; cell < block.cells->size(); ++cell) {
      const std::int32_t* codes = block.cells->codes(cell);
      block.first.push_back(std::int32_t(z_.first(b, z_.levels(from.categories, from.categories, codes))));
      if (from.categories.size() > 1) continue;
      const auto code = std::size_t(codes[0]);
      if (code >= block.direct.size()) block.direct.resize(code + 1, -1);
      block.direct[code] = block.first.back();
    }
  }
}

void CellRows::find(const RowBlock& rows, Places& places) const {
  places.assign(blocks_.size() * RowBlock::kRows, 0);
  std::vector<std::int32_t> codes;
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    if (block.categories.empty()) continue;
    std::int32_t* to = places.data() + b * RowBlock::kRows;
    codes.resize(block.categories.size());
    for (std::size_t row = 0; row < rows.rows; ++row) {
      for (std::size_t k = 0; k < codes.size(); ++k) codes[k] = rows.codes[block.categories[k]][row];
      if (codes.size() == 1) {
        to[row] = std::size_t(codes[0]) < block.direct.size() ? block.direct[std::size_t(codes[0])] : -1;
      } else {
        const std::int32_t cell = block.cells->look(codes.data());
        to[row] = cell < 0 ? -1 : block.first[std::size_t(cell)];
      }
      if (to[row] < 0)
        throw Error(ErrorKind::kInput, "the table changed while it was read: a new combination of levels",
                    "run again on a file at rest");
    }
  }
}

void CellRows::residuals(const RowBlock& rows, const Places& places, double* to) const {
  std::copy_n(rows.monomials[plan_.response()], rows.rows, to);
  for (std::size_t b = 0; b < blocks_.size(); ++b) {
    const std::int32_t* first = places.data() + b * RowBlock::kRows;
    for (std::size_t m = 0; m < blocks_[b].used.size(); ++m) {
      const double* values = rows.monomials[blocks_[b].monomials[m]];
      const double* estimates = estimates_.data() + blocks_[b].used[m];
      for (std::size_t row = 0; row < rows.rows; ++row) to[row] -= values[row] * estimates[first[row]];
    }
  }
}

void CellRows::numbers(const RowBlock& rows, const Places& places, std::size_t row, std::int32_t* at,
                       double* values) const {
  for (std::size_t b = 0; b < blocks_.size(); ++b)
    for (std::size_t m = 0; m < blocks_[b].used.size(); ++m) {
      const std::size_t monomial = blocks_[b].monomials[m];
      *at++ = places[b * RowBlock::kRows + row] + std::int32_t(blocks_[b].used[m]);
      *values++ = rows.monomials[monomial][row] - shifts_[monomial];
    }
}

}  // namespace sluice::fit
