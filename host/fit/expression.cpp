// Reading expressions by recursive descent, with Python's precedence: -a ** 2 is -(a ** 2).
#include "host/fit/expression.h"

#include <algorithm>
#include <charconv>

namespace sluice::fit {

/// A level of the recursion, as long as it lives. Nested parentheses cost stack: a formula of many thousands
/// of them is refused.
struct ExpressionReader::Deeper {
  static constexpr int kDeepest = 200;
  Deeper(const ExpressionReader& r, std::size_t at) : reader(r) {
    if (reader.depth_ == kDeepest)
      throw FormulaError(reader.formula_, reader.tokens_[at].place, 1, "nested too deep");
    ++reader.depth_;
  }
  ~Deeper() { --reader.depth_; }
  const ExpressionReader& reader;
};

namespace {

Expression of_token(Expression::Kind kind, const Token& token) {
  Expression e;
  e.kind = kind, e.text = token.text, e.place = token.place, e.size = token.text.size();
  return e;
}

Expression binary(const std::string& sign, Expression left, Expression right) {
  Expression e;
  e.kind = Expression::Kind::kBinary, e.text = sign;
  e.place = left.place, e.size = right.place + right.size - left.place;
  e.inside.push_back(std::move(left));
  e.inside.push_back(std::move(right));
  return e;
}

}  // namespace

void ExpressionReader::refuse(std::size_t at, const std::string& expected) const {
  const Token& token = tokens_[at];
  const bool end = token.kind == Token::Kind::kEnd;
  throw FormulaError(formula_, token.place, std::max<std::size_t>(1, token.text.size()),
                     "expected " + expected + ", found " + (end ? "the end" : "'" + token.text + "'"));
}

void ExpressionReader::expect(std::size_t& at, const char* sign, const Expression& opened) const {
  if (!is(at, sign) && tokens_[at].kind == Token::Kind::kEnd)
    throw FormulaError(formula_, opened.place, opened.size, std::string("no '") + sign + "' closes this");
  if (!is(at, sign)) refuse(at, std::string("'") + sign + "'");
  ++at;
}

Expression ExpressionReader::sum(std::size_t& at) const {
  const auto compares = [&] {
    for (const char* sign : {"<", ">", "<=", ">=", "==", "!="})
      if (is(at, sign)) return true;
    return false;
  };
  Expression left = terms(at);
  if (!compares()) return left;
  const std::string sign = tokens_[at++].text;
  left = binary(sign, std::move(left), terms(at));
  if (compares()) refuse(at, "one comparison: parentheses around each");
  return left;
}

Expression ExpressionReader::terms(std::size_t& at) const {
  const Deeper deeper(*this, at);
  Expression left = product(at);
  while (is(at, "+") || is(at, "-")) {
    const std::string sign = tokens_[at++].text;
    left = binary(sign, std::move(left), product(at));
  }
  return left;
}

Expression ExpressionReader::product(std::size_t& at) const {
  Expression left = sign(at);
  while (is(at, "*") || is(at, "/") || is(at, "//") || is(at, "%")) {
    const std::string sign_text = tokens_[at++].text;
    left = binary(sign_text, std::move(left), sign(at));
  }
  return left;
}

Expression ExpressionReader::sign(std::size_t& at) const {
  if (!is(at, "-") && !is(at, "+")) return power(at);
  const Deeper deeper(*this, at);
  const bool negative = is(at, "-");
  Expression e = of_token(Expression::Kind::kNegative, tokens_[at++]);
  Expression operand = sign(at);
  if (!negative) return operand;
  e.inside.push_back(std::move(operand));
  set_end(e, at);
  return e;
}

Expression ExpressionReader::power(std::size_t& at) const {
  Expression base = primary(at);
  if (is(at, "^"))
    throw FormulaError(formula_, tokens_[at].place, 1, "'^' is no power within a function",
                       "write ** for a power, as in I(a ** 2)");
  if (!is(at, "**")) return base;
  const Deeper deeper(*this, at);
  ++at;
  return binary("**", std::move(base), sign(at));
}

Expression ExpressionReader::primary(std::size_t& at) const {
  const Token& token = tokens_[at];
  if (token.kind == Token::Kind::kNumber) {
    Expression e = of_token(Expression::Kind::kNumber, token);
    const char* end = token.text.data() + token.text.size();
    const auto read = std::from_chars(token.text.data(), end, e.number);
    if (read.ec != std::errc() || read.ptr != end) refuse(at, "a number that a double holds");
    e.is_integer = token.text.find_first_not_of("0123456789") == std::string::npos;
    if (tokens_[at + 1].kind != Token::Kind::kOperator && tokens_[at + 1].kind != Token::Kind::kEnd)
      refuse(at + 1, "an operator");
    ++at;
    return e;
  }
  if (token.kind == Token::Kind::kString) {
    Expression e = of_token(Expression::Kind::kString, token);
    e.text = unquoted(token.text);
    ++at;
    return e;
  }
  if (token.kind == Token::Kind::kName) {
    if (is(at + 1, "(")) return call(at);
    Expression e = of_token(Expression::Kind::kName, token);
    e.text = unquoted(token.text);
    ++at;
    return e;
  }
  if (is(at, "(")) {
    const Expression opened = of_token(Expression::Kind::kName, token);
    Expression e = sum(++at);
    expect(at, ")", opened);
    return e;
  }
  if (is(at, "[")) {
    Expression list = of_token(Expression::Kind::kList, token);
    const Expression opened = list;
    ++at;
    while (!is(at, "]")) {
      list.inside.push_back(sum(at));
      if (!is(at, ",")) break;
      ++at;
    }
    expect(at, "]", opened);
    set_end(list, at);
    return list;
  }
  refuse(at, "a column, a function or a number");
}

Expression ExpressionReader::argument(std::size_t& at) const {
  if (tokens_[at].kind != Token::Kind::kName || !is(at + 1, "=")) return sum(at);
  Expression e = of_token(Expression::Kind::kKeyword, tokens_[at]);
  at += 2;
  e.inside.push_back(sum(at));
  set_end(e, at);
  return e;
}

Expression ExpressionReader::call(std::size_t& at) const {
  Expression e = of_token(Expression::Kind::kCall, tokens_[at]);
  const Expression opened = of_token(Expression::Kind::kName, tokens_[at + 1]);
  at += 2;
  while (!is(at, ")")) {
    e.inside.push_back(argument(at));
    if (!is(at, ",")) break;
    ++at;
  }
  expect(at, ")", opened);
  set_end(e, at);
  return e;
}

bool is_truth(const Expression& e) {
  if (e.kind == Expression::Kind::kCall && e.text == "I" && e.inside.size() == 1)
    return is_truth(e.inside[0]);
  return e.kind == Expression::Kind::kBinary &&
         (e.text[0] == '<' || e.text[0] == '>' || e.text.back() == '=');
}

bool is_whole_column(const Expression& e) {
  return e.kind == Expression::Kind::kCall &&
         (e.text == "center" || e.text == "standardize" || e.text == "scale" || e.text == "poly");
}

void add_whole_columns(Expression& e, std::vector<Expression*>& found) {
  if (is_whole_column(e)) found.push_back(&e);
  for (Expression& part : e.inside) add_whole_columns(part, found);
}

void add_columns(const Expression& e, std::vector<std::string>& names) {
  if (e.kind == Expression::Kind::kName && std::find(names.begin(), names.end(), e.text) == names.end())
    names.push_back(e.text);
  for (const Expression& part : e.inside) add_columns(part, names);
}

}  // namespace sluice::fit
