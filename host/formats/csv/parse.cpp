// Numbers, missing words and the text of a field.
#include "host/formats/csv/parse.h"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace sluice::csv {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

void append_latin1(std::string_view text, std::string& to) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      to += c;
    else
      to += {char(0xc0 | byte >> 6), char(0x80 | (byte & 0x3f))};
  }
}

// Takes the quotes off a field that begins with one; what follows the closing quote is text.
std::string_view unquoted(std::string_view field, char quote, std::string& scratch) {
  const std::string_view rest = field.substr(1);
  const std::size_t first = rest.find(quote);
  if (first == std::string_view::npos) return rest;
  if (first + 1 == rest.size()) return rest.substr(0, first);
  scratch.clear();
  std::size_t i = 0;
  while (i < rest.size()) {
    const std::size_t next = std::min(rest.find(quote, i), rest.size());
    scratch.append(rest, i, next - i);
    if (next + 1 >= rest.size() || rest[next + 1] != quote) {
      if (next < rest.size()) scratch.append(rest, next + 1);
      break;
    }
    scratch += quote;
    i = next + 2;
  }
  return scratch;
}

}  // namespace

IntegerResult parse_integer(std::string_view text, std::int64_t& value) {
  text = trimmed(text);
  const bool negative = !text.empty() && text.front() == '-';
  if (negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  if (text.empty() || !std::all_of(text.begin(), text.end(), is_digit)) return IntegerResult::kNone;
  std::uint64_t sum = 0;
  const std::uint64_t limit = std::uint64_t(INT64_MAX) + std::uint64_t(negative);
  for (const char c : text) {
    const std::uint64_t digit = std::uint64_t(c - '0');
    if (sum > (limit - digit) / 10) return IntegerResult::kTooLong;
    sum = sum * 10 + digit;
  }
  value = std::int64_t(negative ? 0 - sum : sum);
  return IntegerResult::kValue;
}

bool parse_float(std::string_view text, char decimal, double& value) {
  text = trimmed(text);
  if (!text.empty() && text.front() == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return false;
  }
  if (text.empty()) return false;
  const char* end = text.data() + text.size();
  const fast_float::parse_options options(fast_float::chars_format::general, decimal);
  const auto result = fast_float::from_chars_advanced(text.data(), end, value, options);
  if (result.ptr != end || result.ec == std::errc::invalid_argument) return false;
  return !std::isnan(value) || text.back() != ')';  // no nan(payload)
}

bool is_ascii(std::string_view text) {
  std::size_t i = 0;
  for (; i + 64 <= text.size(); i += 64) {
    std::uint64_t words[8], all = 0;
    std::memcpy(words, text.data() + i, 64);
    for (const std::uint64_t word : words) all |= word;
    if ((all & 0x8080808080808080u) != 0) return false;
  }
  for (; i < text.size(); ++i)
    if (static_cast<unsigned char>(text[i]) >= 0x80) return false;
  return true;
}

bool is_utf8(std::string_view text) {
  if (is_ascii(text)) return true;
  std::size_t i = 0;
  while (i < text.size()) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned char lead = byte(i);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xc2 && lead < 0xe0 ? 2
                               : (lead & 0xf0) == 0xe0       ? 3
                               : lead >= 0xf0 && lead < 0xf5 ? 4
                                                             : 0;
    if (length == 0 || text.size() - i < length) return false;
    for (std::size_t k = 1; k < length; ++k)
      if ((byte(i + k) & 0xc0) != 0x80) return false;
    // Too long forms, halves of surrogate pairs, and beyond U+10FFFF.
    if (length == 3 && ((lead == 0xe0 && byte(i + 1) < 0xa0) || (lead == 0xed && byte(i + 1) >= 0xa0)))
      return false;
    if (length == 4 && ((lead == 0xf0 && byte(i + 1) < 0x90) || (lead == 0xf4 && byte(i + 1) >= 0x90)))
      return false;
    i += length;
  }
  return true;
}

Decoded decode(std::string_view field, const Dialect& dialect, std::string& scratch) {
  Decoded result{field, dialect.quote != 0 && !field.empty() && field.front() == dialect.quote};
  if (result.quoted) result.text = unquoted(field, dialect.quote, scratch);
  if (dialect.encoding == Encoding::kLatin1 && !is_ascii(result.text)) {
    std::string converted;
    append_latin1(result.text, converted);
    scratch = std::move(converted);
    result.text = scratch;
  }
  return result;
}

MissingWords::MissingWords(const Dialect& dialect)
    : words_(dialect.missing), quoted_(dialect.quoted_missing) {
  for (const std::string& word : words_) {
    if (word.empty()) {
      empty_ = true;
    } else {
      lengths_[std::min(word.size(), kLongest)] = true;
      firsts_[static_cast<unsigned char>(word[0])] = true;
    }
    double number = 0;
    may_be_number_ |=
        (parse_float(word, '.', number) || parse_float(word, ',', number)) && std::isfinite(number);
  }
}

bool MissingWords::is_listed(std::string_view text) const {
  return std::find(words_.begin(), words_.end(), text) != words_.end();
}

}  // namespace sluice::csv
