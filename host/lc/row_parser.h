// Blocks of separated fields to rows of light curves: what text tables and large ones have in common. Numbers
// are parsed a column at a time, bands and objects by the few fields that were seen last.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/formats/csv/columns.h"
#include "host/formats/csv/dictionary.h"
#include "host/formats/csv/level_cache.h"
#include "host/lc/columns.h"

namespace sluice::lc {

/// Rows in order. Row::object is a number where the field is one that is not negative, else -1 - its code in
/// `objects`; without an object column it is 0. Row::band is a code in `bands`, which hold the field's text.
struct ParsedRows {
  std::vector<Row> rows;
  csv::Dictionary bands, objects;
};

class RowParser {
 public:
  /// by_text: objects come as codes even where they are numbers.
  RowParser(const ReadOptions& options, const csv::Dialect& dialect, const Layout& layout,
            const std::vector<std::string>& names, bool by_text);
  RowParser(RowParser&&) = delete;
  /// Of rows from `first` on, whose flux and error are magnitudes: what append() makes of them itself.
  void turn_magnitudes(ParsedRows& rows, std::size_t first) const;
  /// Bad rows are logged and left out; with `fail`, those behind the first may be too.
  void append(csv::Block& block, bool fail, ParsedRows& to, csv::FaultLog& faults);

 private:
  void bands_of(csv::Block& block, ParsedRows& to, csv::FaultLog& faults);
  void objects_of(csv::Block& block, ParsedRows& to, csv::FaultLog& faults);
  std::int64_t object_of(std::string_view field, ParsedRows& to);
  void leave_out(csv::Block& block, const std::vector<std::uint8_t>& bad);
  void numbers_of(csv::Block& block, bool fail, csv::FaultLog& faults);
  void finish(const csv::Block& block, ParsedRows& to, csv::FaultLog& faults);
  bool is_missing(std::string_view field);
  std::string_view clean(std::string_view field);

  csv::Dialect dialect_;
  Layout layout_;
  csv::Schema schema_;  // t, flux, dflux
  csv::BlockParser parser_;
  csv::MissingWords missing_;
  bool by_text_, magnitudes_;
  double zero_point_;
  std::string only_band_, scratch_;
  std::vector<csv::ColumnData> numbers_;
  std::vector<std::int32_t> bands_;
  std::vector<std::int64_t> objects_;
  std::vector<std::uint8_t> bad_;
};

}  // namespace sluice::lc
