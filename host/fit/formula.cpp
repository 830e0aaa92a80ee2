// Terms from text: patsy's desc.py, evaluated while it is read. A value on the way is a set of terms and
// what was said of the intercept.
#include "host/fit/formula.h"

#include <algorithm>
#include <map>
#include <set>

#include "host/fit/factor.h"
#include "host/nearest.h"

namespace sluice::fit {
namespace {

constexpr std::size_t kMostTerms = 20000;
constexpr std::size_t kMostProducts = 4000000;  // that an operator makes, equal ones counted

struct Value {
  bool intercept = false, removed = false;  // 1 was added; 0 was
  std::vector<Term> terms;
  std::size_t place = 0, size = 0;
  bool is_number = false;  // alone
  long number = 0;
  bool is_zero() const { return is_number && number == 0; }
  bool is_one() const { return is_number && number == 1; }
};

/// Equal where terms are the same: no factor is in a term twice.
std::vector<std::size_t> key_of(const Term& term) {
  std::vector<std::size_t> key = term.factors;
  std::sort(key.begin(), key.end());
  return key;
}
using Keys = std::set<std::vector<std::size_t>>;

Keys keys_of(const std::vector<Term>& terms) {
  Keys keys;
  for (const Term& term : terms) keys.insert(key_of(term));
  return keys;
}

class Reader {
 public:
  Reader(const std::string& text, const std::vector<std::string>& columns, const NamedLevels& levels)
      : columns_(columns), levels_(levels), tokens_(tokens_of(text)), expressions_(text, tokens_) {
    formula_.text = text;
  }

  Formula read() {
    if (tokens_.size() == 1) refuse(0, "a formula such as 'y ~ a + b'");
    left_ = true;
    const Value left = sum();
    if (!is("~")) refuse(at_, "'~' between the response and the terms");
    const std::size_t tilde = at_++;
    if (left.terms.size() != 1 || left.terms[0].factors.size() != 1 || left.intercept)
      fail(left, "expected one response left of '~', found " + std::to_string(left.terms.size()) + " terms");
    formula_.response = left.terms[0].factors[0];
    if (formula_.factors[formula_.response].category)
      fail(left, "the response is a category: expected numbers");
    if (formula_.factors[formula_.response].degree > 0)
      fail(left, "the response has several columns: expected one");
    left_ = false;
    const Value right = sum();
    if (tokens_[at_].kind != Token::Kind::kEnd) refuse(at_, "an operator or the end");
    if (!right.removed) formula_.terms.push_back({});
    formula_.terms.insert(formula_.terms.end(), right.terms.begin(), right.terms.end());
    if (formula_.terms.empty())
      throw FormulaError(formula_.text, tokens_[tilde].place, formula_.text.size() - tokens_[tilde].place,
                         "no terms: expected at least one column, found none");
    return std::move(formula_);
  }

 private:
  bool is(const char* sign) const {
    return tokens_[at_].kind == Token::Kind::kOperator && tokens_[at_].text == sign;
  }
  [[noreturn]] void refuse(std::size_t at, const std::string& expected) const {
    const Token& t = tokens_[at];
    throw FormulaError(
        formula_.text, t.place, std::max<std::size_t>(1, t.text.size()),
        "expected " + expected + ", found " + (t.kind == Token::Kind::kEnd ? "the end" : "'" + t.text + "'"));
  }
  [[noreturn]] void fail(const Value& v, const std::string& what) const {
    throw FormulaError(formula_.text, v.place, v.size, what);
  }
  void set_span(Value& v, std::size_t from) const {
    v.place = from, v.size = at_ == 0 ? 0 : tokens_[at_ - 1].end() - from;
  }

