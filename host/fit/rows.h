// Rows of a table as numbers: the values of all monomials and the codes of all categories, a few hundred rows
// at a time, without rows that lack a value. Each thread has a maker of its own.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "host/fit/dense.h"
#include "host/fit/levels.h"
#include "host/fit/source.h"
#include "host/formats/csv/columns.h"
#include "host/formats/csv/level_cache.h"

namespace sluice::fit {

/// At most kRows rows, by columns.
struct RowBlock {
  static constexpr std::size_t kRows = 256;
  std::size_t rows = 0;
  std::vector<const double*> monomials;    // values of each; of the first, ones
  std::vector<const std::int32_t*> codes;  // of each category
  const double* weights = nullptr;         // more than 0; null: all are 1
  std::vector<std::size_t> places;         // of the rows, in the group that they are left of
  std::size_t group = 0;                   // rows of that group, with those left out
};

class RowTaker {
 public:
  virtual ~RowTaker() = default;
  virtual void take(const RowBlock& block) = 0;
  /// A group is done, with or without rows that were taken.
  virtual void finish(std::size_t group) {}
};

/// Where the rows of a block stand in their file, for messages.
class RowPlaces {
 public:
  virtual ~RowPlaces() = default;
  virtual std::size_t rows() const = 0;
  virtual std::size_t offset(std::size_t row, std::size_t column) const = 0;
  virtual std::string shown(std::size_t row, std::size_t column) const = 0;
};

/// Rows of a binary table: values of its columns of numbers, then of its categories.
struct RecordRows {
  std::vector<RecordValues> values;
  std::size_t rows = 0;
};

class RowMaker {
 public:
  /// `levels`: of each category. All must live longer.
  RowMaker(const Source& source, AllLevels& levels);
  /// The rows of a block of text, to `taker`. Rows without a value are counted; bad values are logged, and
  /// where the policy is to fail no rows come from the block.
  void make(csv::Block& block, csv::FaultLog& faults, RowTaker& taker);
  /// The same of a binary table; faults' offsets are rows.
  void make(const RecordRows& block, csv::FaultLog& faults, RowTaker& taker);
  std::int64_t dropped() const { return dropped_; }
  void restart() { dropped_ = 0; }

 private:
  class Columns;
  bool read_numbers(csv::Block& block, csv::FaultLog& faults);
  /// False where every row has a code.
  bool read_codes(csv::Block& block, csv::FaultLog& faults);
  /// Logs infinite values; false where no value is missing either.
  bool check_finite(const RowPlaces& places, csv::FaultLog& faults);
  /// Logs weights that can be none; true where some row has weight 0, and is left out.
  bool check_weights(const RowPlaces& places, csv::FaultLog& faults);
  /// What follows when numbers and codes are there.
  void make_all(const RowPlaces& places, csv::FaultLog& faults, RowTaker& taker);
  void make_rows(const RowPlaces& places, std::size_t first, std::size_t count, csv::FaultLog& faults,
                 RowTaker& taker);
  bool keep(const RowPlaces& places, csv::FaultLog& faults);

  const Source& source_;
  const DenseWays& ways_;
  csv::BlockParser parser_;
  std::vector<csv::ColumnData> columns_;
  std::vector<LevelCodes> level_codes_;
  std::vector<csv::LevelCache> caches_;
  std::vector<std::vector<std::int32_t>> codes_;  // of the block's rows; -1: missing
  csv::MissingWords missing_;
  std::string scratch_;
  std::vector<std::uint8_t> bad_;  // of the block's rows: left out as a fault
  std::int64_t dropped_ = 0;
  bool gaps_ = false;  // some row of the block lacks a value or is left out

  // Of at most RowBlock::kRows rows.
  std::vector<std::size_t> kept_;                  // which rows of the block
  std::vector<std::vector<double>> kept_numbers_;  // by column
  std::vector<const double*> number_at_;           // of each column: there, or in columns_
  std::vector<std::vector<std::int32_t>> kept_codes_;
  std::vector<std::vector<double>> factors_, products_;
  std::vector<double> ones_;
  std::vector<const double*> factor_at_;
  RowBlock rows_;
};

/// A number with a decimal comma as one with a point, so that levels are numbers; `scratch` holds it.
std::string_view with_point(std::string_view text, char decimal, std::string& scratch);

/// The column of the file, from 1, that an expression takes first.
int column_of(const Expression& e, const csv::Schema& schema);

}  // namespace sluice::fit
