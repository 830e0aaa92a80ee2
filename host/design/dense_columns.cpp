// A few hundred rows at a time.
#include "host/design/dense_columns.h"

#include <algorithm>

namespace sluice::design {
namespace {
constexpr std::size_t kBlock = fit::RowBlock::kRows;
}

void ParsedRows::clear() {
  rows = 0;
  for (auto& column : monomials) column.clear();
  for (auto& column : codes) column.clear();
  weights.clear();
}

void ParsedRows::add(const fit::RowBlock& block) {
  monomials.resize(block.monomials.size() - 1);
  codes.resize(block.codes.size());
  for (std::size_t m = 0; m < monomials.size(); ++m)
    monomials[m].insert(monomials[m].end(), block.monomials[m + 1], block.monomials[m + 1] + block.rows);
  for (std::size_t k = 0; k < codes.size(); ++k)
    codes[k].insert(codes[k].end(), block.codes[k], block.codes[k] + block.rows);
  if (block.weights != nullptr) weights.insert(weights.end(), block.weights, block.weights + block.rows);
  rows += block.rows;
}

void ParsedRows::add(const ParsedRows& from, std::size_t first, std::size_t count) {
  monomials.resize(from.monomials.size());
  codes.resize(from.codes.size());
  const auto add = [&](auto& to, const auto& column) {
    to.insert(to.end(), column.begin() + std::ptrdiff_t(first),
              column.begin() + std::ptrdiff_t(first + count));
  };
  for (std::size_t m = 0; m < monomials.size(); ++m) add(monomials[m], from.monomials[m]);
  for (std::size_t k = 0; k < codes.size(); ++k) add(codes[k], from.codes[k]);
  if (!from.weights.empty()) add(weights, from.weights);
  rows += count;
}

DenseColumns::DenseColumns(const fit::Plan& plan, const fit::Design& design,
                           const std::vector<std::vector<std::int32_t>>& level_of)
    : rows_(plan, design, level_of), p_(design.columns.size()), ones_(kBlock, 1.0) {}

void DenseColumns::write(const ParsedRows& parsed, std::size_t count, double* to, std::size_t ld) {
  block_.monomials.resize(parsed.monomials.size() + 1);
  block_.codes.resize(parsed.codes.size());
  block_.monomials[0] = ones_.data();
  for (std::size_t first = 0; first < count; first += kBlock) {
    block_.rows = std::min(kBlock, count - first);
    for (std::size_t m = 0; m < parsed.monomials.size(); ++m)
      block_.monomials[m + 1] = parsed.monomials[m].data() + first;
    for (std::size_t k = 0; k < parsed.codes.size(); ++k) block_.codes[k] = parsed.codes[k].data() + first;
    rows_.fill(block_, to + first, ld);
  }
}

}  // namespace sluice::design