  /// The terms of a value, each once.
  void add(Value& to, const std::vector<Term>& terms) const {
    Keys there = keys_of(to.terms);
    for (const Term& term : terms) add(to, there, term);
  }
  void add(Value& to, Keys& there, const Term& term) const {
    if (!there.insert(key_of(term)).second) return;
    to.terms.push_back(term);
    if (to.terms.size() > kMostTerms)
      throw FormulaError(formula_.text, 0, formula_.text.size(),
                         "more than " + std::to_string(kMostTerms) + " terms");
  }
  static Term product(const Term& a, const Term& b) {
    Term both = a;
    for (const std::size_t f : b.factors)
      if (std::find(both.factors.begin(), both.factors.end(), f) == both.factors.end())
        both.factors.push_back(f);
    return both;
  }
  void check_interactable(const Value& v) const {
    if (v.intercept) fail(v, "the intercept interacts with nothing");
    if (v.is_number) fail(v, "numbers besides 0 and 1 belong behind ** alone");
  }
  Value interaction(const Value& left, const Value& right) const {
    check_interactable(left), check_interactable(right);
    if (left.terms.size() * right.terms.size() > kMostProducts)
      throw FormulaError(formula_.text, 0, formula_.text.size(),
                         "more than " + std::to_string(kMostProducts) + " products of terms");
    Value v;
    Keys there;
    for (const Term& a : left.terms)
      for (const Term& b : right.terms) add(v, there, product(a, b));
    return v;
  }

