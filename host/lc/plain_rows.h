// Rows of a text table in their plainest form, as programs write them: ASCII, blanks between fields, each
// line with all of them. Files of other rows are left to the general reader, which says the same of these.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "host/formats/csv/parse.h"
#include "host/lc/plain_fields.h"
#include "host/lc/row_parser.h"

namespace sluice::lc {

class PlainRows {
 public:
  /// Rows of the layout without object; `dialect` separates by blanks, and has no quote and '#' for comments.
  PlainRows(const csv::Dialect& dialect, const Layout& layout);
  /// Appends all rows of `body`, or none and returns false: they are not plain, or one of them is bad.
  /// csv::kPadding bytes around the body are readable.
  bool append(std::string_view body, ParsedRows& to);

 private:
  bool find_fields(std::string_view body);
  bool append_block(std::string_view body, ParsedRows& to);
  bool slow_number(const char* begin, const char* end, double& value) const;
  bool numbers(const char* data, int field, std::vector<double>& to) const;
  csv::MissingWords missing_;
  Layout layout_;
  const PlainFields* fields_ = nullptr;   // null: no rows are plain here
  std::vector<std::uint32_t> borders_;    // begins and ends of fields, in turn
  std::vector<std::uint32_t> lines_;      // ends of lines
  std::vector<double> t_, flux_, error_;  // of lines; error_ NaN where there are none
  std::size_t count_ = 0;                 // of lines
};

}  // namespace sluice::lc
