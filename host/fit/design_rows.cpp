// A column is its monomial, times what the contrasts of its categories have for the row's levels.
#include "host/fit/design_rows.h"

#include <algorithm>

namespace sluice::fit {

void DesignRows::fill(const RowBlock& block, double* to, std::size_t ld) {
  for (std::size_t j = 0; j < design_.columns.size(); ++j) {
    const DesignColumn& column = design_.columns[j];
    const Subterm& subterm = plan_.subterms[column.subterm];
    double* values = to + j * ld;
    std::copy_n(block.monomials[subterm.monomial], block.rows, values);
    for (std::size_t k = 0; k < subterm.categories.size(); ++k) {
      const std::size_t category = subterm.categories[k];
      const Contrast& contrast = design_.contrasts[column.subterm][k];
      const std::int32_t* codes = block.codes[category];
      const std::vector<std::int32_t>& level_of = level_of_[category];
      for (std::size_t row = 0; row < block.rows; ++row)
        values[row] *= contrast.at(std::size_t(level_of[std::size_t(codes[row])]), column.picks[k]);
    }
  }
}

}  // namespace sluice::fit
