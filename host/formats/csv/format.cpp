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
  // A word that would have to stand in quotes would come back as one where quoted_missing is off.
  const auto plain = [&](const std::string& text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
      return c != '\n' && c != '\r' && c != dialect.quote && c != dialect.comment && c != dialect.separator &&
             (!dialect.spaces || (c != ' ' && c != '\t'));
    });
  };
  word = "NA";
  if (listed("NA") && plain(word)) return true;
  for (const std::string& text : dialect.missing)
    if (plain(text)) return word = text, true;
  return false;
}

// Numbers and times stand without quotes: no byte of theirs may mean anything else.
void check_for_output(const std::string& path, const Dialect& dialect) {
  const auto in_numbers = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' ||
           c == '-' || c == '.' || c == ':';
  };
  for (const char c : {dialect.spaces ? ' ' : dialect.separator, dialect.quote, dialect.comment})
    if (c != 0 && in_numbers(c))
      throw Error(
          ErrorKind::kUsage,
          path +
              ": wrong dialect: expected a separator, quote and comment that stand in no number or time, "
              "found '" +
              c + "'",
          "write it with ',' or ';'");
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
  check_for_output(path, dialect);
  if (dialect.encoding != Encoding::kUtf8)
    throw Error(ErrorKind::kUsage, path + ": wrong encoding: expected UTF-8 for output, found Latin-1");
  for (const char c : {dialect.spaces ? ' ' : dialect.separator, dialect.spaces ? '\t' : '\n', '\n', '\r'})
    special_[static_cast<unsigned char>(c)] = true;
  if (dialect.quote != 0) special_[static_cast<unsigned char>(dialect.quote)] = true;
  has_missing_word_ = choose_missing_word(dialect, schema.columns.size(), missing_word_);
  for (const Column& column : schema.columns) {
    std::vector<std::string>& levels = levels_.emplace_back();
    for (const std::string& level : column.levels.levels())
      levels.push_back(dialect.quote == 0 && needs_quotes(level) ? "" : quoted(level));
  }
}

bool RowFormatter::needs_quotes(std::string_view text) const {
  if (text.empty() || text.front() == dialect_.comment || text.substr(0, 3) == "\xef\xbb\xbf") return true;
  for (const char c : text)
    if (special_[static_cast<unsigned char>(c)]) return true;
  return missing_.contains({text, false});
}

void RowFormatter::refuse_quotes(std::string_view text) const {
  throw Error(ErrorKind::kOutput,
              path_ + ": text that needs quotes: expected none as the dialect has no quote, found '" +
                  shown(text) + "'",
              "write it with quotes or another separator");
}

std::string RowFormatter::quoted(std::string_view text) const {
  if (!needs_quotes(text)) return std::string(text);
  if (dialect_.quote == 0) refuse_quotes(text);
  std::string in_quotes(1, dialect_.quote);
  for (const char c : text) {
    if (c == dialect_.quote) in_quotes += c;
    in_quotes += c;
  }
  return in_quotes + dialect_.quote;
}

/// A string that is written behind its end, and gets its length when all is there.
class RowFormatter::Text {
 public:
  explicit Text(std::string& to) : to_(to), at_(to.size()) {}
  ~Text() { to_.resize(at_); }
  Text(const Text&) = delete;
  /// Where `bytes` may be written; advance() then says how far they went.
  char* room(std::size_t bytes) {
    if (to_.size() - at_ < bytes) to_.resize(at_ + std::max<std::size_t>(bytes, 16 << 10));
    return to_.data() + at_;
  }
  void advance(const char* end) { at_ = std::size_t(end - to_.data()); }
  void put(std::string_view text) {
    char* const to = room(text.size());
    std::copy(text.begin(), text.end(), to);
    at_ += text.size();
  }
  void put(char c) {
    *room(1) = c;
    ++at_;
  }

 private:
  std::string& to_;
  std::size_t at_;
};

void RowFormatter::put_missing(const Column& column, Text& to) const {
  if (!has_missing_word_)
    throw Error(ErrorKind::kUsage, path_ + ": missing value in '" + column.name +
                                       "': expected a missing word in the dialect, found none");
  to.put(missing_word_);
}

std::string_view RowFormatter::level_text(const Column& column, std::size_t i, std::size_t code) const {
  const std::string& text = levels_[i][code];
  if (text.empty()) refuse_quotes(column.levels[code]);
  return text;
}

void RowFormatter::put_value(const Batch& batch, std::size_t i, std::size_t row, Text& to) const {
  const Column& column = batch.schema->columns[i];
  const ColumnData& data = batch.columns[i];
  const bool nan = column.type == Type::kFloat && std::isnan(data.floats[row]);
  const bool no_level = column.type == Type::kCategory && data.codes[row] < 0;
  if (nan && data.missing[row] == 0 && !has_missing_word_) return to.put("nan");
  if (data.missing[row] != 0 || nan || no_level) return put_missing(column, to);
  switch (column.type) {
    case Type::kInteger: {
      char* const at = to.room(kLongestNumber);
      to.advance(std::to_chars(at, at + kLongestNumber, data.integers[row]).ptr);
      break;
    }
    case Type::kFloat: {
      to.advance(put_float(data.floats[row], dialect_.decimal, to.room(kLongestNumber)));
      break;
    }
    case Type::kTime:
      to.put(time_text({data.integers[row], column.zoned}));
      break;
    case Type::kCategory:
      to.put(level_text(column, i, std::size_t(data.codes[row])));
      break;
    case Type::kText: {
      const std::string_view text = data.text_at(row);
      if (needs_quotes(text))
        to.put(quoted(text));
      else
        to.put(text);
      break;
    }
  }
}

void RowFormatter::put_header(const Schema& schema, std::string& to) const {
  if (!dialect_.header) return;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    if (i != 0) to += dialect_.spaces ? ' ' : dialect_.separator;
    to += quoted(schema.columns[i].name);
  }
  to += '\n';
}

void RowFormatter::put_rows(const Batch& batch, std::int64_t first, std::int64_t last,
                            std::string& to) const {
  const char separator = dialect_.spaces ? ' ' : dialect_.separator;
  Text text(to);
  for (std::size_t row = std::size_t(first); row < std::size_t(last); ++row) {
    for (std::size_t i = 0; i < batch.columns.size(); ++i) {
      if (i != 0) text.put(separator);
      put_value(batch, i, row, text);
    }
    text.put('\n');
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
