// What a factor of a formula computes: numbers of a row's columns, such as I(a ** 2) or np.log(c + 1).
// Expressions are trees; they are evaluated for many rows at a time.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/fit/tokens.h"

namespace sluice::fit {

struct Expression {
  enum class Kind { kNumber, kString, kName, kCall, kNegative, kBinary, kList, kKeyword };
  Kind kind = Kind::kNumber;
  std::string text;  // of a name, call, keyword: its name; of a string: what it means; of kBinary: its sign
  double number = 0;
  bool is_integer = false;          // a number without point and exponent
  std::vector<Expression> inside;   // arguments, operands, elements
  std::size_t place = 0, size = 0;  // in the formula
  double mean = 0, deviation = 1;   // of what stands in center(), standardize() and poly(), once known
  // Of a column of poly(), whose degree is `number`: its recurrence, and how much of each is in it; see
  // polynomial().
  std::vector<double> alphas, betas, mix;
};

/// Reads tokens of one formula; `at` is moved behind what was read.
class ExpressionReader {
 public:
  ExpressionReader(const std::string& formula, const std::vector<Token>& tokens)
      : formula_(formula), tokens_(tokens) {}
  /// A sum of products, or two that are compared, as within parentheses.
  Expression sum(std::size_t& at) const;
  /// A name, a call or a number: what a factor of a formula begins with.
  Expression primary(std::size_t& at) const;

 private:
  Expression terms(std::size_t& at) const;
  Expression product(std::size_t& at) const;
  Expression sign(std::size_t& at) const;
  Expression power(std::size_t& at) const;
  Expression call(std::size_t& at) const;
  Expression argument(std::size_t& at) const;
  bool is(std::size_t at, const char* sign) const {
    return tokens_[at].kind == Token::Kind::kOperator && tokens_[at].text == sign;
  }
  void expect(std::size_t& at, const char* sign, const Expression& opened) const;
  [[noreturn]] void refuse(std::size_t at, const std::string& expected) const;
  void set_end(Expression& e, std::size_t at) const { e.size = tokens_[at - 1].end() - e.place; }
  struct Deeper;
  mutable int depth_ = 0;
  const std::string& formula_;
  const std::vector<Token>& tokens_;
};

/// Functions of numbers: np.log, log, np.exp, ... Empty where there is no such.
std::string known_function(const std::string& name);
const std::vector<std::string>& function_names();

/// Whether its values are true and false: a comparison, also within I().
bool is_truth(const Expression& e);
/// center(), standardize(), scale() and a column of poly(): they need the mean and the deviation of the whole
/// column.
bool is_whole_column(const Expression& e);
/// Those within it, from the left.
void add_whole_columns(Expression& e, std::vector<Expression*>& found);

/// Names of the columns in it, each once, in the order of appearance.
void add_columns(const Expression& e, std::vector<std::string>& names);

/// Columns of numbers that an expression is evaluated on.
class NumberColumns {
 public:
  virtual ~NumberColumns() = default;
  /// `rows` numbers, NaN where missing.
  virtual const double* column(const std::string& name) const = 0;
};

/// A column of poly(): sum over k of mix[k] p_k, of polynomials of degree k on a column z (Forsythe 1957):
/// p_0 = 1 / betas[0], betas[k + 1] p_(k + 1) = (z - alphas[k]) p_k - betas[k] p_(k - 1), the last term not
/// for k = 0. In place of z. No betas: not known yet, and z stays.
void polynomial(const Expression& column, std::size_t rows, double* z);

/// Of `rows` rows to `to`. NaN where a value is missing or has no result (log of -1).
void evaluate(const Expression& e, const NumberColumns& columns, std::size_t rows, double* to);

}  // namespace sluice::fit
