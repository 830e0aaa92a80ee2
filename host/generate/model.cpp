// The formula's design on values before some are made missing, so that missing ones hide nothing wrong.
#include "host/generate/model.h"

#include <algorithm>

#include "host/fit/design_rows.h"
#include "host/nearest.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace fit;
using Kind = RandomColumn::Kind;
constexpr std::int64_t kMostLevels = 1000;  // of integers as a category

/// Numbers of a few hundred rows.
class Values : public NumberColumns {
 public:
  explicit Values(const std::vector<RandomColumn>& columns) : columns_(columns), values_(columns.size()) {}
  const double* column(const std::string& name) const override {
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i].name == name) return values_[i].data();
    return nullptr;
  }
  void set(std::size_t column, const csv::ColumnData& data, std::size_t first, std::size_t rows) {
    std::vector<double>& to = values_[column];
    to.resize(rows);
    for (std::size_t i = 0; i < rows; ++i)
      to[i] = data.floats.empty() ? double(data.integers[first + i]) : data.floats[first + i];
  }

 private:
  const std::vector<RandomColumn>& columns_;
  std::vector<std::vector<double>> values_;
};

void check_names(const Formula& formula, const Expression& e, const std::vector<std::string>& names) {
  if (e.kind == Expression::Kind::kName && std::find(names.begin(), names.end(), e.text) == names.end()) {
    const std::string near = nearest(e.text, names);
    throw FormulaError(
        formula.text, e.place, e.size,
        "--columns has no '" + e.text + "'" + (near.empty() ? "" : "; did you mean " + near + "?"));
  }
  for (const Expression& part : e.inside) check_names(formula, part, names);
}

}  // namespace

struct TableModel::Model {
  std::vector<RandomColumn> columns;
  Formula formula;
  Plan plan;
  Design design;
  std::vector<double> beta;
  RandomColumn response;
  std::vector<std::size_t> category_columns;        // of each category, its place
  std::vector<std::vector<std::int32_t>> level_of;  // of codes; of integers from the lowest on
  std::vector<std::size_t> number_columns;          // places of the columns that expressions use

  std::size_t place(const std::string& name) const {
    std::size_t i = 0;
    while (i < columns.size() && columns[i].name != name) ++i;
    return i;
  }
  void parse(const std::string& text) {
    std::vector<std::string> names, texts;
    for (const RandomColumn& c : columns) {
      names.push_back(c.name);
      if (c.kind == Kind::kCategory || c.kind == Kind::kTime) texts.push_back(c.name);
    }
    formula = parse_formula(text, names);
    const Factor& y = formula.factors[formula.response];
    if (!y.bare || std::find(names.begin(), names.end(), y.name) != names.end())
      throw FormulaError(formula.text, y.place, y.size,
                         "the response is made here: expected a new column's name");
    response.name = y.expression.text;
    for (std::size_t f = 0; f < formula.factors.size(); ++f)
      if (f != formula.response) check_names(formula, formula.factors[f].expression, names);
    for (Factor& factor : formula.factors) {
      std::vector<Expression*> whole;
      add_whole_columns(factor.expression, whole);
      if (factor.truth || !whole.empty())
        throw FormulaError(formula.text, factor.place, factor.size,
                           factor.truth ? "a comparison makes a category: no column is generated from one"
                                        : whole[0]->text + " needs the whole column, which is not there yet");
    }
    resolve(formula, texts);
    plan = plan_of(formula);
  }
  void set_levels() {
    std::vector<std::vector<std::string>> levels;
    for (const std::size_t f : plan.categories) {
      const Factor& factor = formula.factors[f];
      const RandomColumn& c = columns[place(factor.column())];
      std::vector<std::string> found = c.levels;
      const bool few = c.kind == Kind::kInteger && c.high - c.low < kMostLevels;
      for (std::int64_t v = c.low; few && v <= c.high; ++v) found.push_back(std::to_string(v));
      if (c.kind != Kind::kCategory && !few)
        throw FormulaError(formula.text, factor.place, factor.size,
                           "column '" + c.name + "' is no category: expected category or a few integers");
      std::vector<std::string> sorted = factor.levels.value_or(found);
      if (!factor.levels) sort_levels(sorted);
      std::vector<std::int32_t>& places = level_of.emplace_back();
      for (const std::string& level : found) {
        const auto at = std::find(sorted.begin(), sorted.end(), level);
        if (at == sorted.end())
          throw FormulaError(formula.text, factor.place, factor.size, "levels lacks '" + level + "'");
        places.push_back(std::int32_t(at - sorted.begin()));
      }
      levels.push_back(sorted);
      category_columns.push_back(place(factor.column()));
    }
    design = design_of(formula, plan, std::move(levels));
  }
};

