// Text to words, and words back to text with patsy's blanks.
#include "host/fit/tokens.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace sluice::fit {
namespace {

bool begins_name(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || (c & 0x80) != 0;
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool in_name(char c) {
  return begins_name(c) || is_digit(c);
}

/// Where a number that begins at `at` ends: 12, 1.5, .5, 1e-3.
std::size_t number_end(const std::string& text, std::size_t at) {
  const auto digits = [&] {
    while (at < text.size() && is_digit(text[at])) ++at;
  };
  digits();
  if (at < text.size() && text[at] == '.') ++at, digits();
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    std::size_t exponent = at + 1;
    if (exponent < text.size() && (text[exponent] == '+' || text[exponent] == '-')) ++exponent;
    if (exponent < text.size() && is_digit(text[exponent])) at = exponent, digits();
  }
  return at;
}

std::size_t name_end(const std::string& text, std::size_t at) {
  while (at < text.size() &&
         (in_name(text[at]) || (text[at] == '.' && at + 1 < text.size() && in_name(text[at + 1]))))
    ++at;
  return at;
}

std::size_t quoted_end(const std::string& text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\' && text[at] != '`')
      ++i;
    else if (text[i] == text[at])
      return i + 1;
  }
  throw FormulaError(text, at, text.size() - at,
                     std::string("expected a closing ") + text[at] + ", found the end");
}

bool is_one_of(const std::string& text, std::initializer_list<const char*> list) {
  return std::any_of(list.begin(), list.end(), [&](const char* one) { return text == one; });
}

bool has_spaces_around(const std::string& text) {
  return is_one_of(text, {"+", "-", "*", "/", "%", "|", "^", "**", "//", "<", ">", "<=", ">=", "==", "!="});
}

}  // namespace

std::string FormulaError::caret() const {
  std::string line;
  // A control character is shown as \\t or \\x1b.
  const auto width = [&](std::size_t i) -> std::size_t {
    const char c = formula_[i];
    return c == '\t' || c == '\n' || c == '\r' ? 2 : (c >= 0 && c < 32) || c == 127 ? 4 : 1;
  };
  const auto starts = [&](std::size_t i) { return (formula_[i] & 0xc0) != 0x80; };
  for (std::size_t i = 0; i < place_ && i < formula_.size(); ++i)
    if (starts(i)) line.append(width(i), ' ');
  line += '^';
  for (std::size_t i = place_ + 1; i < place_ + size_ && i < formula_.size(); ++i)
    if (starts(i)) line.append(width(i), '~');
  return line;
}

std::vector<Token> tokens_of(const std::string& formula) {
  std::vector<Token> tokens;
  const auto take = [&](Token::Kind kind, std::size_t begin, std::size_t end) {
    tokens.push_back({kind, formula.substr(begin, end - begin), begin});
    return end;
  };
  for (std::size_t at = 0; at < formula.size();) {
    const char c = formula[at];
    const bool digit_next = at + 1 < formula.size() && is_digit(formula[at + 1]);
    if (std::isspace(static_cast<unsigned char>(c))) {
      ++at;
    } else if (begins_name(c)) {
      at = take(Token::Kind::kName, at, name_end(formula, at));
    } else if (c == '`') {
      at = take(Token::Kind::kName, at, quoted_end(formula, at));
    } else if (is_digit(c) || (c == '.' && digit_next)) {
      at = take(Token::Kind::kNumber, at, number_end(formula, at));
    } else if (c == '\'' || c == '"') {
      at = take(Token::Kind::kString, at, quoted_end(formula, at));
    } else if (is_one_of(formula.substr(at, 2), {"**", "//", "<=", ">=", "==", "!="})) {
      at = take(Token::Kind::kOperator, at, at + 2);
    } else if (std::string("+-*/%^:~()[],=.|<>").find(c) != std::string::npos) {
      at = take(Token::Kind::kOperator, at, at + 1);
    } else {
      throw FormulaError(formula, at, 1, std::string("'") + c + "' has no meaning here");
    }
  }
  tokens.push_back({Token::Kind::kEnd, "", formula.size()});
  return tokens;
}

std::string spelling(const std::vector<Token>& tokens, std::size_t first, std::size_t last) {
  std::string text;
  bool after_word = false, wants_space = false, after_open = false, after_object = false;
  int depth = 0;
  for (std::size_t i = first; i < last; ++i) {
    const Token& token = tokens[i];
    const bool word = token.kind != Token::Kind::kOperator;
    if (word) {
      if (wants_space || after_word) text += ' ';
      text += token.text;
      wants_space = false, after_word = true;
    } else {
      if (is_one_of(token.text, {"(", "["})) ++depth;
      if (is_one_of(token.text, {")", "]"})) --depth;
      bool before = has_spaces_around(token.text);
      bool after = before || token.text == "," || token.text == ":";
      if (is_one_of(token.text, {"*", "**"}) && after_open) before = after = false;
      if (token.text == "=" && depth == 0) before = after = true;
      if (is_one_of(token.text, {"+", "-"}) && !after_object) before = after = false;
      if (wants_space || before) text += ' ';
      text += token.text;
      wants_space = after, after_word = false;
    }
    after_object = word || token.text == ")";
    after_open = is_one_of(token.text, {"(", ","});
  }
  return text;
}

std::string unquoted(const std::string& text) {
  if (text.size() < 2 || std::string("'\"`").find(text[0]) == std::string::npos) return text;
  std::string plain;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && text[0] != '`' && i + 2 < text.size()) ++i;
    plain += text[i];
  }
  return plain;
}

}  // namespace sluice::fit
