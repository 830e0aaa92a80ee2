// Batches of rows by columns, and how rows of text become columns.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/formats/csv/block.h"
#include "host/formats/csv/faults.h"
#include "host/formats/csv/parse.h"
#include "host/formats/csv/schema.h"

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
  /// Takes out the bad ones of the rows from `first` on.
  void remove(std::size_t first, const BadRows& bad);
  void clear();
  std::uint64_t bytes() const;
};

struct Batch {
  const Schema* schema = nullptr;
  std::int64_t first_row = 0;  // counted from 0, without rows left out
  std::int64_t rows = 0;
  std::vector<ColumnData> columns;  // in the schema's order
};

/// Appends the rows of blocks, a column at a time.
class BlockParser {
 public:
  BlockParser(const Dialect& dialect, const Schema& schema);
  /// Rows with a bad value are logged and left out. With `fail`, rows behind the first are not looked at, and
  /// the columns are of no more use. Returns how many rows came.
  std::size_t append(Block& block, bool fail, std::vector<ColumnData>& columns, FaultLog& faults);

 private:
  template <class Value>
  void each(Block& block, std::size_t i, bool fail, BadRows& bad, const Value& value);
  template <class Plain, class Value>
  void each_number(Block& block, std::size_t i, bool fail, BadRows& bad, const Plain& plain,
                   const Value& value);
  void append(Block& block, std::size_t i, bool fail, ColumnData& to, BadRows& bad);
  void append_numbers(Block& block, std::size_t i, bool fail, ColumnData& to, BadRows& bad);
  const Dialect* dialect_;
  const Schema* schema_;
  MissingWords missing_;
  PlainNumbers plain_;  // null: no number may be taken as it stands
  std::string scratch_;
};

/// Logs the bad rows of a block, each with the value of its first bad column.
void log_bad(const Block& block, const BadRows& bad, const Schema& schema, const Dialect& dialect,
             FaultLog& faults);

/// No field that is a plain number means anything else.
bool may_be_plain(const Dialect& dialect, const MissingWords& missing);

/// "bad value in 'price': expected an integer, found 'abc'"
std::string bad_value(const std::string& column, Type type, std::string_view found);

}  // namespace sluice::csv
