// Batches of rows by columns, and how rows of text become columns.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/formats/csv/parse.h"
#include "host/formats/csv/schema.h"
#include "host/formats/csv/walk.h"

namespace sluice::csv {

/// The values of one column; of the vectors, those of its type are filled.
struct ColumnData {
  std::vector<std::int64_t> integers;   // kInteger, kTime; 0 where missing
  std::vector<double> floats;           // kFloat; NaN where missing
  std::vector<std::int32_t> codes;      // kCategory; -1 where missing
  std::vector<std::int64_t> text_ends;  // kText: value i is text[text_ends[i - 1], text_ends[i])
  std::string text;                     // UTF-8
  std::vector<std::uint8_t> missing;    // a byte each, 1: missing

  std::size_t rows() const { return missing.size(); }
  std::string_view text_at(std::size_t row) const {
    const std::size_t begin = row == 0 ? 0 : std::size_t(text_ends[row - 1]);
    return std::string_view(text).substr(begin, std::size_t(text_ends[row]) - begin);
  }
  void append(const ColumnData& from, std::size_t first, std::size_t count);
  void truncate(std::size_t rows);
  void clear() { truncate(0); }
  std::uint64_t bytes() const;
};

struct Batch {
  const Schema* schema = nullptr;
  std::int64_t first_row = 0;  // counted from 0, without rows left out
  std::int64_t rows = 0;
  std::vector<ColumnData> columns;  // in the schema's order
};

/// Appends one row's values of the schema's columns. Where one is bad, nothing stays and the fault is logged.
class RowParser {
 public:
  RowParser(const Dialect& dialect, const Schema& schema);
  bool append(const Row& row, std::vector<ColumnData>& columns, FaultLog& faults);

 private:
  bool append(const Column& column, std::string_view field, ColumnData& to);
  const Dialect* dialect_;
  const Schema* schema_;
  MissingWords missing_;
  std::string scratch_;
};

/// "bad value in 'price': expected an integer, found 'abc'"
std::string bad_value(const std::string& column, Type type, std::string_view found);

}  // namespace sluice::csv
