// Correlated pairs of rows of a generated matrix: which rows, and their table beside the matrix.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/generate.h"

namespace sluice {

using RowPairs = std::vector<std::pair<std::int64_t, std::int64_t>>;

/// Bytes that choosing the pairs, and keeping them with each row's partner, take at most.
std::uint64_t bytes_of_pairs(const GenerateOptions&);

/// Disjoint pairs (a, b) of distinct rows, chosen by the seed alone, sorted. Error{kUsage} where the distance
/// leaves too little room.
RowPairs choose_pairs(const GenerateOptions&);

/// The table (CSV: row_a,row_b,low,high) whole at `path`, synced, but under the working name.
void write_pairs(const std::string& path, const RowPairs&, const GenerateOptions&);
void publish_pairs(const std::string& path);
void drop_pairs(const std::string& path) noexcept;

}  // namespace sluice
