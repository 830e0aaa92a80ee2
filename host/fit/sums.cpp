// Pieces and totals.
#include "host/fit/sums.h"

#include <algorithm>
#include <cmath>

namespace sluice::fit {
namespace {

// Columns stand a little more than their rows apart, so that they do not fall on the same lines of a cache.
constexpr std::size_t kRows = RowBlock::kRows, kApart = kRows + 8;

/// Neumaier's sum: what the addition loses goes to `error`.
void add(double& sum, double& error, double value) {
  const double next = sum + value;
  error += std::fabs(sum) >= std::fabs(value) ? (sum - next) + value : (value - next) + sum;
  sum = next;
}

}  // namespace

Sums::Sums(const CellLayout& layout) {
  const std::size_t n = layout.blocks[0].monomials.size();
  dense.assign(n * n, 0.0);
  errors.assign(n * n, 0.0);
  for (const PairTable& table : layout.tables) tables.emplace_back(table);
}

void Sums::merge(const Sums& piece, const std::vector<std::vector<std::size_t>>& touched) {
  rows += piece.rows;
  dropped += piece.dropped;
  log_weights += piece.log_weights;
  for (std::size_t i = 0; i < dense.size(); ++i) add(dense[i], errors[i], piece.dense[i]);
  for (std::size_t t = 0; t < tables.size(); ++t) {
    CellSums& to = tables[t];
    const CellSums& from = piece.tables[t];
    for (const std::size_t cell : touched[t]) {
      const std::size_t here = to.cells.find(from.cells.codes(cell));
      if ((here + 1) * to.width > to.sums.size()) {
        to.sums.resize((here + 1) * to.width, 0.0);
        to.errors.resize((here + 1) * to.width, 0.0);
      }
      for (std::size_t k = 0; k < to.width; ++k)
        add(to.sums[here * to.width + k], to.errors[here * to.width + k], from.sums[cell * to.width + k]);
    }
  }
}

void Sums::settle() {
  const auto settle = [](std::vector<double>& sums, std::vector<double>& errors) {
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += errors[i], errors[i] = 0;
  };
  settle(dense, errors);
  for (CellSums& table : tables) settle(table.sums, table.errors);
}

std::uint64_t Sums::bytes() const {
  std::uint64_t bytes = dense.capacity() * 16;
  for (const CellSums& table : tables)
    bytes += (table.sums.capacity() + table.errors.capacity()) * 8 + table.cells.bytes();
  return bytes;
}

PieceSums::PieceSums(const CellLayout& layout, const std::vector<double>& shifts)
    : layout_(layout),
      shifts_(shifts),
      ways_(best_dense()),
      sums_(layout),
      touched_(layout.tables.size()),
      is_touched_(layout.tables.size()),
      direct_(layout.tables.size()),
      shifted_(layout.monomials * kApart),
      none_(kRows),
      cells_(kRows) {
  slots_.assign(layout.monomials, 0);
  std::vector<bool> placed(layout.monomials, false);
  std::size_t next = 0;
  for (const std::size_t m : layout.blocks[0].monomials) slots_[m] = next++, placed[m] = true;
  for (std::size_t m = 0; m < layout.monomials; ++m)
    if (!placed[m]) slots_[m] = next++;
  std::size_t widest = 0;
  for (const PairTable& table : layout.tables) widest = std::max(widest, table.monomials.size());
  pairs_.resize(widest * kApart);
  columns_.resize(widest + 3);
}

void PieceSums::restart() {
  sums_.rows = sums_.dropped = 0;
  sums_.log_weights = 0;
  std::fill(sums_.dense.begin(), sums_.dense.end(), 0.0);
  for (std::size_t t = 0; t < touched_.size(); ++t) {
    CellSums& table = sums_.tables[t];
    for (const std::size_t cell : touched_[t]) {
      std::fill_n(table.sums.begin() + std::ptrdiff_t(cell * table.width), table.width, 0.0);
      is_touched_[t][cell] = 0;
      if (layout_.tables[t].categories.size() == 1) direct_[t][std::size_t(*table.cells.codes(cell))] = -1;
    }
    touched_[t].clear();
  }
}

void PieceSums::take(const RowBlock& block) {
  const std::size_t rows = block.rows, padded = (rows + 7) / 8 * 8;
  const std::size_t dense = layout_.blocks[0].monomials.size();
  for (std::size_t m = 0; m < layout_.monomials; ++m) {
    double* to = shifted_.data() + slots_[m] * kApart;
    ways_.subtract(block.monomials[m], shifts_[m], rows, to);
    std::fill(to + rows, to + padded, 0.0);
  }
  const double* left = shifted_.data();
  if (block.weights != nullptr) {
    weighted_.resize(dense * kApart);
    for (std::size_t i = 0; i < dense; ++i) {
      double* to = weighted_.data() + i * kApart;
      ways_.multiply(shifted_.data() + i * kApart, block.weights, rows, to);
      std::fill(to + rows, to + padded, 0.0);
    }
    left = weighted_.data();
    for (std::size_t row = 0; row < rows; ++row) sums_.log_weights += std::log(block.weights[row]);
  }
  ways_.products(left, shifted_.data(), dense, padded, kApart, sums_.dense.data());
  for (std::size_t t = 0; t < layout_.tables.size(); ++t) add_table(t, block);
  sums_.rows += std::int64_t(rows);
}

/// The cell of some codes, which has a place and is listed from now on.
std::size_t PieceSums::touch(std::size_t t, const std::int32_t* codes) {
  CellSums& table = sums_.tables[t];
  const std::size_t cell = table.cells.find(codes);
  if ((cell + 1) * table.width > table.sums.size()) {
    table.sums.resize(std::max((cell + 1) * table.width, 2 * table.sums.size()), 0.0);
    is_touched_[t].resize(table.sums.size() / table.width, 0);
  }
  if (is_touched_[t][cell] == 0) {
    is_touched_[t][cell] = 1;
    touched_[t].push_back(cell);
  }
  if (layout_.tables[t].categories.size() == 1) {
    const auto code = std::size_t(codes[0]);
    if (code >= direct_[t].size()) direct_[t].resize(2 * code + 8, -1);
    direct_[t][code] = std::int32_t(cell);
  }
  return cell;
}

void PieceSums::add_table(std::size_t t, const RowBlock& block) {
  const PairTable& layout = layout_.tables[t];
  CellSums& table = sums_.tables[t];
  const std::size_t width = table.width;
  if (layout.categories.size() == 1) {
    const std::int32_t* codes = block.codes[layout.categories[0]];
    std::vector<std::int32_t>& direct = direct_[t];
    for (std::size_t row = 0; row < block.rows; ++row) {
      const auto code = std::size_t(codes[row]);
      if (code >= direct.size() || direct[code] < 0) touch(t, codes + row);
      cells_[row] = unsigned(direct[code]);
    }
  } else {
    std::vector<std::int32_t> codes(layout.categories.size());
    for (std::size_t row = 0; row < block.rows; ++row) {
      for (std::size_t k = 0; k < codes.size(); ++k) codes[k] = block.codes[layout.categories[k]][row];
      cells_[row] = unsigned(touch(t, codes.data()));
    }
  }
  for (std::size_t k = 0; k < width; ++k) {
    if (k >= layout.monomials.size()) {
      columns_[k] = none_.data();
      continue;
    }
    const auto [m, n] = layout.monomials[k];
    const double* column = shifted_.data() + slots_[n] * kApart;
    double* const own = pairs_.data() + k * kApart;
    if (m != 0) {
      ways_.multiply(shifted_.data() + slots_[m] * kApart, column, block.rows, own);
      column = own;
    }
    if (block.weights != nullptr) {
      ways_.multiply(column, block.weights, block.rows, own);
      column = own;
    }
    columns_[k] = column;
  }
  ways_.add_by_cell(columns_.data(), cells_.data(), block.rows, width, table.sums.data());
}

}  // namespace sluice::fit
