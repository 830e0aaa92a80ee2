// Tables to the matrix of all indicator columns' products, and from there through K to the design's.
#include "host/fit/system.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "host/fit/cholesky.h"

namespace sluice::fit {
namespace {

using Codes = std::vector<std::int32_t>;
struct Weight {
  std::size_t row;  // of Z's columns
  double value;
};
using Column = std::vector<Weight>;  // of K

/// Z: which column a monomial has in a cell of a block.
class Indicators {
 public:
  Indicators(const CellLayout& layout, const std::vector<Codes>& level_of, const Sums& sums)
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
  std::size_t size() const { return size_; }
  const std::map<Codes, std::size_t>& cells(std::size_t block) const { return cells_[block]; }
  /// Levels of some categories, of a table's codes.
  Codes levels(const std::vector<std::size_t>& wanted, const std::vector<std::size_t>& table,
               const std::int32_t* codes) const {
    Codes found;
    for (const std::size_t category : wanted) {
      const auto at = std::find(table.begin(), table.end(), category) - table.begin();
      found.push_back(level_of_[category][std::size_t(codes[at])]);
    }
    return found;
  }
  std::size_t first(std::size_t block, const Codes& key) const { return cells_[block].at(key); }
  std::size_t column(std::size_t block, std::size_t first, std::size_t monomial) const {
    const auto& all = layout_.blocks[block].monomials;
    return first + std::size_t(std::find(all.begin(), all.end(), monomial) - all.begin());
  }

 private:
  const CellLayout& layout_;
  const std::vector<Codes>& level_of_;
  std::vector<std::map<Codes, std::size_t>> cells_;
  std::size_t size_ = 0;
};

/// Z'Z.
class IndicatorProducts {
 public:
  IndicatorProducts(const CellLayout& layout, const Indicators& z, const Sums& sums)
      : n_(z.size()), values_(n_ * n_, 0.0) {
    const auto& dense = layout.blocks[0].monomials;
    for (std::size_t i = 0; i < dense.size(); ++i)
      for (std::size_t j = i; j < dense.size(); ++j)
        values_[i * n_ + j] = values_[j * n_ + i] = sums.dense[i * dense.size() + j];
    for (std::size_t a = 0; a < layout.blocks.size(); ++a)
      for (std::size_t b = 0; b < layout.blocks.size(); ++b) add(layout, z, sums, a, b);
  }
  /// Z'Z k
  void times(const Column& k, std::vector<double>& to) const {
    to.assign(n_, 0.0);
    for (const Weight& w : k)
      for (std::size_t i = 0; i < n_; ++i) to[i] += values_[w.row * n_ + i] * w.value;
  }