std::vector<RandomColumn> columns_of_formula(const std::string& text) {
  const Formula formula = parse_formula(text, {});
  std::vector<RandomColumn> columns;
  std::vector<std::string> numbers, coded;
  for (const Term& term : formula.terms)
    for (const std::size_t f : term.factors)
      add_columns(formula.factors[f].expression,
                  formula.factors[f].category && !formula.factors[f].truth ? coded : numbers);
  const auto number = [&](const std::string& name) {
    return std::find(numbers.begin(), numbers.end(), name) != numbers.end();
  };
  for (const std::string& name : formula.columns()) {
    if (name == formula.factors[formula.response].expression.text) continue;
    const bool category = std::find(coded.begin(), coded.end(), name) != coded.end();
    RandomColumn column = parse_random_columns(!category      ? "x:normal"
                                               : number(name) ? "x:integer(1:3)"
                                                              : "x:category(3)")[0];
    column.name = name;
    for (const Factor& factor : formula.factors)
      if (category && !number(name) && factor.levels && !factor.truth && factor.column() == name)
        column.levels = *factor.levels;
    columns.push_back(column);
  }
  return columns;
}

TableModel::TableModel(const std::vector<RandomColumn>& columns, const std::string& formula,
                       const std::vector<double>& beta, double noise)
    : model_(new Model) {
  Model& m = *model_;
  m.columns = columns, m.beta = beta;
  m.response.kind = Kind::kNormal, m.response.first = 0, m.response.second = noise;
  m.parse(formula);
  m.set_levels();
  if (beta.size() != m.design.columns.size()) {
    std::string all;
    for (const std::string& name : m.design.names()) all += (all.empty() ? "" : ", ") + name;
    throw Error(ErrorKind::kUsage,
                "--beta: expected " + std::to_string(m.design.columns.size()) +
                    " numbers with commas between them, found " + std::to_string(beta.size()),
                "one for each column of the design: " + all);
  }
  std::vector<std::string> used;
  for (std::size_t i = 1; i + 1 < m.plan.monomials.size(); ++i)
    for (const std::size_t f : m.plan.monomials[i]) add_columns(m.formula.factors[f].expression, used);
  for (const std::string& name : used) m.number_columns.push_back(m.place(name));
}
TableModel::~TableModel() = default;

const RandomColumn& TableModel::response() const {
  return model_->response;
}

std::vector<std::string> TableModel::names() const {
  return model_->design.names();
}

void TableModel::add(std::vector<csv::ColumnData>& columns, std::size_t rows) const {
  const Model& m = *model_;
  constexpr std::size_t kRows = RowBlock::kRows;
  Values values(m.columns);
  DesignRows design(m.plan, m.design, m.level_of);
  std::vector<double> x(m.beta.size() * kRows), factor(kRows), ones(kRows, 1.0);
  std::vector<std::vector<double>> monomials(m.plan.monomials.size(), ones);
  std::vector<std::vector<std::int32_t>> codes(m.category_columns.size());
  RowBlock block;
  block.monomials.resize(monomials.size());
  block.codes.resize(codes.size());
  for (std::size_t first = 0; first < rows; first += kRows) {
    const std::size_t n = block.rows = std::min(kRows, rows - first);
    for (const std::size_t c : m.number_columns) values.set(c, columns[c], first, n);
    for (std::size_t i = 0; i + 1 < monomials.size(); ++i) {
      std::fill(monomials[i].begin(), monomials[i].end(), 1.0);
      for (const std::size_t f : m.plan.monomials[i]) {
        evaluate(m.formula.factors[f].expression, values, n, factor.data());
        for (std::size_t r = 0; r < n; ++r) monomials[i][r] *= factor[r];
      }
      block.monomials[i] = monomials[i].data();
    }
    for (std::size_t k = 0; k < codes.size(); ++k) {
      const csv::ColumnData& from = columns[m.category_columns[k]];
      codes[k].resize(n);
      for (std::size_t r = 0; r < n; ++r)
        codes[k][r] = from.codes.empty()
                          ? std::int32_t(from.integers[first + r] - m.columns[m.category_columns[k]].low)
                          : from.codes[first + r];
      block.codes[k] = codes[k].data();
    }
    design.fill(block, x.data(), kRows);
    double* y = columns.back().floats.data() + first;
    for (std::size_t j = 0; j < m.beta.size(); ++j)
      for (std::size_t r = 0; r < n; ++r) y[r] += m.beta[j] * x[j * kRows + r];
  }
}

}  // namespace sluice
