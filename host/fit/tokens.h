// The words of a formula. A formula is Python-like text: names, numbers, strings, operators; what is wrong
// with it is said with its place, so that a caret can stand under it.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/error.h"

namespace sluice::fit {

/// Of a formula: what is wrong, and the bytes of the formula where.
class FormulaError : public Error {
 public:
  FormulaError(std::string formula, std::size_t place, std::size_t size, const std::string& what,
               std::string advice = {})
      : Error(ErrorKind::kUsage, "formula: " + what, std::move(advice)),
        formula_(std::move(formula)),
        place_(place),
        size_(size) {}
  const std::string& formula() const { return formula_; }
  std::size_t place() const { return place_; }
  std::size_t size() const { return size_; }
  /// Blanks up to the place, then ^~~~ under what is wrong; counts characters of UTF-8, not bytes.
  std::string caret() const;

 private:
  std::string formula_;
  std::size_t place_, size_;
};

struct Token {
  enum class Kind { kName, kNumber, kString, kOperator, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;  // as it stands; of a name in backticks with them
  std::size_t place = 0;
  std::size_t end() const { return place + text.size(); }
};

/// All words and kEnd behind them. A name may hold points (np.log, sepal.length) or stand in backticks.
std::vector<Token> tokens_of(const std::string& formula);

/// The text of words [first, last) as patsy spells it in column names: "I(a**2)" is "I(a ** 2)".
std::string spelling(const std::vector<Token>& tokens, std::size_t first, std::size_t last);

/// What a string or a name in backticks means, without what stands around it.
std::string unquoted(const std::string& text);

}  // namespace sluice::fit
