// Rows to columns.
#include "host/formats/csv/columns.h"

#include <limits>

namespace sluice::csv {
namespace {

template <class T>
void extend(std::vector<T>& to, const std::vector<T>& from, std::size_t first, std::size_t count) {
  if (from.empty()) return;
  to.insert(to.end(), from.begin() + std::ptrdiff_t(first), from.begin() + std::ptrdiff_t(first + count));
}

template <class T>
void shorten(std::vector<T>& values, std::size_t rows) {
  if (values.size() > rows) values.resize(rows);
}

}  // namespace

const char* name_of(Type type) {
  switch (type) {
    case Type::kInteger:
      return "integer";
    case Type::kFloat:
      return "float";
    case Type::kTime:
      return "time";
    case Type::kCategory:
      return "category";
    case Type::kText:
      break;
  }
  return "text";
}

std::string bad_value(const std::string& column, Type type, std::string_view found) {
  static const char* const expected[] = {"an integer of 64 bits", "a number", "an ISO 8601 time",
                                         "a known level", ""};
  std::string shown(found.substr(0, 40));
  while (!is_utf8(shown)) shown.pop_back();  // a character that was cut
  if (found.size() > 40) shown += "...";
  return "bad value in '" + column + "': expected " + expected[int(type)] + ", found '" + shown + "'";
}

void ColumnData::append(const ColumnData& from, std::size_t first, std::size_t count) {
  extend(integers, from.integers, first, count);
  extend(floats, from.floats, first, count);
  extend(codes, from.codes, first, count);
  extend(missing, from.missing, first, count);
  if (from.text_ends.empty() || count == 0) return;
  const std::int64_t begin = first == 0 ? 0 : from.text_ends[first - 1];
  const std::int64_t shift = std::int64_t(text.size()) - begin;
  for (std::size_t i = first; i < first + count; ++i) text_ends.push_back(from.text_ends[i] + shift);
  text.append(from.text, std::size_t(begin), std::size_t(from.text_ends[first + count - 1] - begin));
}

void ColumnData::truncate(std::size_t rows) {
  shorten(integers, rows);
  shorten(floats, rows);
  shorten(codes, rows);
  shorten(missing, rows);
  shorten(text_ends, rows);
  text.resize(text_ends.empty() ? 0 : std::size_t(text_ends.back()));
}

std::uint64_t ColumnData::bytes() const {
  return integers.capacity() * 8 + floats.capacity() * 8 + codes.capacity() * 4 + text_ends.capacity() * 8 +
         missing.capacity() + text.capacity();
}

RowParser::RowParser(const Dialect& dialect, const Schema& schema)
    : dialect_(&dialect), schema_(&schema), missing_(dialect) {}

bool RowParser::append(const Column& column, std::string_view field, ColumnData& to) {
  const Decoded value = decode(field, *dialect_, scratch_);
  const bool missing = missing_.contains(value);
  switch (column.type) {
    case Type::kInteger: {
      std::int64_t integer = 0;
      if (!missing && parse_integer(value.text, integer) != IntegerResult::kValue) return false;
      to.integers.push_back(integer);
      break;
    }
    case Type::kFloat: {
      double number = std::numeric_limits<double>::quiet_NaN();
      if (!missing && !parse_float(value.text, dialect_->decimal, number)) return false;
      to.floats.push_back(number);
      break;
    }
    case Type::kTime: {
      Time time;
      if (!missing && !parse_time(value.text, time)) return false;
      to.integers.push_back(time.ns);
      break;
    }
    case Type::kCategory: {
      const std::int32_t code = missing ? -1 : column.levels.find(value.text);
      if (!missing && code < 0) return false;
      to.codes.push_back(code);
      break;
    }
    case Type::kText:
      if (!missing) to.text.append(value.text);
      to.text_ends.push_back(std::int64_t(to.text.size()));
  }
  to.missing.push_back(std::uint8_t(missing));
  return true;
}

bool RowParser::append(const Row& row, std::vector<ColumnData>& columns, FaultLog& faults) {
  if (!sound(row, schema_->file_columns, *dialect_, faults)) return false;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Column& column = schema_->columns[i];
    const std::string_view field = row.field(column.index);
    if (append(column, field, columns[i])) continue;
    faults.add({Fault::Kind::kBadValue, row.begin_of(column.index), column.index + 1,
                bad_value(column.name, column.type, decode(field, *dialect_, scratch_).text)});
    for (std::size_t k = 0; k < i; ++k) columns[k].truncate(columns[k].rows() - 1);
    return false;
  }
  return true;
}

}  // namespace sluice::csv
