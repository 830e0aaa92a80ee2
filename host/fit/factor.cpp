// What functions take, and the arguments of C().
#include "host/fit/factor.h"

#include <algorithm>

#include "host/formats/csv/format.h"
#include "host/nearest.h"

namespace sluice::fit {
namespace {

using Kind = Expression::Kind;

class FactorReader {
 public:
  FactorReader(const std::string& formula, const NamedLevels& levels) : formula_(formula), levels_(levels) {}

  Factor read(Expression e) const {
    Factor factor;
    factor.place = e.place, factor.size = e.size;
    if (e.kind == Kind::kCall && e.text == "C") return category(std::move(factor), e);
    if (e.kind == Kind::kCall && e.text == "poly") return powers(std::move(factor), e);
    factor.expression = numbers(std::move(e));
    factor.bare = factor.expression.kind == Kind::kName;
    if (is_truth(factor.expression)) factor.truth = factor.category = true, factor.levels = {"False", "True"};
    return factor;
  }

 private:
  [[noreturn]] void fail(const Expression& e, const std::string& what, const std::string& advice = {}) const {
    throw FormulaError(formula_, e.place, e.size, what, advice);
  }

  /// With Q('a b') as a column; checks that all functions are known and take what they are given.
  Expression numbers(Expression e) const {
    if (e.kind == Kind::kString || e.kind == Kind::kList || e.kind == Kind::kKeyword)
      fail(e, "expected a number or a column, found " + std::string(e.kind == Kind::kString ? "text"
                                                                    : e.kind == Kind::kList
                                                                        ? "a list"
                                                                        : "an argument with a name"));
    if (e.kind == Kind::kCall && e.text == "Q") return quoted(e);
    if (e.kind == Kind::kCall) {
      if (e.text == "poly")
        fail(e, "poly has several columns: expected it alone, as in poly(x, 2) or poly(log(x), 2)");
      if (known_function(e.text).empty()) {
        const std::string near = nearest(e.text, function_names());
        fail(e, "unknown function " + e.text + (near.empty() ? "" : "; did you mean " + near + "?"),
             "there are C, Q, I, center, standardize, poly and numpy's log, log2, log10, log1p, exp, sqrt, "
             "abs, "
             "sin, cos and others");
      }
      if (e.inside.size() != 1)
        fail(e, e.text + ": expected one argument, found " + std::to_string(e.inside.size()));
    }
    for (Expression& part : e.inside) part = numbers(std::move(part));
    std::vector<Expression*> whole;
    for (Expression& part : e.inside) add_whole_columns(part, whole);
    if (is_whole_column(e) && !whole.empty()) fail(e, e.text + " within " + e.text);
    return e;
  }
  Expression quoted(const Expression& e) const {
    if (e.inside.size() != 1 || e.inside[0].kind != Kind::kString)
      fail(e, "expected Q('a name'), with the column's name in quotes");
    Expression column;
    column.kind = Kind::kName, column.text = e.inside[0].text;
    column.place = e.place, column.size = e.size;
    return column;
  }

  /// poly(x, degree, raw), as formulaic's and R's.
  Factor powers(Factor factor, const Expression& e) const {
    if (e.inside.empty()) fail(e, "poly: expected a column and a degree, such as poly(x, 2)");
    factor.degree = 1;
    factor.expression = numbers(e.inside[0]);
    Expression copy = factor.expression;
    std::vector<Expression*> whole;
    add_whole_columns(copy, whole);
    if (!whole.empty()) fail(e.inside[0], whole[0]->text + " within poly, which changes nothing there");
    if (is_truth(factor.expression)) fail(e.inside[0], "poly: expected numbers, found a comparison");
    bool degree = false, raw = false;  // given
    for (std::size_t i = 1; i < e.inside.size(); ++i) {
      const Expression& a = e.inside[i];
      const bool keyword = a.kind == Kind::kKeyword;
      const Expression& value = keyword ? a.inside[0] : a;
      const bool is_degree = keyword ? a.text == "degree" : i == 1;
      const bool is_raw = keyword ? a.text == "raw" : i == 2;
      if ((is_degree && degree) || (is_raw && raw)) fail(a, "poly: given twice");
      if (is_degree) {
        if (value.kind != Kind::kNumber || !value.is_integer || value.number < 1 ||
            value.number > kMostDegree)
          fail(value, "poly: expected a degree from 1 to " + std::to_string(kMostDegree));
        factor.degree = int(value.number), degree = true;
      } else if (is_raw) {
        if (value.kind != Kind::kName || (value.text != "True" && value.text != "False"))
          fail(value, "poly: raw is True or False");
        factor.raw = value.text == "True", raw = true;
      } else {
        fail(a, "poly: unknown argument " + a.text, "poly takes a column, a degree and raw=True");
      }
    }
    return factor;
  }

