// A formula's meaning: factors, and terms that are products of factors, as patsy 0.5.3 understands it.
// Beyond patsy: `^` is `**`, `.` stands for all other columns, numpy's functions need no `np.`, names may
// stand in backticks, and poly(x, 3) is one factor with a column for each degree. Which bare names are
// categories is known only when a table's columns are.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "host/fit/contrast.h"
#include "host/fit/expression.h"

namespace sluice::fit {

/// Lists of levels that a formula names: `levels=lnames`.
using NamedLevels = std::map<std::string, std::vector<std::string>>;

inline constexpr int kMostDegree = 20;  // of poly()

struct Factor {
  std::string name;       // as in column names
  Expression expression;  // of numbers; of a category a column's name
  bool category = false;  // C(...); a bare column of text becomes one by resolve()
  bool bare = false;      // a column alone
  bool truth = false;     // a category whose levels False and True are a comparison's
  int degree = 0;         // of poly(): how many columns; its expression is what it is a polynomial of
  bool raw = false;       // of poly(): powers as they are
  std::vector<std::size_t> parts = {};                  // of poly(): the factors that are its columns
  ContrastSpec contrast;                                // of a category
  std::optional<std::vector<std::string>> levels = {};  // where given
  std::size_t place = 0, size = 0;                      // in the formula
  /// The column of a category that is no comparison.
  const std::string& column() const { return expression.text; }
};

struct Term {
  std::vector<std::size_t> factors;  // in the order written; none: the intercept
};

struct Formula {
  std::string text;
  std::vector<Factor> factors;
  std::size_t response = 0;  // a factor, of numbers
  std::vector<Term> terms;   // of the right side, in patsy's first order: the intercept before all
  /// Columns that it needs, each once, those of the response first.
  std::vector<std::string> columns() const;
};

/// `columns`: of the table, for `.`. FormulaError (kUsage) with the place of what is wrong.
Formula parse_formula(const std::string& text, const std::vector<std::string>& columns,
                      const NamedLevels& levels = {});

/// The columns whose bare names are categories (`is_text`) become factors of that kind; factors that no term
/// holds go. FormulaError where such a column is used as a number.
void resolve(Formula& formula, const std::vector<std::string>& is_text);

}  // namespace sluice::fit
