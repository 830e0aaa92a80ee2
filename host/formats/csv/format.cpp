// Numbers by std::to_chars, text in quotes where it would be read as something else.
#include "host/formats/csv/format.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "host/error.h"

namespace sluice::csv {
namespace {

constexpr std::size_t kLongestNumber = 40;

// Nothing at all where that is missing and no line becomes blank by it, else NA or the first word that shows.
bool choose_missing_word(const Dialect& dialect, std::size_t columns, std::string& word) {
  const auto listed = [&](const char* text) {
    return std::find(dialect.missing.begin(), dialect.missing.end(), text) != dialect.missing.end();
  };
  word.clear();
  if (columns > 1 && !dialect.spaces && listed("")) return true;
  word = "NA";
  if (listed("NA")) return true;
  for (const std::string& text : dialect.missing)
    if (!text.empty()) return word = text, true;
  return false;
}

/// Returns the end of what it wrote.
char* put_float(double value, char decimal, char* to) {
  char* end = std::to_chars(to, to + kLongestNumber, value).ptr;
  // A digit or a sign alone: anything else is a point, an exponent, inf or nan.
  const bool plain = std::all_of(to, end, [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
  if (plain) *end++ = '.', *end++ = '0';
  if (decimal != '.') std::replace(to, end, '.', decimal);
  return end;
}

}  // namespace

RowFormatter::RowFormatter(const std::string& path, const Dialect& dialect, const Schema& schema)
    : path_(path), dialect_(dialect), missing_(dialect) {
  check(dialect);
  if (dialect.encoding != Encoding::kUtf8)
    throw Error(ErrorKind::kUsage, path + ": wrong encoding: expected UTF-8 for output, found Latin-1");
  for (const char c : {dialect.spaces ? ' ' : dialect.separator, dialect.spaces ? '\t' : '\n', '\n', '\r'})
    special_[static_cast<unsigned char>(c)] = true;
  if (dialect.quote != 0) special_[static_cast<unsigned char>(dialect.quote)] = true;
  has_missing_word_ = choose_missing_word(dialect, schema.columns.size(), missing_word_);
}

bool RowFormatter::needs_quotes(std::string_view text) const {
  if (text.empty() || text.front() == dialect_.comment || text.substr(0, 3) == "\xef\xbb\xbf") return true;
  for (const char c : text)
    if (special_[static_cast<unsigned char>(c)]) return true;
  return missing_.contains({text, false});
}

void RowFormatter::put_text(std::string_view text, std::string& to) const {
  if (!needs_quotes(text)) {
    to.append(text);
    return;
  }
  if (dialect_.quote == 0)
    throw Error(ErrorKind::kOutput,
                path_ + ": text that needs quotes: expected none as the dialect has no quote, found '" +
                    std::string(text.substr(0, 40)) + "'",
                "write it with quotes or another separator");
  to += dialect_.quote;
  for (const char c : text) {
    if (c == dialect_.quote) to += c;
    to += c;
  }
  to += dialect_.quote;
}

void RowFormatter::put_value(const Column& column, const ColumnData& data, std::size_t row,
                             std::string& to) const {
  char number[kLongestNumber];
  if (data.missing[row] != 0 || (column.type == Type::kFloat && std::isnan(data.floats[row]))) {
    if (!has_missing_word_)
      throw Error(ErrorKind::kUsage, path_ + ": missing value in '" + column.name +
                                         "': expected a missing word in the dialect, found none");
    to += missing_word_;
    return;
  }
  switch (column.type) {
    case Type::kInteger:
      to.append(number, std::to_chars(number, number + sizeof number, data.integers[row]).ptr);
      break;
    case Type::kFloat:
      to.append(number, put_float(data.floats[row], dialect_.decimal, number));
      break;
    case Type::kTime:
      to += time_text({data.integers[row], column.zoned});
      break;
    case Type::kCategory:
      put_text(column.levels[std::size_t(data.codes[row])], to);
      break;
    case Type::kText:
      put_text(data.text_at(row), to);
      break;
  }
}

void RowFormatter::put_header(const Schema& schema, std::string& to) const {
  if (!dialect_.header) return;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    if (i != 0) to += dialect_.spaces ? ' ' : dialect_.separator;
    put_text(schema.columns[i].name, to);
  }
  to += '\n';
}

void RowFormatter::put_rows(const Batch& batch, std::int64_t first, std::int64_t last,
                            std::string& to) const {
  const char separator = dialect_.spaces ? ' ' : dialect_.separator;
  for (std::size_t row = std::size_t(first); row < std::size_t(last); ++row) {
    for (std::size_t i = 0; i < batch.columns.size(); ++i) {
      if (i != 0) to += separator;
      put_value(batch.schema->columns[i], batch.columns[i], row, to);
    }
    to += '\n';
  }
}

std::string float_text(double value, char decimal) {
  char text[kLongestNumber];
  return {text, put_float(value, decimal, text)};
}

std::string value_text(const Column& column, const ColumnData& data, std::size_t row) {
  if (data.missing[row] != 0) return "";
  switch (column.type) {
    case Type::kInteger:
      return std::to_string(data.integers[row]);
    case Type::kFloat:
      return float_text(data.floats[row]);
    case Type::kTime:
      return time_text({data.integers[row], column.zoned});
    case Type::kCategory:
      return column.levels[std::size_t(data.codes[row])];
    case Type::kText:
      break;
  }
  return std::string(data.text_at(row));
}

}  // namespace sluice::csv