 private:
  void add(const CellLayout& layout, const Indicators& z, const Sums& sums, std::size_t a, std::size_t b) {
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
  std::size_t n_;
  std::vector<double> values_;
};

double dot(const Column& k, const std::vector<double>& values) {
  double sum = 0;
  for (const Weight& w : k) sum += w.value * values[w.row];
  return sum;
}

/// A design's columns: `shifted` with their monomials from the shifts, `off` what that took away.
struct Coefficients {
  std::vector<Column> shifted, off;
};

Coefficients coefficients_of(const Plan& plan, const CellLayout& layout, const Design& design,
                             const Indicators& z, const std::vector<double>& shifts) {
  Coefficients k;
  for (const DesignColumn& column : design.columns) {
    const Subterm& subterm = plan.subterms[column.subterm];
    std::vector<std::size_t> categories = subterm.categories;
    std::sort(categories.begin(), categories.end());
    const std::size_t block = layout.block_of(categories);
    Column shifted, off;
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

/// Whether columns of contrasts alone span a column over cells, and with which weights.
class Span {
 public:
  Span(const Plan& plan, const Design& design, const Coefficients& k, const IndicatorProducts& products)
      : k_(k), products_(products) {
    for (std::size_t j = 0; j < design.columns.size(); ++j)
      if (plan.subterms[design.columns[j].subterm].monomial == 0) plain_.push_back(j);
    Square gram(plain_.size());
    std::vector<double> image;
    for (std::size_t i = 0; i < plain_.size(); ++i) {
      products.times(k.shifted[plain_[i]], image);
      for (std::size_t j = 0; j < plain_.size(); ++j) gram.at(i, j) = dot(k.shifted[plain_[j]], image);
    }
    factor_ = cholesky(gram, 1e-12, plain_.size());
  }
  /// weights(i) of design column plain()[i]; empty where it is not spanned.
  std::vector<double> weights(const Column& column) const {
    std::vector<double> image;
    products_.times(column, image);
    const double length = dot(column, image);
    std::vector<double> right(plain_.size());
    for (std::size_t i = 0; i < plain_.size(); ++i) right[i] = dot(k_.shifted[plain_[i]], image);
    std::vector<double> found = right;
    solve(factor_, found);
    double rest = length;
    for (std::size_t i = 0; i < plain_.size(); ++i) rest -= found[i] * right[i];
    return std::fabs(rest) <= 1e-9 * length ? found : std::vector<double>();
  }
  const std::vector<std::size_t>& plain() const { return plain_; }

 private:
  const Coefficients& k_;
  const IndicatorProducts& products_;
  std::vector<std::size_t> plain_;
  CholeskyFactor factor_;
};

}  // namespace

/// By what a projection leaves of its squared length.
bool spans_constant(const System& system, const std::vector<double>& sums) {
  const CholeskyFactor f = cholesky(system.products, 1e-13, system.columns);
  std::vector<double> along(system.columns);
  double rest = system.rows;
  for (std::size_t i = 0; i < system.columns; ++i) {
    if (f.upper.at(i, i) == 0) continue;
    double sum = sums[i] * f.scale[i];
    for (std::size_t k = 0; k < i; ++k) sum -= f.upper.at(k, i) * along[k];
    along[i] = sum / f.upper.at(i, i);
    rest -= along[i] * along[i];
  }
  return std::fabs(rest) <= 1e-11 * system.rows;
}

System system_of(const Plan& plan, const CellLayout& layout, const Design& design,
                 const std::vector<std::vector<std::int32_t>>& level_of, const std::vector<double>& shifts,
                 const Sums& sums, Budget& budget) {
  const Indicators z(layout, level_of, sums);
  const std::uint64_t p = design.columns.size() + 1, n = z.size();
  const Share share(budget, 8 * (n * n + 3 * p * p), "the normal equations");
  const IndicatorProducts products(layout, z, sums);
  Coefficients k = coefficients_of(plan, layout, design, z, shifts);
  const Span span(plan, design, k, products);
  System system;
  system.columns = design.columns.size();
  system.raw = Square(system.columns);
  system.response.assign(system.columns, 0.0);
  std::vector<double> image, ones;
  const Column one{{0, 1.0}};
  products.times(one, ones);
  system.rows = ones[0];
  for (std::size_t j = 0; j <= system.columns; ++j) {
    const bool response = j == system.columns;
    if (!response) {
      Column column = k.shifted[j];
      column.insert(column.end(), k.off[j].begin(), k.off[j].end());
      products.times(column, image);
      system.sums.push_back(dot(column, ones));
      system.squares.push_back(dot(column, image));
      system.raw.at(j, j) = 1;
    }
    if (k.off[j].empty()) continue;
    const std::vector<double> weights = span.weights(k.off[j]);
    if (weights.empty()) {
      k.shifted[j].insert(k.shifted[j].end(), k.off[j].begin(), k.off[j].end());
      continue;
    }
    for (std::size_t i = 0; i < weights.size(); ++i)
      (response ? system.response[span.plain()[i]] : system.raw.at(span.plain()[i], j)) += weights[i];
  }
  system.products = Square(system.columns + 1);
  std::vector<double> shifted_sums;
  for (std::size_t j = 0; j <= system.columns; ++j) {
    products.times(k.shifted[j], image);
    shifted_sums.push_back(dot(one, image));
    for (std::size_t i = 0; i <= system.columns; ++i) system.products.at(i, j) = dot(k.shifted[i], image);
  }
  system.has_constant = !span.weights(one).empty() || spans_constant(system, shifted_sums);
  const Column y{{z.column(0, 0, plan.response()), 1.0}};
  products.times(y, image);
  system.response_sum = dot(one, image);
  system.response_squares = dot(y, image);
  system.response_shift = shifts[plan.response()];
  return system;
}

void add_ridge(System& system, int intercept, double alpha) {
  // Coefficients as they are follow from the shifted ones by the inverse of `raw`, which is 2 - raw; then
  // with Q the penalty of the shifted ones, (X'X + Q) b = X'y - Q (what the shift of y gives them).
  const std::size_t p = system.columns;
  Square q(p);
  for (std::size_t k = 0; k < p; ++k) {
    if (int(k) == intercept) continue;
    const auto inverse = [&](std::size_t j) { return j == k ? 1.0 : -system.raw.at(k, j); };
    for (std::size_t i = 0; i < p; ++i)
      for (std::size_t j = 0; j < p; ++j) q.at(i, j) += alpha * inverse(i) * inverse(j);
  }
  for (std::size_t i = 0; i < p; ++i)
    for (std::size_t j = 0; j < p; ++j) {
      system.products.at(i, j) += q.at(i, j);
      system.products.at(i, p) -= q.at(i, j) * system.response[j];
    }
  for (std::size_t i = 0; i < p; ++i) system.products.at(p, i) = system.products.at(i, p);
}

}  // namespace sluice::fit
