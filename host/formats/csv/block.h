// Sound rows of a piece of a table: each has as many fields as the table has columns. What jobs work on,
// column by column.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "host/formats/csv/ends.h"
#include "host/formats/csv/plain.h"

namespace sluice::csv {

/// kPadding bytes before and behind the data are readable.
struct Block {
  struct Place {
    std::uint32_t start, first;  // of a row in data, of its fields' ends in ends
  };
  const char* data = nullptr;
  const std::uint32_t* ends = nullptr;
  std::vector<Place> rows;
  bool spaces = false;

  std::size_t begin_of(std::size_t row, std::size_t column) const {
    const Place& place = rows[row];
    if (column == 0 && !spaces) return place.start;
    const std::size_t end = End::offset(ends[place.first + column]);
    std::size_t begin = column == 0 ? place.start : End::offset(ends[place.first + column - 1]) + !spaces;
    if (spaces)
      while (begin < end && (data[begin] == ' ' || data[begin] == '\t')) ++begin;
    return begin;
  }
  std::string_view field(std::size_t row, std::size_t column) const {
    const std::size_t begin = begin_of(row, column);
    return {data + begin, End::offset(ends[rows[row].first + column]) - begin};
  }
  /// A column's fields in `count` rows from `first` on.
  void fields(std::size_t first, std::size_t count, std::size_t column, Span* to) const {
    if (spaces || column == 0) {
      for (std::size_t i = 0; i < count; ++i) {
        const std::string_view text = field(first + i, column);
        to[i] = {text.data(), text.size()};
      }
      return;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t* const end = ends + rows[first + i].first + column;
      const std::size_t begin = End::offset(end[-1]) + 1;
      to[i] = {data + begin, End::offset(end[0]) - begin};
    }
  }
};

/// Rows of a block with a value that may not be: for each, the first such column. Most blocks have none.
class BadRows {
 public:
  explicit BadRows(std::size_t rows) : rows_(rows) {}
  bool any() const { return !columns_.empty(); }
  bool contains(std::size_t row) const { return any() && columns_[row] >= 0; }
  /// Which of the columns asked for.
  std::int32_t column(std::size_t row) const { return columns_[row]; }
  void add(std::size_t row, std::size_t column) {
    if (columns_.empty()) columns_.assign(rows_, -1);
    if (columns_[row] < 0) columns_[row] = std::int32_t(column);
  }

 private:
  std::size_t rows_;
  std::vector<std::int32_t> columns_;
};

}  // namespace sluice::csv