  Value sum() {
    if (++depth_ > 200) refuse(at_, "fewer parentheses within each other");
    const std::size_t from = tokens_[at_].place;
    Value left = is("+") || is("-") ? unary() : checked(prod());
    while (is("+") || is("-")) {
      const bool plus = is("+");
      ++at_;
      const Value right = is("+") || is("-") ? unary() : checked(prod());
      if (plus) {
        if (right.is_zero())
          left.intercept = false, left.removed = true;
        else if (right.intercept)
          left.intercept = true, left.removed = false;
        add(left, right.terms);
      } else {
        if (right.is_zero())
          left.intercept = true, left.removed = false;
        else if (right.is_one() || right.intercept)
          left.intercept = false, left.removed = true;
        const Keys taken = keys_of(right.terms);
        std::erase_if(left.terms, [&](const Term& t) { return taken.count(key_of(t)) != 0; });
      }
      left.is_number = false;
      set_span(left, from);
    }
    --depth_;
    return left;
  }
  /// Numbers besides 0 and 1 mean nothing in a sum.
  Value checked(Value v) const {
    if (v.is_number && v.number != 0 && v.number != 1)
      fail(v, "numbers besides 0 and 1 belong behind ** alone");
    return v;
  }
  Value unary() {
    const std::size_t from = tokens_[at_].place;
    const bool minus = is("-");
    ++at_;
    Value v = checked(prod());
    if (!minus) return v;
    if (!v.is_zero() && !v.is_one()) {
      set_span(v, from);
      fail(v, "a minus before the first term: expected -1 or -0, or a term to take it from");
    }
    const bool zero = v.is_zero();
    v.is_number = false, v.intercept = zero, v.removed = !zero;
    set_span(v, from);
    return v;
  }
  Value prod() {
    const std::size_t from = tokens_[at_].place;
    Value left = inter();
    while (is("*") || is("/")) {
      const bool times = is("*");
      ++at_;
      const Value right = inter();
      check_interactable(left), check_interactable(right);
      Value v;
      add(v, left.terms);
      if (times) {
        add(v, right.terms);
        add(v, interaction(left, right).terms);
      } else {  // (a + b) / c is a + b + a:b:c
        Value all;
        Term together;
        for (const Term& t : left.terms) together = product(together, t);
        all.terms = {together};
        add(v, interaction(all, right).terms);
      }
      left = v;
      set_span(left, from);
    }
    return left;
  }
  Value inter() {
    const std::size_t from = tokens_[at_].place;
    Value left = power();
    while (is(":")) {
      ++at_;
      left = interaction(left, power());
      set_span(left, from);
    }
    return left;
  }
  Value power() {
    const std::size_t from = tokens_[at_].place;
    Value left = atom();
    while (is("**") || is("^")) {
      ++at_;
      const Value exponent = atom();
      if (!exponent.is_number || exponent.number < 1) fail(exponent, "'**' requires a positive integer");
      check_interactable(left);
      Value all = left, big = left;
      const long most = std::min(exponent.number, long(left.terms.size()));
      for (long i = 1; i < most; ++i) {
        const Keys before = keys_of(big.terms);
        big = interaction(left, big);
        add(all, big.terms);
        if (keys_of(big.terms) == before) break;  // and so on for ever
      }
      all.removed = false;
      left = all;
      set_span(left, from);
    }
    return left;
  }
  Value atom() {
    const Token& token = tokens_[at_];
    const std::size_t from = token.place;
    Value v;
    if (is("(")) {
      ++at_;
      v = sum();
      if (!is(")")) {
        if (tokens_[at_].kind == Token::Kind::kEnd)
          throw FormulaError(formula_.text, from, 1, "no ')' closes this");
        refuse(at_, "an operator or ')'");
      }
      ++at_;
      set_span(v, from);
      return v;
    }
    if (is(".")) {
      ++at_;
      set_span(v, from);
      if (left_) fail(v, "'.' stands for the other columns, right of '~'");
      all_others(v);
      return v;
    }
    if (token.kind == Token::Kind::kNumber) {
      const bool whole =
          token.text.size() < 7 && token.text.find_first_not_of("0123456789") == std::string::npos;
      ++at_;
      set_span(v, from);
      if (!whole) fail(v, "numbers besides 0 and 1 belong behind ** alone");
      v.is_number = true, v.number = std::stol(token.text);
      v.intercept = v.number == 1, v.removed = v.number == 0;
      return v;
    }
    if (token.kind != Token::Kind::kName) refuse(at_, "a column, a function or '('");
    const std::size_t first = at_;
    const Expression e = expressions_.primary(at_);
    Factor factor = factor_of(formula_.text, e, levels_);
    factor.name = spelling(tokens_, first, at_);
    const std::size_t place = place_of(std::move(factor));
    for (int k = 1; formula_.factors[place].parts.size() < std::size_t(formula_.factors[place].degree); ++k) {
      formula_.factors.push_back(part_of(formula_.factors[place], k));
      formula_.factors[place].parts.push_back(formula_.factors.size() - 1);
    }
    v.terms = {{{place}}};
    set_span(v, from);
    return v;
  }
  /// Factors are the same where their spelling is.
  std::size_t place_of(Factor factor) {
    const auto [found, fresh] = places_.emplace(factor.name, formula_.factors.size());
    if (fresh) formula_.factors.push_back(std::move(factor));
    return found->second;
  }
  void all_others(Value& v) {
    std::vector<std::string> taken;
    std::vector<Term> others;
    add_columns(formula_.factors[formula_.response].expression, taken);
    for (const std::string& name : columns_) {
      if (std::find(taken.begin(), taken.end(), name) != taken.end()) continue;
      Factor factor;
      factor.name = name, factor.bare = true;
      factor.expression.kind = Expression::Kind::kName, factor.expression.text = name;
      factor.place = v.place, factor.size = v.size;
      others.push_back({{place_of(std::move(factor))}});
    }
    add(v, others);
  }

  const std::vector<std::string>& columns_;
  const NamedLevels& levels_;
  std::vector<Token> tokens_;
  ExpressionReader expressions_;
  Formula formula_;
  std::map<std::string, std::size_t> places_;  // of factors, by their names
  std::size_t at_ = 0;
  int depth_ = 0;
  bool left_ = false;
};

}  // namespace

std::vector<std::string> Formula::columns() const {
  std::vector<std::string> names;
  add_columns(factors[response].expression, names);
  for (const Term& term : terms)
    for (const std::size_t f : term.factors) add_columns(factors[f].expression, names);
  return names;
}

Formula parse_formula(const std::string& text, const std::vector<std::string>& columns,
                      const NamedLevels& levels) {
  return Reader(text, columns, levels).read();
}

}  // namespace sluice::fit