  Factor category(Factor factor, const Expression& e) const {
    factor.category = true;
    if (e.inside.empty()) fail(e, "C: expected a column");
    const Expression& column = e.inside[0];
    if (column.kind == Kind::kCall && column.text == "Q")
      factor.expression = quoted(column);
    else if (column.kind == Kind::kName)
      factor.expression = column;
    else
      fail(column, "C: expected a column's name");
    bool contrast = false;
    for (std::size_t i = 1; i < e.inside.size(); ++i) {
      const Expression& a = e.inside[i];
      const bool keyword = a.kind == Kind::kKeyword;
      if ((keyword && a.text == "levels") || (!keyword && contrast)) {
        factor.levels = list_of_levels(keyword ? a.inside[0] : a);
      } else if (!keyword || a.text == "contrast") {
        factor.contrast = contrast_spec(keyword ? a.inside[0] : a);
        contrast = true;
      } else {
        fail(a, "C: unknown argument " + a.text, "C takes a column, a contrast and levels=[...]");
      }
    }
    return factor;
  }

  LevelName level_name(const Expression& e) const {
    LevelName name;
    const bool negative = e.kind == Kind::kNegative && e.inside[0].kind == Kind::kNumber;
    const Expression& value = negative ? e.inside[0] : e;
    if (value.kind == Kind::kNumber) {
      name.number = negative ? -value.number : value.number;
      name.text = value.is_integer ? integer_text((negative ? "-" : "") + value.text)  // however long
                                   : csv::float_text(*name.number);
      if (value.is_integer && value.number < 1e9) name.place = long(negative ? -value.number : value.number);
    } else if (value.kind == Kind::kString ||
               (e.kind == Kind::kName && (e.text == "True" || e.text == "False"))) {
      name.text = value.text;
    } else {
      fail(e, "expected a level: a number, True, False or text in quotes");
    }
    return name;
  }
  std::vector<std::string> list_of_levels(const Expression& e) const {
    std::vector<std::string> levels;
    if (e.kind == Kind::kName) {
      const auto found = levels_.find(e.text);
      if (found == levels_.end())
        fail(e, "unknown list of levels " + e.text, "--define " + e.text + "=A,B,C says what it holds");
      levels = found->second;
    } else if (e.kind == Kind::kList) {
      for (const Expression& level : e.inside) levels.push_back(level_name(level).text);
    } else {
      fail(e, "expected levels such as ['a', 'b']");
    }
    if (levels.empty()) fail(e, "levels: expected at least one, found none");
    std::vector<std::string> sorted = levels;
    std::sort(sorted.begin(), sorted.end());
    const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
    if (twice != sorted.end()) fail(e, "levels: '" + *twice + "' is there twice");
    return levels;
  }

