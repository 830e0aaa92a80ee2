// Columns of X first, each chunk where it is alone in its columns straight from them.
#include "host/design/band.h"

#include <algorithm>

namespace sluice::design {

std::uint64_t BandEncoder::memory(const BandShape& s) {
  const std::uint64_t dense = 8 * std::uint64_t(s.rows) * s.design->columns.size();
  const std::uint64_t chunk = 8 * std::uint64_t(s.rows) * std::uint64_t(s.chunk_columns);
  // What is stored is no longer than what it was, but for a few bytes; the vector may hold half of it again.
  return dense + 3 * dense / 2 + 3 * chunk + (std::uint64_t(1) << 20);
}

std::uint64_t BandEncoder::parsed_memory(const BandShape& s) {
  return std::uint64_t(s.rows) * (8 * s.plan->monomials.size() + 4 * s.plan->categories.size() + 8);
}

BandEncoder::BandEncoder(const BandShape& shape)
    : s_(shape),
      columns_(*shape.plan, *shape.design, *shape.level_of),
      x_(columns_.columns() * std::size_t(shape.rows)),
      encoder_(shape.level) {}

void BandEncoder::encode(const ParsedRows& parsed) {
  const std::size_t rows = std::size_t(s_.rows), p = columns_.columns(), c = std::size_t(s_.chunk_columns);
  stored.clear(), bytes.clear();
  columns_.write(parsed, parsed.rows, x_.data(), rows);
  for (std::size_t j = 0; j < p && parsed.rows < rows; ++j)
    std::fill_n(x_.data() + j * rows + parsed.rows, rows - parsed.rows, 0.0);
  for (std::size_t j = 0; j < p; j += c) {
    const double* chunk = x_.data() + j * rows;
    if (c > 1) {
      turned_.assign(rows * c, 0.0);
      for (std::size_t k = 0; k < std::min(c, p - j); ++k)
        for (std::size_t i = 0; i < rows; ++i) turned_[i * c + k] = chunk[k * rows + i];
      chunk = turned_.data();
    }
    bytes.push_back(encoder_.encode(chunk, rows * c, stored));
  }
  add(parsed.response());
  if (s_.weights) add(parsed.weights);
}

void BandEncoder::add(const std::vector<double>& values) {
  turned_ = values;
  turned_.resize(std::size_t(s_.rows), 0.0);
  bytes.push_back(encoder_.encode(turned_.data(), turned_.size(), stored));
}

}  // namespace sluice::design
