// Values to the text of rows: quotes where needed, the shortest numbers that round-trip. What is written
// reads back as the same values. A formatter is not changed by its work: many threads may share one.
#pragma once
#include <array>
#include <string>
#include <string_view>

#include "host/formats/csv/columns.h"

namespace sluice::csv {

class RowFormatter {
 public:
  /// `path` is for messages. Error{kUsage} for a dialect that cannot be written.
  RowFormatter(const std::string& path, const Dialect& dialect, const Schema& schema);
  /// Appends the line of names; nothing where the dialect has no header.
  void put_header(const Schema& schema, std::string& to) const;
  /// Appends rows [first, last) of a batch. Error{kOutput} where a text needs quotes and the dialect has
  /// none.
  void put_rows(const Batch& batch, std::int64_t first, std::int64_t last, std::string& to) const;

 private:
  void put_value(const Column& column, const ColumnData& data, std::size_t row, std::string& to) const;
  void put_text(std::string_view text, std::string& to) const;
  bool needs_quotes(std::string_view text) const;

  std::string path_;
  Dialect dialect_;
  MissingWords missing_;
  std::array<bool, 256> special_{};
  bool has_missing_word_ = false;
  std::string missing_word_;
};

/// The shortest text that reads back as the number, with a point or an exponent in any case: 0.1, 2.0, 1e+20.
std::string float_text(double value, char decimal = '.');
/// A value as a reader of the table would write it, without quotes; empty where it is missing.
std::string value_text(const Column& column, const ColumnData& data, std::size_t row);

}  // namespace sluice::csv
