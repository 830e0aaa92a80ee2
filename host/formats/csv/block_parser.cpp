// Blocks of rows to columns of values.
#include <algorithm>
#include <limits>

#include "host/formats/csv/columns.h"
#include "host/formats/csv/level_cache.h"

namespace sluice::csv {

bool may_be_plain(const Dialect& dialect, const MissingWords& missing) {
  const char quote = dialect.quote;
  return !missing.may_be_number() && quote != '-' && quote != dialect.decimal &&
         !(quote >= '0' && quote <= '9');
}

void log_bad(const Block& block, const BadRows& bad, const Schema& schema, const Dialect& dialect,
             FaultLog& faults) {
  std::string scratch;
  for (std::size_t row = 0; row < block.rows.size(); ++row) {
    if (!bad.contains(row)) continue;
    const Column& column = schema.columns[std::size_t(bad.column(row))];
    const std::size_t index = std::size_t(column.index);
    faults.add(Fault::Kind::kBadValue, block.begin_of(row, index), column.index + 1, [&] {
      return bad_value(column.name, column.type, decode(block.field(row, index), dialect, scratch).text);
    });
  }
}

BlockParser::BlockParser(const Dialect& dialect, const Schema& schema)
    : dialect_(&dialect),
      schema_(&schema),
      missing_(dialect),
      plain_(may_be_plain(dialect, missing_) ? best_plain_numbers() : nullptr) {}

// value(row, field) for each row; where it is false, the row is bad.
template <class Value>
void BlockParser::each(Block& block, std::size_t i, bool fail, BadRows& bad, const Value& value) {
  const std::size_t index = std::size_t(schema_->columns[i].index);
  for (std::size_t row = 0; row < block.rows.size(); ++row) {
    if (value(row, block.field(row, index))) continue;
    bad.add(row, i);
    if (fail) block.rows.resize(row + 1);
  }
}

// As each(), but first plain(row, number) for what is a plain number, as far as it takes it.
template <class Plain, class Value>
void BlockParser::each_number(Block& block, std::size_t i, bool fail, BadRows& bad, const Plain& plain,
                              const Value& value) {
  if (plain_ == nullptr) return each(block, i, fail, bad, value);
  const std::size_t index = std::size_t(schema_->columns[i].index);
  constexpr std::size_t kGroup = 64;
  Span fields[kGroup];
  PlainNumber numbers[kGroup];
  for (std::size_t first = 0; first < block.rows.size(); first += kGroup) {
    const std::size_t count = std::min(kGroup, block.rows.size() - first);
    block.fields(first, count, index, fields);
    plain_(fields, count, dialect_->decimal, numbers);
    for (std::size_t k = 0; k < count; ++k) {
      if (plain(first + k, numbers[k]) || value(first + k, {fields[k].begin, fields[k].size})) continue;
      bad.add(first + k, i);
      if (!fail) continue;
      block.rows.resize(first + k + 1);
      return;
    }
  }
}

void BlockParser::append_numbers(Block& block, std::size_t i, bool fail, ColumnData& to, BadRows& bad) {
  const std::size_t before = to.missing.size(), rows = before + block.rows.size();
  const Type type = schema_->columns[i].type;
  to.missing.resize(rows);
  std::uint8_t* missing = to.missing.data() + before;
  if (type == Type::kFloat) {
    to.floats.resize(rows);
    double* floats = to.floats.data() + before;
    return each_number(
        block, i, fail, bad,
        [&](std::size_t row, const PlainNumber& number) {
          if (number.plain) floats[row] = nearest(number);
          return number.plain;
        },
        [&](std::size_t row, std::string_view field) {
          const Decoded value = decode(field, *dialect_, scratch_);
          missing[row] = std::uint8_t(missing_.contains(value));
          floats[row] = std::numeric_limits<double>::quiet_NaN();
          return missing[row] != 0 || parse_float(value.text, dialect_->decimal, floats[row]);
        });
  }
  to.integers.resize(rows);
  std::int64_t* integers = to.integers.data() + before;
  if (type == Type::kInteger) {
    return each_number(
        block, i, fail, bad,
        [&](std::size_t row, const PlainNumber& number) {
          if (number.is_integer()) integers[row] = number.integer();
          return number.is_integer();
        },
        [&](std::size_t row, std::string_view field) {
          const Decoded value = decode(field, *dialect_, scratch_);
          missing[row] = std::uint8_t(missing_.contains(value));
          return missing[row] != 0 || parse_integer(value.text, integers[row]) == IntegerResult::kValue;
        });
  }
  each(block, i, fail, bad, [&](std::size_t row, std::string_view field) {
    const Decoded value = decode(field, *dialect_, scratch_);
    missing[row] = std::uint8_t(missing_.contains(value));
    if (missing[row] != 0) return true;
    Time time;
    if (!parse_time(value.text, time)) return false;
    integers[row] = time.ns;
    return true;
  });
}

void BlockParser::append(Block& block, std::size_t i, bool fail, ColumnData& to, BadRows& bad) {
  const Column& column = schema_->columns[i];
  if (column.type != Type::kCategory && column.type != Type::kText)
    return append_numbers(block, i, fail, to, bad);
  const std::size_t before = to.missing.size(), rows = before + block.rows.size();
  to.missing.resize(rows);
  std::uint8_t* missing = to.missing.data() + before;
  if (column.type == Type::kText) {
    to.text_ends.resize(rows);
    std::int64_t* ends = to.text_ends.data() + before;
    return each(block, i, fail, bad, [&](std::size_t row, std::string_view field) {
      const Decoded value = decode(field, *dialect_, scratch_);
      missing[row] = std::uint8_t(missing_.contains(value));
      if (missing[row] == 0) to.text.append(value.text);
      ends[row] = std::int64_t(to.text.size());
      return true;
    });
  }
  to.codes.resize(rows);
  std::int32_t* codes = to.codes.data() + before;
  LevelCache cache;
  constexpr std::int32_t kUnknown = LevelCache::kKeep - 1;
  each(block, i, fail, bad, [&](std::size_t row, std::string_view field) {
    codes[row] = cache.code(field, [&] {
      const Decoded value = decode(field, *dialect_, scratch_);
      if (missing_.contains(value)) return -1;
      const std::int32_t code = column.levels.find(value.text);
      return code < 0 ? kUnknown : code;
    });
    missing[row] = std::uint8_t(codes[row] == -1);
    return codes[row] != kUnknown;
  });
}

std::size_t BlockParser::append(Block& block, bool fail, std::vector<ColumnData>& columns, FaultLog& faults) {
  BadRows bad(block.rows.size());
  const std::size_t before = columns.empty() ? 0 : columns[0].rows(), rows = block.rows.size();
  for (std::size_t i = 0; i < columns.size(); ++i) append(block, i, fail, columns[i], bad);
  if (!bad.any()) return rows;
  log_bad(block, bad, *schema_, *dialect_, faults);
  if (fail) return 0;
  for (ColumnData& column : columns) column.remove(before, bad);
  return columns[0].rows() - before;
}

}  // namespace sluice::csv