  ContrastSpec contrast_spec(const Expression& e) const {
    static const std::vector<std::string> names{"Treatment", "Sum", "Helmert", "Poly", "Diff"};
    const auto found = std::find(names.begin(), names.end(), e.text);
    if ((e.kind != Kind::kName && e.kind != Kind::kCall) || found == names.end()) {
      const std::string near = nearest(e.text, names);
      fail(e, "unknown contrast" + (near.empty() ? "" : "; did you mean " + near + "?"),
           "there are Treatment, Sum, Helmert, Poly and Diff");
    }
    ContrastSpec spec;
    spec.kind = ContrastSpec::Kind(found - names.begin());
    using Spec = ContrastSpec::Kind;
    for (const Expression& a : e.inside) {
      const bool keyword = a.kind == Kind::kKeyword;
      const Expression& value = keyword ? a.inside[0] : a;
      const char* name = spec.kind == Spec::kTreatment ? "reference"
                         : spec.kind == Spec::kSum     ? "omit"
                         : spec.kind == Spec::kPoly    ? "scores"
                                                       : "";
      if (*name == 0 || e.inside.size() > 1 || (keyword && a.text != name))
        fail(a,
             e.text + ": " + (*name == 0 ? "takes no argument" : std::string("takes ") + name + "= alone"));
      if (spec.kind == Spec::kPoly)
        spec.scores = scores(value);
      else
        spec.level = level_name(value);
    }
    return spec;
  }
  std::vector<double> scores(const Expression& e) const {
    if (e.kind != Kind::kList) fail(e, "Poly: expected scores such as [1, 2, 4]");
    std::vector<double> values;
    for (const Expression& one : e.inside) {
      const LevelName score = level_name(one);
      if (!score.number) fail(one, "Poly: expected a number");
      values.push_back(*score.number);
    }
    return values;
  }

  const std::string& formula_;
  const NamedLevels& levels_;
};

/// Without the factors that no term holds: `-` took them out, and nobody reads their columns.
void drop_unused(Formula& formula) {
  std::vector<bool> used(formula.factors.size(), false);
  used[formula.response] = true;
  for (const Term& term : formula.terms)
    for (const std::size_t f : term.factors) {
      used[f] = true;
      for (const std::size_t part : formula.factors[f].parts) used[part] = true;
    }
  std::vector<std::size_t> place(formula.factors.size(), 0);
  std::vector<Factor> kept;
  for (std::size_t f = 0; f < used.size(); ++f) {
    place[f] = kept.size();
    if (used[f]) kept.push_back(std::move(formula.factors[f]));
  }
  formula.factors = std::move(kept);
  for (Factor& factor : formula.factors)
    for (std::size_t& part : factor.parts) part = place[part];
  formula.response = place[formula.response];
  for (Term& term : formula.terms)
    for (std::size_t& f : term.factors) f = place[f];
}

void refuse_text(const Formula& formula, const Expression& e, const std::vector<std::string>& is_text,
                 bool response) {
  if (e.kind == Expression::Kind::kName && std::find(is_text.begin(), is_text.end(), e.text) != is_text.end())
    throw FormulaError(formula.text, e.place, e.size, "column '" + e.text + "' holds text: expected numbers",
                       response ? "a response is one of numbers"
                                : "C(" + e.text + ") makes its values the levels of a category");
  for (const Expression& part : e.inside) refuse_text(formula, part, is_text, response);
}

}  // namespace

Factor part_of(const Factor& poly, int degree) {
  Factor part;
  part.name = poly.name + "[" + std::to_string(degree) + "]";
  part.place = poly.place, part.size = poly.size;
  Expression& e = part.expression;
  e.place = poly.place, e.size = poly.size, e.number = degree;
  e.inside = {poly.expression};
  e.kind = poly.raw ? Kind::kBinary : Kind::kCall, e.text = poly.raw ? "**" : "poly";
  if (!poly.raw) return part;
  Expression exponent;
  exponent.number = degree, exponent.is_integer = true;
  e.inside.push_back(exponent);
  return part;
}

Factor factor_of(const std::string& formula, const Expression& e, const NamedLevels& levels) {
  return FactorReader(formula, levels).read(e);
}

void resolve(Formula& formula, const std::vector<std::string>& is_text) {
  drop_unused(formula);
  for (std::size_t i = 0; i < formula.factors.size(); ++i) {
    Factor& factor = formula.factors[i];
    if (factor.truth) refuse_text(formula, factor.expression, is_text, false);
    if (factor.category) continue;
    if (factor.bare && i != formula.response &&
        std::find(is_text.begin(), is_text.end(), factor.expression.text) != is_text.end())
      factor.category = true;
    else
      refuse_text(formula, factor.expression, is_text, i == formula.response);
  }
}

}  // namespace sluice::fit
