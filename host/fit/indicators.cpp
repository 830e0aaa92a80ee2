// Cells in the order of their levels, blocks in the layout's.
#include "host/fit/indicators.h"

#include <algorithm>

namespace sluice::fit {

Indicators::Indicators(const CellLayout& layout, const std::vector<Codes>& level_of, const Sums& sums)
    : layout_(layout), level_of_(level_of), cells_(layout.blocks.size()) {
  for (std::size_t b = 0; b < layout.blocks.size(); ++b) {
    const CellBlock& block = layout.blocks[b];
    if (block.categories.empty()) cells_[b][{}] = 0;
    const std::size_t t = layout.table_of(block.categories);
    for (std::size_t c = 0; !block.categories.empty() && c < sums.tables[t].cells.size(); ++c)
      cells_[b][levels(block.categories, block.categories, sums.tables[t].cells.codes(c))] = 0;
    for (auto& [key, first] : cells_[b]) {
      first = size_;
      size_ += block.monomials.size();
    }
  }
}

Indicators::Codes Indicators::levels(const std::vector<std::size_t>& wanted,
                                     const std::vector<std::size_t>& table, const std::int32_t* codes) const {
  Codes found;
  for (const std::size_t category : wanted) {
    const auto at = std::find(table.begin(), table.end(), category) - table.begin();
    found.push_back(level_of_[category][std::size_t(codes[at])]);
  }
  return found;
}

std::size_t Indicators::column(std::size_t block, std::size_t first, std::size_t monomial) const {
  const auto& all = layout_.blocks[block].monomials;
  return first + std::size_t(std::find(all.begin(), all.end(), monomial) - all.begin());
}

IndicatorProducts::IndicatorProducts(const CellLayout& layout, const Indicators& z, const Sums& sums)
    : n_(z.size()), values_(n_ * n_, 0.0) {
  const auto& dense = layout.blocks[0].monomials;
  for (std::size_t i = 0; i < dense.size(); ++i)
    for (std::size_t j = i; j < dense.size(); ++j)
      values_[i * n_ + j] = values_[j * n_ + i] = sums.dense[i * dense.size() + j];
  for (std::size_t a = 0; a < layout.blocks.size(); ++a)
    for (std::size_t b = 0; b < layout.blocks.size(); ++b) add(layout, z, sums, a, b);
}

void IndicatorProducts::times(const IndicatorColumn& k, std::vector<double>& to) const {
  to.assign(n_, 0.0);
  for (const IndicatorWeight& w : k)
    for (std::size_t i = 0; i < n_; ++i) to[i] += values_[w.row * n_ + i] * w.value;
}

void IndicatorProducts::add(const CellLayout& layout, const Indicators& z, const Sums& sums, std::size_t a,
                            std::size_t b) {
  const CellBlock& left = layout.blocks[a];
  const CellBlock& right = layout.blocks[b];
  const auto both = joined(left.categories, right.categories);
  if (both.empty()) return;
  const PairTable& pairs = layout.tables[layout.table_of(both)];
  const CellSums& table = sums.tables[layout.table_of(both)];
  std::vector<std::size_t> place(left.monomials.size() * right.monomials.size());
  for (std::size_t i = 0; i < left.monomials.size(); ++i)
    for (std::size_t j = 0; j < right.monomials.size(); ++j) {
      const std::pair<std::size_t, std::size_t> pair{std::min(left.monomials[i], right.monomials[j]),
                                                     std::max(left.monomials[i], right.monomials[j])};
      place[i * right.monomials.size() + j] = std::size_t(
          std::find(pairs.monomials.begin(), pairs.monomials.end(), pair) - pairs.monomials.begin());
    }
  for (std::size_t cell = 0; cell < table.cells.size(); ++cell) {
    const std::int32_t* codes = table.cells.codes(cell);
    const std::size_t row = z.first(a, z.levels(left.categories, both, codes));
    const std::size_t column = z.first(b, z.levels(right.categories, both, codes));
    for (std::size_t i = 0; i < left.monomials.size(); ++i)
      for (std::size_t j = 0; j < right.monomials.size(); ++j)
        values_[(row + i) * n_ + column + j] +=
            table.sums[cell * table.width + place[i * right.monomials.size() + j]];
  }
}

double dot(const IndicatorColumn& column, const std::vector<double>& values) {
  double sum = 0;
  for (const IndicatorWeight& w : column) sum += w.value * values[w.row];
  return sum;
}

Coefficients coefficients_of(const Plan& plan, const CellLayout& layout, const Design& design,
                             const Indicators& z, const std::vector<double>& shifts) {
  Coefficients k;
  for (const DesignColumn& column : design.columns) {
    const Subterm& subterm = plan.subterms[column.subterm];
    std::vector<std::size_t> categories = subterm.categories;
    std::sort(categories.begin(), categories.end());
    const std::size_t block = layout.block_of(categories);
    IndicatorColumn shifted, off;
    for (const auto& [levels, first] : z.cells(block)) {
      double weight = 1;
      for (std::size_t i = 0; i < subterm.categories.size(); ++i) {
        const auto at =
            std::find(categories.begin(), categories.end(), subterm.categories[i]) - categories.begin();
        weight *=
            design.contrasts[column.subterm][i].at(std::size_t(levels[std::size_t(at)]), column.picks[i]);
      }
      if (weight == 0) continue;
      shifted.push_back({z.column(block, first, subterm.monomial), weight});
      if (shifts[subterm.monomial] != 0) off.push_back({first, weight * shifts[subterm.monomial]});
    }
    k.shifted.push_back(std::move(shifted));
    k.off.push_back(std::move(off));
  }
  const std::size_t y = plan.response();
  k.shifted.push_back({{z.column(0, 0, y), 1}});
  k.off.push_back({});
  if (shifts[y] != 0) k.off.back().push_back({0, shifts[y]});
  return k;
}

}  // namespace sluice::fit
