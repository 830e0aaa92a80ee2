// Pieces and totals.
#include "host/fit/sums.h"

#include <algorithm>
#include <cmath>

namespace sluice::fit {
namespace {

constexpr std::size_t kRows = RowBlock::kRows;

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
      shifted_(layout.monomials * kRows),
      dense_in_(layout.blocks[0].monomials.size() * kRows),
      cells_(kRows) {
  std::size_t widest = 0;
  for (const PairTable& table : layout.tables) widest = std::max(widest, table.monomials.size());
  pairs_.resize((widest + 3) * kRows);
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
    }
    touched_[t].clear();
  }
}

void PieceSums::take(const RowBlock& block) {
  const std::size_t rows = block.rows, padded = (rows + 7) / 8 * 8;
  for (std::size_t m = 0; m < layout_.monomials; ++m) {
    double* to = shifted_.data() + m * kRows;
    const double* from = block.monomials[m];
    const double shift = shifts_[m];
    for (std::size_t row = 0; row < rows; ++row) to[row] = from[row] - shift;
  }
  const auto& dense = layout_.blocks[0].monomials;
  for (std::size_t i = 0; i < dense.size(); ++i) {
    double* to = dense_in_.data() + i * kRows;
    std::copy_n(shifted_.data() + dense[i] * kRows, rows, to);
    std::fill(to + rows, to + padded, 0.0);
  }
  const double* left = dense_in_.data();
  if (block.weights != nullptr) {
    weighted_.resize(dense_in_.size());
    for (std::size_t i = 0; i < dense.size(); ++i) {
      double* to = weighted_.data() + i * kRows;
      std::fill(to + rows, to + padded, 0.0);
      for (std::size_t row = 0; row < rows; ++row) to[row] = dense_in_[i * kRows + row] * block.weights[row];
    }
    left = weighted_.data();
    for (std::size_t row = 0; row < rows; ++row) sums_.log_weights += std::log(block.weights[row]);
  }
  ways_.products(left, dense_in_.data(), dense.size(), padded, kRows, sums_.dense.data());
  for (std::size_t t = 0; t < layout_.tables.size(); ++t) add_table(t, block);
  sums_.rows += std::int64_t(rows);
}

void PieceSums::add_table(std::size_t t, const RowBlock& block) {
  const PairTable& layout = layout_.tables[t];
  CellSums& table = sums_.tables[t];
  const std::size_t width = table.width;
  std::vector<std::int32_t> codes(layout.categories.size());
  for (std::size_t row = 0; row < block.rows; ++row) {
    for (std::size_t k = 0; k < codes.size(); ++k) codes[k] = block.codes[layout.categories[k]][row];
    const std::size_t cell = table.cells.find(codes.data());
    if ((cell + 1) * width > table.sums.size()) {
      table.sums.resize(std::max((cell + 1) * width, 2 * table.sums.size()), 0.0);
      is_touched_[t].resize(table.sums.size() / width, 0);
    }
    if (is_touched_[t][cell] == 0) {
      is_touched_[t][cell] = 1;
      touched_[t].push_back(cell);
    }
    cells_[row] = unsigned(cell);
  }
  for (std::size_t k = layout.monomials.size(); k < width; ++k)
    for (std::size_t row = 0; row < block.rows; ++row) pairs_[row * width + k] = 0;
  for (std::size_t k = 0; k < layout.monomials.size(); ++k) {
    const auto [m, n] = layout.monomials[k];
    const double* right = shifted_.data() + n * kRows;
    double* to = pairs_.data() + k;
    if (m == 0) {
      for (std::size_t row = 0; row < block.rows; ++row) to[row * width] = right[row];
    } else {
      const double* left = shifted_.data() + m * kRows;
      for (std::size_t row = 0; row < block.rows; ++row) to[row * width] = left[row] * right[row];
    }
  }
  for (std::size_t row = 0; block.weights != nullptr && row < block.rows; ++row)
    for (std::size_t k = 0; k < layout.monomials.size(); ++k) pairs_[row * width + k] *= block.weights[row];
  ways_.add_by_cell(pairs_.data(), cells_.data(), block.rows, width, table.sums.data());
}

}  // namespace sluice::fit
