// What the values of a column seen so far allow it to be. Parts of a file are looked at separately and merged
// in order; the outcome is that of one look at the whole.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "host/formats/csv/columns.h"
#include "host/formats/csv/parse.h"
#include "host/formats/csv/schema.h"

namespace sluice::csv {

struct Wanted {  // of one column
  bool given = false;
  Type type = Type::kText;  // where given
  bool fixed_levels = false;
  std::size_t max_levels = 0;
  char decimal = '.';
  bool ranges = true;            // of floats
  bool text_from_start = false;  // of a second look
};

/// How fields are read.
struct Fields {
  explicit Fields(const Dialect& of)
      : dialect(&of), missing(of), plain(may_be_plain(of, missing) ? best_plain_numbers() : nullptr) {}
  /// Whether a field is a plain number of this type.
  bool is_plain(std::string_view field, Type type) const;

  const Dialect* dialect;
  MissingWords missing;
  PlainNumbers plain;  // null: no number may be taken as it stands
  std::string scratch;
};

class Inference {
 public:
  explicit Inference(const Wanted& wanted);
  /// A column's fields. They must be allowed() where its type is given.
  void add(const Block& block, std::size_t column, Fields& fields);
  /// `later` is of the rows right behind these.
  void merge(const Inference& later);

  /// Some levels were not kept, as the column looked like numbers until then: look again, from the start as
  /// text.
  bool needs_another_look() const { return !numeric() && incomplete_ && !too_many_; }
  /// Type, counts, range and levels.
  void conclude(Column& column) const;
  std::uint64_t bytes() const { return levels_.bytes(); }

 private:
  bool numeric() const { return integer_ || float_ || (time_ && (wanted_.given || !(zoned_ && local_))); }
  void add(std::string_view text);
  bool add_plain(const PlainNumber& number);
  std::size_t add_numbers(const Block& block, std::size_t column, std::size_t row, Fields& fields);
  bool add_integer(std::int64_t value);
  bool add_float(double value);
  std::size_t add_levels(const Block& block, std::size_t column, std::size_t row, Fields& fields);
  bool add_number(std::string_view text);
  void add_level(std::string_view text, std::int64_t times);
  Type type() const;

  Wanted wanted_;
  bool integer_ = true, float_ = true, time_ = true;  // what all values can be
  bool zoned_ = false, local_ = false;                // times with and without a zone were seen
  bool inexact_ = false, inexact_integer_ = false;
  bool incomplete_ = false, too_many_ = false;  // of levels
  std::int64_t values_ = 0, missing_ = 0;
  std::int64_t least_ = INT64_MAX, greatest_ = INT64_MIN, first_ns_ = INT64_MAX, last_ns_ = INT64_MIN;
  double low_, high_;
  Dictionary levels_;
};

/// Whether a value, not missing, can be one of the type given.
bool allowed(const Wanted& wanted, const Dictionary& levels, std::string_view text);
/// Whether a field can: so, or missing.
bool allowed(const Wanted& wanted, const Dictionary& levels, std::string_view field, Fields& fields);

}  // namespace sluice::csv
