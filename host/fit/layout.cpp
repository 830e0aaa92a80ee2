// Blocks and tables of a plan: every pair of blocks meets in the table of both sets of categories.
#include "host/fit/layout.h"

#include <algorithm>
#include <set>

namespace sluice::fit {

std::vector<std::size_t> joined(const std::vector<std::size_t>& a, const std::vector<std::size_t>& b) {
  std::vector<std::size_t> both;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(both));
  return both;
}

std::size_t CellLayout::table_of(const std::vector<std::size_t>& categories) const {
  std::size_t t = 0;
  while (t < tables.size() && tables[t].categories != categories) ++t;
  return t;
}

std::size_t CellLayout::block_of(const std::vector<std::size_t>& categories) const {
  std::size_t b = 0;
  while (b < blocks.size() && blocks[b].categories != categories) ++b;
  return b;
}

CellLayout layout_of(const Plan& plan) {
  CellLayout layout;
  layout.monomials = plan.monomials.size();
  layout.blocks.push_back({{}, {0}});
  for (const Subterm& subterm : plan.subterms) {
    std::vector<std::size_t> categories = subterm.categories;
    std::sort(categories.begin(), categories.end());
    if (layout.block_of(categories) == layout.blocks.size()) layout.blocks.push_back({categories, {0}});
    auto& monomials = layout.blocks[layout.block_of(categories)].monomials;
    if (std::find(monomials.begin(), monomials.end(), subterm.monomial) == monomials.end())
      monomials.push_back(subterm.monomial);
  }
  layout.blocks[0].monomials.push_back(plan.response());
  std::vector<std::set<std::pair<std::size_t, std::size_t>>> pairs;
  for (const CellBlock& a : layout.blocks)
    for (const CellBlock& b : layout.blocks) {
      const auto categories = joined(a.categories, b.categories);
      if (categories.empty()) continue;
      if (layout.table_of(categories) == layout.tables.size()) {
        layout.tables.push_back({categories, {}});
        pairs.emplace_back();
      }
      for (const std::size_t m : a.monomials)
        for (const std::size_t n : b.monomials)
          pairs[layout.table_of(categories)].insert({std::min(m, n), std::max(m, n)});
    }
  for (std::size_t t = 0; t < layout.tables.size(); ++t)
    layout.tables[t].monomials.assign(pairs[t].begin(), pairs[t].end());
  return layout;
}

}  // namespace sluice::fit
