// Types from values.
#include "host/formats/csv/inference.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/formats/csv/level_cache.h"

namespace sluice::csv {
namespace {

constexpr std::int64_t kExact = std::int64_t(1) << 53;
constexpr std::size_t kAlwaysFew = 16;  // levels

bool is_exact(std::int64_t value) {
  if (value >= -kExact && value <= kExact) return true;
  const double rounded = double(value);
  return rounded < 0x1p63 && std::int64_t(rounded) == value;
}

}  // namespace

bool allowed(const Wanted& wanted, const Dictionary& levels, std::string_view text) {
  std::int64_t integer = 0;
  double number = 0;
  Time time;
  switch (wanted.type) {
    case Type::kInteger:
      return parse_integer(text, integer) == IntegerResult::kValue;
    case Type::kFloat:
      return parse_float(text, wanted.decimal, number);
    case Type::kTime:
      return parse_time(text, time);
    case Type::kCategory:
      return !wanted.fixed_levels || levels.find(text) >= 0;
    case Type::kText:
      break;
  }
  return true;
}

bool Fields::is_plain(std::string_view field, Type type) const {
  if (plain == nullptr || (type != Type::kFloat && type != Type::kInteger)) return false;
  const Span span{field.data(), field.size()};
  PlainNumber number;
  plain(&span, 1, dialect->decimal, &number);
  return type == Type::kFloat ? number.plain : number.is_integer();
}

bool allowed(const Wanted& wanted, const Dictionary& levels, std::string_view field, Fields& fields) {
  if (fields.is_plain(field, wanted.type)) return true;
  const Decoded value = decode(field, *fields.dialect, fields.scratch);
  return fields.missing.contains(value) || allowed(wanted, levels, value.text);
}

Inference::Inference(const Wanted& wanted)
    : wanted_(wanted), low_(std::numeric_limits<double>::infinity()), high_(-low_) {
  if (wanted.text_from_start) integer_ = float_ = time_ = false;
  if (!wanted.given) return;
  integer_ = wanted.type == Type::kInteger;
  float_ = wanted.type == Type::kFloat;
  time_ = wanted.type == Type::kTime;
  if (wanted.type == Type::kCategory) wanted_.max_levels = std::numeric_limits<std::size_t>::max();
  if (wanted.type == Type::kText) too_many_ = true;
}

bool Inference::add_integer(std::int64_t value) {
  time_ = false;
  least_ = std::min(least_, value);
  greatest_ = std::max(greatest_, value);
  inexact_integer_ |= !is_exact(value);
  return true;
}

bool Inference::add_float(double value) {
  time_ = false;
  value += 0.0;  // -0.0 counts as 0.0
  if (value < low_) low_ = value;
  if (value > high_) high_ = value;
  return true;
}

// A field that is plainly of the type that the column still can be; all others take the long way.
bool Inference::add_plain(const PlainNumber& number) {
  if (integer_) return number.is_integer() && add_integer(number.integer());
  if (!float_ || !number.plain || (number.places == 0 && number.digits >= std::uint64_t(kExact)))
    return false;
  time_ = false;
  return !wanted_.ranges || add_float(nearest(number));
}

bool Inference::add_number(std::string_view text) {
  if (integer_) {
    std::int64_t value = 0;
    if (parse_integer(text, value) == IntegerResult::kValue) return add_integer(value);
    integer_ = false;
  }
  if (float_) {
    double value = 0;
    if (parse_float(text, wanted_.decimal, value)) {
      add_float(value);
      if (std::fabs(value) >= double(kExact)) {
        std::int64_t integer = 0;
        const IntegerResult result = parse_integer(text, integer);
        inexact_ |=
            result == IntegerResult::kTooLong || (result == IntegerResult::kValue && !is_exact(integer));
      }
      return true;
    }
    float_ = false;
  }
  Time time;
  if (time_ && parse_time(text, time)) {
    (time.zoned ? zoned_ : local_) = true;
    first_ns_ = std::min(first_ns_, time.ns);
    last_ns_ = std::max(last_ns_, time.ns);
    if (wanted_.given || !(zoned_ && local_)) return true;
  }
  time_ = false;
  return false;
}

void Inference::add_level(std::string_view text, std::int64_t times) {
  constexpr std::size_t kLongest = 4096;  // of a level: longer values are texts, however few
  if (too_many_) return;
  const bool too_long = !wanted_.given && text.size() > kLongest;
  if (!too_long) levels_.add(text, times);
  if (!too_long && levels_.size() <= wanted_.max_levels) return;
  too_many_ = true;
  levels_ = {};
}

void Inference::add(std::string_view text) {
  if (!numeric()) {
    add_level(text, 1);
  } else if (!add_number(text)) {
    if (values_ == 0)
      add_level(text, 1);
    else
      incomplete_ = true;
  }
  ++values_;
}

// Levels from `row` on, as long as there are not too many. Returns the first row not looked at.
std::size_t Inference::add_levels(const Block& block, std::size_t column, std::size_t row, Fields& fields) {
  constexpr std::int32_t kAdded = LevelCache::kKeep - 1;
  LevelCache cache;
  for (; row < block.rows.size() && !too_many_; ++row) {
    const std::string_view field = block.field(row, column);
    bool counted = false;
    const std::int32_t code = cache.code(field, [&] {
      const Decoded value = decode(field, *fields.dialect, fields.scratch);
      if (fields.missing.contains(value)) return -1;
      add(value.text);
      counted = true;
      return too_many_ ? kAdded : levels_.find(value.text);
    });
    if (code == -1) ++missing_;
    if (code < 0 || counted) continue;
    ++values_;
    levels_.count(code);
  }
  return row;
}

// A group of rows from `row` on that are numbers so far. Returns the first row not looked at.
std::size_t Inference::add_numbers(const Block& block, std::size_t column, std::size_t row, Fields& fields) {
  constexpr std::size_t kGroup = 64;
  Span texts[kGroup];
  PlainNumber numbers[kGroup];
  const std::size_t count = std::min(kGroup, block.rows.size() - row);
  block.fields(row, count, column, texts);
  const bool plain = fields.plain != nullptr && (integer_ || float_);
  if (plain) fields.plain(texts, count, fields.dialect->decimal, numbers);
  for (std::size_t k = 0; k < count; ++k) {
    if (plain && add_plain(numbers[k])) {
      ++values_;
      continue;
    }
    const Decoded value = decode({texts[k].begin, texts[k].size}, *fields.dialect, fields.scratch);
    if (fields.missing.contains(value)) {
      ++missing_;
      continue;
    }
    add(value.text);
    if (!numeric() && !too_many_) return row + k + 1;
  }
  return row + count;
}

void Inference::add(const Block& block, std::size_t column, Fields& fields) {
  for (std::size_t row = 0; row < block.rows.size();)
    row = numeric() || too_many_ ? add_numbers(block, column, row, fields)
                                 : add_levels(block, column, row, fields);
}

void Inference::merge(const Inference& later) {
  const bool numbers_before = numeric() && values_ != 0,
             numbers_later = later.numeric() && later.values_ != 0;
  integer_ &= later.integer_;
  float_ &= later.float_;
  time_ &= later.time_;
  zoned_ |= later.zoned_;
  local_ |= later.local_;
  inexact_ |= later.inexact_;
  inexact_integer_ |= later.inexact_integer_;
  incomplete_ |= later.incomplete_ || (!numeric() && (numbers_before || numbers_later));
  values_ += later.values_;
  missing_ += later.missing_;
  least_ = std::min(least_, later.least_);
  greatest_ = std::max(greatest_, later.greatest_);
  first_ns_ = std::min(first_ns_, later.first_ns_);
  last_ns_ = std::max(last_ns_, later.last_ns_);
  low_ = std::min(low_, later.low_);
  high_ = std::max(high_, later.high_);
  if (later.too_many_) too_many_ = true, levels_ = {};
  for (std::size_t i = 0; i < later.levels_.size() && !too_many_; ++i)
    add_level(later.levels_[i], later.levels_.counts()[i]);
}

Type Inference::type() const {
  if (wanted_.given) return wanted_.type;
  if (values_ == 0) return Type::kFloat;
  if (integer_) return Type::kInteger;
  if (float_) return Type::kFloat;
  if (numeric()) return Type::kTime;
  const bool few = !too_many_ && (levels_.size() <= kAlwaysFew || 2 * levels_.size() <= std::size_t(values_));
  return few ? Type::kCategory : Type::kText;
}

void Inference::conclude(Column& column) const {
  column.type = type();
  column.values = values_;
  column.missing = missing_;
  if (column.type == Type::kInteger && values_ != 0) column.least = least_, column.greatest = greatest_;
  if (column.type == Type::kTime && values_ != 0) {
    column.least = first_ns_, column.greatest = last_ns_;
    column.zoned = zoned_;
  }
  if (column.type == Type::kFloat) {
    column.low = low_, column.high = high_;
    if (least_ <= greatest_) {  // integers, before the first that was none
      column.low = std::min(low_, double(least_));
      column.high = std::max(high_, double(greatest_));
    }
    if (!wanted_.ranges || column.low > column.high)
      column.low = column.high = std::numeric_limits<double>::quiet_NaN();
    column.inexact = inexact_ || inexact_integer_;
  }
  if (column.type == Type::kCategory) {
    Dictionary counted = std::move(column.levels);  // those given come first
    for (std::size_t i = 0; i < levels_.size(); ++i) counted.add(levels_[i], levels_.counts()[i]);
    column.levels = std::move(counted);
  }
}

}  // namespace sluice::csv
