// A sum of squares is looked at after the pass, so that rows of any place in the table count.
#include "host/fit/scale.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"

namespace sluice::fit {
namespace {

constexpr double kMost = 1e145;  // of a length: errors take its square and that of its inverse

[[noreturn]] void refuse(const std::string& path, const std::string& name, bool large) {
  throw Error(ErrorKind::kInput,
              path + ": " + name + ": expected values between 1e-140 and 1e140, found " +
                  (large ? "larger" : "smaller") + " ones, whose squares a double does not hold",
              std::string("another unit helps, such as I(x ") + (large ? "/" : "*") + " 1e150) for x");
}

/// About its shift, over all rows; 0 where no sum has it.
double squares_of(const CellLayout& layout, const Sums& sums, std::size_t monomial) {
  const auto& dense = layout.blocks[0].monomials;
  const auto at = std::size_t(std::find(dense.begin(), dense.end(), monomial) - dense.begin());
  if (at < dense.size()) return sums.dense[at * dense.size() + at];
  const std::pair<std::size_t, std::size_t> own(monomial, monomial);
  for (std::size_t t = 0; t < layout.tables.size(); ++t) {
    const auto& pairs = layout.tables[t].monomials;
    const auto k = std::size_t(std::find(pairs.begin(), pairs.end(), own) - pairs.begin());
    if (k == pairs.size()) continue;
    const CellSums& table = sums.tables[t];
    double all = 0;
    for (std::size_t cell = 0; cell < table.cells.size(); ++cell) all += table.sums[cell * table.width + k];
    return all;
  }
  return 0;
}

}  // namespace

void check_scale(const Formula& formula, const Plan& plan, const CellLayout& layout, const Sums& sums,
                 const std::vector<double>& spreads, const std::string& path) {
  for (std::size_t m = 1; m < plan.monomials.size(); ++m) {
    const double squares = squares_of(layout, sums, m);
    const bool large = !(squares <= kMost * kMost);
    const bool small =
        m < spreads.size() && spreads[m] > 0 && spreads[m] < 1 / kMost && squares < 1 / (kMost * kMost);
    if (!large && !small) continue;
    std::string name;
    for (const std::size_t f : plan.monomials[m]) name += (name.empty() ? "" : ":") + formula.factors[f].name;
    refuse(path, name, large);
  }
}

void check_scale(const Design& design, const std::string& response, const Square& triangle,
                 const std::string& path) {
  const std::size_t p = design.columns.size();
  for (std::size_t j = 0; j < triangle.n; ++j) {
    double length = 0;
    for (std::size_t i = 0; i <= j; ++i) length = std::hypot(length, triangle.at(i, j));
    const bool large = !(length <= kMost);
    if (j != p && (large || (length > 0 && length < 1 / kMost)))
      refuse(path, j < p ? design.columns[j].name : response, large);
  }
}

}  // namespace sluice::fit
