// A hand-written reader of one dict literal; no recursion, so that nesting cannot exhaust the stack.
#include "host/formats/python_literal.h"

#include <cstdio>
#include <limits>
#include <stdexcept>

namespace sluice {
namespace {

class Reader {
 public:
  Reader(const char* text, std::size_t size) : text_(text), size_(size) {}

  void skip_space() {
    while (at_ < size_ && is_space(text_[at_])) ++at_;
  }
  char peek() {
    skip_space();
    return at_ < size_ ? text_[at_] : '\0';
  }
  bool take(char wanted) {
    if (peek() != wanted || at_ >= size_) return false;
    ++at_;
    return true;
  }
  void expect(char wanted) {
    if (!take(wanted)) fail(std::string("'") + wanted + "'");
  }
  bool finished() {
    while (at_ < size_ && (is_space(text_[at_]) || text_[at_] == '\0')) ++at_;
    return at_ == size_;
  }

  std::string string() {
    const char quote = peek();
    if (quote != '\'' && quote != '"') fail("a string");
    std::string value;
    for (++at_; at_ < size_ && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' || text_[at_] == '\n') fail("a plain string");
      value += text_[at_];
    }
    if (at_ == size_) fail("the end of a string");
    ++at_;
    return value;
  }

  bool boolean() {
    if (word("True")) return true;
    if (word("False")) return false;
    fail("True or False");
  }

  // An integer with an optional sign and Python 2's suffix L. Too large: the largest number, and overflow.
  std::int64_t integer(bool& overflow) {
    constexpr std::int64_t largest = std::numeric_limits<std::int64_t>::max();
    const bool negative = take('-');
    if (!negative) take('+');
    if (peek() < '0' || peek() > '9') fail("an integer");
    std::int64_t value = 0;
    bool saturated = false;
    for (; at_ < size_ && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      const int digit = text_[at_] - '0';
      if (value > (largest - digit) / 10) saturated = true;
      value = saturated ? largest : value * 10 + digit;
    }
    if (at_ < size_ && (text_[at_] == 'L' || text_[at_] == 'l')) ++at_;
    if (saturated && !negative) overflow = true;
    return negative ? -value : value;
  }

  // Steps over a bracketed value, strings in it included.
  void skip_brackets() {
    std::string open;
    do {
      const char c = peek();
      if (at_ >= size_) fail("a closing bracket");
      if (c == '\'' || c == '"') {
        string();
        continue;
      }
      if (c == '(' || c == '[' || c == '{') open += c == '(' ? ')' : c == '[' ? ']' : '}';
      if (c == ')' || c == ']' || c == '}') {
        if (open.empty() || open.back() != c) fail("a closing bracket");
        open.pop_back();
      }
      ++at_;
    } while (!open.empty());
  }

  [[noreturn]] void fail(const std::string& expected) {
    skip_space();
    std::string found = "the end";
    if (at_ < size_) {
      const auto c = static_cast<unsigned char>(text_[at_]);
      char code[8];
      std::snprintf(code, sizeof code, "\\x%02x", c);
      found = c > 32 && c < 127 ? std::string("'") + text_[at_] + "'" : std::string(code);
    }
    throw std::invalid_argument("expected " + expected + ", found " + found + " at byte " +
                                std::to_string(at_) + " of its text");
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
  bool word(const char* wanted) {
    skip_space();
    std::size_t n = 0;
    while (wanted[n] != '\0') {
      if (at_ + n >= size_ || text_[at_ + n] != wanted[n]) return false;
      ++n;
    }
    at_ += n;
    return true;
  }

  const char* text_;
  std::size_t size_;
  std::size_t at_ = 0;
};

std::vector<std::int64_t> read_shape(Reader& in, bool& overflow) {
  std::vector<std::int64_t> shape;
  in.expect('(');
  bool comma = true;
  while (in.peek() != ')') {
    if (!comma) in.fail("',' or ')'");
    if (shape.size() == 64) in.fail("at most 64 extents");
    shape.push_back(in.integer(overflow));
    comma = in.take(',');
  }
  if (shape.size() == 1 && !comma) in.fail("',' after the only extent");
  in.expect(')');
  return shape;
}

NpyDict read_dict(Reader& in) {
  NpyDict dict;
  bool has_type = false, has_order = false, has_shape = false;
  in.expect('{');
  bool comma = true;
  while (in.peek() != '}') {
    if (!comma) in.fail("',' or '}'");
    const std::string key = in.string();
    bool* seen = key == "descr"           ? &has_type
                 : key == "fortran_order" ? &has_order
                 : key == "shape"         ? &has_shape
                                          : nullptr;
    if (seen == nullptr) throw std::invalid_argument("unknown key '" + key.substr(0, 40) + "'");
    if (*seen) throw std::invalid_argument("key '" + key + "' is there twice");
    *seen = true;
    in.expect(':');
    if (seen == &has_order) {
      dict.fortran = in.boolean();
    } else if (seen == &has_shape) {
      dict.shape = read_shape(in, dict.overflow);
    } else if (in.peek() == '[' || in.peek() == '(') {
      dict.structured = true;
      in.skip_brackets();
    } else {
      dict.type = in.string();
    }
    comma = in.take(',');
  }
  in.expect('}');
  if (!in.finished()) in.fail("nothing after the closing '}'");
  for (const auto& [seen, key] :
       {std::pair(has_type, "descr"), {has_order, "fortran_order"}, {has_shape, "shape"}})
    if (!seen) throw std::invalid_argument(std::string("key '") + key + "' is missing");
  return dict;
}

}  // namespace

NpyDict parse_npy_dict(const char* text, std::size_t size, std::string& problem) {
  problem.clear();
  try {
    Reader in(text, size);
    return read_dict(in);
  } catch (const std::invalid_argument& error) {
    problem = error.what();
    return {};
  }
}

}  // namespace sluice
