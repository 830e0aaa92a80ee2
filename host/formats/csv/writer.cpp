// Values to text, a mebibyte at a time to the file.
#include "host/formats/csv/writer.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "host/error.h"

namespace sluice::csv {
namespace {

constexpr std::size_t kFlushAt = std::size_t(1) << 20;

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

}  // namespace

Writer::Writer(const std::string& path, const Dialect& dialect, const Schema& schema)
    : path_(path), dialect_(dialect), missing_(dialect) {
  check(dialect);
  check_for_output(path, dialect);
  if (dialect.encoding != Encoding::kUtf8)
    throw Error(ErrorKind::kUsage, path + ": wrong encoding: expected UTF-8 for output, found Latin-1");
  for (const char c : {dialect.spaces ? ' ' : dialect.separator, dialect.spaces ? '\t' : '\n', '\n', '\r'})
    special_[static_cast<unsigned char>(c)] = true;
  if (dialect.quote != 0) special_[static_cast<unsigned char>(dialect.quote)] = true;
  has_missing_word_ = choose_missing_word(dialect, schema.columns.size(), missing_word_);
  file_ = sys::File(path + ".partial", O_WRONLY | O_CREAT | O_TRUNC);
  if (!dialect.header) return;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    if (i != 0) buffer_ += dialect.spaces ? ' ' : dialect.separator;
    put_text(schema.columns[i].name);
  }
  buffer_ += '\n';
}

Writer::~Writer() {
  if (finished_ || !file_) return;
  try {
    sys::unlink(file_.path());
  } catch (const Error&) {  // it stays, as a partial file
  }
}

bool Writer::needs_quotes(std::string_view text) const {
  if (text.empty() || text.front() == dialect_.comment || text.substr(0, 3) == "\xef\xbb\xbf") return true;
  for (const char c : text)
    if (special_[static_cast<unsigned char>(c)]) return true;
  return missing_.contains({text, false});
}

void Writer::put_text(std::string_view text) {
  if (!needs_quotes(text)) {
    buffer_.append(text);
    return;
  }
  if (dialect_.quote == 0)
    throw Error(ErrorKind::kOutput,
                path_ + ": text that needs quotes: expected none as the dialect has no quote, found '" +
                    std::string(text.substr(0, 40)) + "'",
                "write it with quotes or another separator");
  buffer_ += dialect_.quote;
  for (const char c : text) {
    if (c == dialect_.quote) buffer_ += c;
    buffer_ += c;
  }
  buffer_ += dialect_.quote;
}

void Writer::put_float(double value) {
  char text[40];
  char* end = std::to_chars(text, text + sizeof text, value).ptr;
  const bool plain = std::all_of(text, end, [](char c) { return c == '-' || (c >= '0' && c <= '9'); });
  if (plain) *end++ = '.', *end++ = '0';
  if (dialect_.decimal != '.') std::replace(text, end, '.', dialect_.decimal);
  buffer_.append(text, end);
}

void Writer::put_missing(const std::string& column) {
  if (!has_missing_word_)
    throw Error(ErrorKind::kUsage, path_ + ": missing value in '" + column +
                                       "': expected a missing word in the dialect, found none");
  buffer_ += missing_word_;
}

void Writer::put_value(const Column& column, const ColumnData& data, std::size_t row) {
  const bool nan = column.type == Type::kFloat && std::isnan(data.floats[row]);
  const bool no_level = column.type == Type::kCategory && data.codes[row] < 0;
  if (nan && data.missing[row] == 0 && !has_missing_word_) {
    buffer_ += "nan";
    return;
  }
  if (data.missing[row] != 0 || nan || no_level) return put_missing(column.name);
  switch (column.type) {
    case Type::kInteger:
      buffer_ += std::to_string(data.integers[row]);
      break;
    case Type::kFloat:
      put_float(data.floats[row]);
      break;
    case Type::kTime:
      buffer_ += time_text({data.integers[row], column.zoned});
      break;
    case Type::kCategory:
      put_text(column.levels[std::size_t(data.codes[row])]);
      break;
    case Type::kText:
      put_text(data.text_at(row));
      break;
  }
}

void Writer::write(const Batch& batch) {
  for (std::size_t row = 0; row < std::size_t(batch.rows); ++row) {
    for (std::size_t i = 0; i < batch.columns.size(); ++i) {
      if (i != 0) buffer_ += dialect_.spaces ? ' ' : dialect_.separator;
      put_value(batch.schema->columns[i], batch.columns[i], row);
    }
    buffer_ += '\n';
    if (buffer_.size() >= kFlushAt) flush();
  }
}

void Writer::flush() {
  sys::write_at(file_, buffer_.data(), buffer_.size(), offset_);
  offset_ += buffer_.size();
  buffer_.clear();
}

void Writer::finish() {
  if (finished_) return;
  flush();
  sys::sync_all(file_);
  sys::rename(file_.path(), path_);
  finished_ = true;
}

}  // namespace sluice::csv
