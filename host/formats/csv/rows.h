// The rows of one piece of a table, and what can be wrong with one.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "host/formats/csv/structure.h"

namespace sluice::csv {

struct Row {
  const unsigned char* data = nullptr;  // of the piece
  const std::uint32_t* ends = nullptr;  // of this row's fields
  std::size_t start = 0, end = 0;       // in the piece
  int fields = 0;
  bool spaces = false;
  bool open_quote = false;  // the file ends within a quoted field

  std::size_t begin_of(int field) const {
    std::size_t begin = field == 0 ? start : End::offset(ends[field - 1]) + (spaces ? 0 : 1);
    if (spaces)
      while (begin < end && (data[begin] == ' ' || data[begin] == '\t')) ++begin;
    return begin;
  }
  std::string_view field(int field) const {
    const std::size_t begin = begin_of(field);
    return {reinterpret_cast<const char*>(data) + begin, End::offset(ends[field]) - begin};
  }
  std::string_view bytes() const { return {reinterpret_cast<const char*>(data) + start, end - start}; }
};

/// Goes over the rows of a piece. Blank lines and comments are left out.
class Rows {
 public:
  struct Place {
    const unsigned char* data = nullptr;
    std::size_t size = 0;     // of the piece
    std::size_t first = 0;    // start of the first row
    std::size_t end = 0;      // no row starts here or later
    bool open_quote = false;  // the last end is the file's, within quotes
  };
  Rows(const Dialect& dialect, const Place& place, const Ends& ends, std::size_t first_end)
      : dialect_(&dialect), place_(place), at_(ends.begin() + first_end), stop_(ends.end()) {}
  bool next(Row& row);
  /// Where the next row starts.
  std::size_t at() const { return place_.first; }

 private:
  const Dialect* dialect_;
  Place place_;
  const std::uint32_t* at_;
  const std::uint32_t* stop_;
};

/// Start of the row behind a row's end.
inline std::size_t behind(const unsigned char* data, std::size_t size, std::size_t end) {
  return end + 1 + std::size_t(end + 1 < size && data[end] == '\r' && data[end + 1] == '\n');
}

inline bool Rows::next(Row& row) {
  while (at_ != stop_ && place_.first < place_.end) {
    const std::uint32_t* first = at_;
    while (at_ != stop_ && !End::is_row(*at_)) ++at_;
    if (at_ == stop_) return false;
    row = {place_.data,      first, place_.first, End::offset(*at_), int(at_ - first) + 1,
           dialect_->spaces, false};
    ++at_;
    place_.first = behind(place_.data, place_.size, row.end);
    if (row.start == row.end) continue;
    if (dialect_->comment != 0 && row.data[row.start] == static_cast<unsigned char>(dialect_->comment))
      continue;
    if (row.spaces && row.begin_of(row.fields - 1) == row.end) {
      if (row.fields == 1) continue;
      --row.fields;
    }
    row.open_quote = place_.open_quote && at_ == stop_;
    return true;
  }
  return false;
}

}  // namespace sluice::csv
