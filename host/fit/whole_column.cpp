// Each block's mean and squares about it, merged by Chan's formula: no offset costs digits. Powers are those
// of the standardized column, whose triangle keeps the digits that their products would lose.
#include "host/fit/whole_column.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/fit/polynomials.h"

namespace sluice::fit {
namespace {

struct Spread {
  double rows = 0, mean = 0, squares = 0;
  void merge(const Spread& other) {
    if (other.rows == 0) return;
    const double all = rows + other.rows, step = other.mean - mean;
    squares += other.squares + step * step * (rows / all) * other.rows;
    mean += step * (other.rows / all);
    rows = all;
  }
};

class Piece : public PassPiece {
 public:
  Piece(const Source& source, std::size_t first) : source_(source), first_(first) { restart(); }
  void restart() override { found.assign(source_.plan.monomials.size() - first_, {}); }
  void take(const RowBlock& block) override {
    const double* times = source_.repeats ? block.weights : nullptr;
    for (std::size_t k = 0; k < found.size(); ++k) {
      const double* x = block.monomials[first_ + k];
      Spread one;
      for (std::size_t i = 0; i < block.rows; ++i) {
        const double n = times != nullptr ? times[i] : 1;
        one.rows += n, one.mean += n * x[i];
      }
      one.mean /= one.rows;
      for (std::size_t i = 0; i < block.rows; ++i)
        one.squares += (times != nullptr ? times[i] : 1) * (x[i] - one.mean) * (x[i] - one.mean);
      found[k].merge(one);
    }
  }
  std::vector<Spread> found;

 private:
  const Source& source_;
  std::size_t first_;
};

std::vector<Expression*> nodes_of(Formula& formula) {
  std::vector<Expression*> nodes;
  for (Factor& factor : formula.factors) add_whole_columns(factor.expression, nodes);
  return nodes;
}

/// A column of poly() whose degree is not 1: what it is a polynomial of is measured for the first.
bool follows(const Expression& node) {
  return node.text == "poly" && node.number > 1;
}

}  // namespace

void measure_whole_columns(Source& source, AllLevels& levels, Budget& budget, const RunOptions& run,
                           RunSummary& summary, std::size_t piece_bytes) {
  const std::vector<Expression*> nodes = nodes_of(source.formula);
  if (nodes.empty()) return;
  // What stands within them, as further monomials of the same rows.
  Source look = source;
  look.measured = true;
  // A function of a whole column has no value yet: rows are kept by their columns and by other functions.
  for (auto& monomial : look.plan.monomials)
    if (std::any_of(monomial.begin(), monomial.end(), [&](std::size_t f) {
          std::vector<Expression*> within;
          add_whole_columns(look.formula.factors[f].expression, within);
          return !within.empty();
        }))
      monomial.clear();
  const std::size_t first = look.plan.monomials.size();
  for (const Expression* node : nodes) {
    if (follows(*node)) continue;
    Factor inner;
    inner.name = node->text, inner.expression = node->inside[0];
    inner.bare = inner.expression.kind == Expression::Kind::kName;
    look.formula.factors.push_back(inner);
    look.plan.monomials.push_back({look.formula.factors.size() - 1});
  }
  std::vector<Spread> total(look.plan.monomials.size() - first);
  Pass pass;
  pass.stage = "whole columns";
  pass.piece_bytes = piece_bytes;
  pass.piece_memory = 64 * total.size();
  pass.piece = [&] { return std::make_unique<Piece>(look, first); };
  pass.merge = [&](PassPiece& piece) {
    const auto& own = static_cast<const Piece&>(piece).found;
    for (std::size_t k = 0; k < total.size(); ++k) total[k].merge(own[k]);
  };
  run_pass(pass, look, levels, budget, run, summary);
  std::vector<PolynomialsOf> polynomials;
  std::size_t next = 0;
  for (Expression* const node : nodes) {
    if (follows(*node)) {
      node->mean = polynomials.back().nodes[0]->mean,
      node->deviation = polynomials.back().nodes[0]->deviation;
      polynomials.back().nodes.push_back(node);
      continue;
    }
    if (node->text == "poly") polynomials.push_back({first + next, {node}});
    const Spread& found = total[next++];
    node->mean = found.mean, node->deviation = std::sqrt(found.squares / found.rows);
    if (node->text != "center" && node->deviation == 0)
      throw Error(ErrorKind::kInput, source.input.path + ": " + node->text +
                                         " of a column that is constant: expected values that differ");
    if (found.rows > 0 && !std::isfinite(node->deviation))
      throw Error(ErrorKind::kInput,
                  source.input.path + ": " + node->text + " of a column whose squares are not finite",
                  "values beyond 1e150 have no squares: choose another unit");
  }
  if (!polynomials.empty() && total[0].rows > 0)
    measure_polynomials(look, polynomials, levels, budget, run, summary, piece_bytes);
  source.measured = true;
  set_shifts(source, budget);
}

int whole_column_passes(const Source& source) {
  if (source.measured) return 0;
  const auto& factors = source.formula.factors;
  const bool poly =
      std::any_of(factors.begin(), factors.end(), [](const Factor& f) { return f.degree > 0 && !f.raw; });
  return poly ? 2 : 1;
}

std::vector<WholeColumn> whole_columns_of(const Formula& formula) {
  Formula copy = formula;
  std::vector<WholeColumn> found;
  for (const Expression* node : nodes_of(copy))
    found.push_back({node->mean, node->deviation, node->alphas, node->betas, node->mix});
  return found;
}

bool set_whole_columns(Formula& formula, const std::vector<WholeColumn>& found) {
  const std::vector<Expression*> nodes = nodes_of(formula);
  if (nodes.size() != found.size()) return false;
  const auto finite = [](const std::vector<double>& x) {
    return std::all_of(x.begin(), x.end(), [](double v) { return std::isfinite(v); });
  };
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    const WholeColumn& one = found[k];
    const std::size_t degree = nodes[k]->text == "poly" ? std::size_t(nodes[k]->number) : 0;
    const bool sound = std::isfinite(one.mean) && std::isfinite(one.deviation) && finite(one.alphas) &&
                       finite(one.betas) && finite(one.mix) && one.alphas.size() == degree &&
                       one.mix.size() == one.betas.size() &&
                       one.betas.size() == (degree > 0 ? degree + 1 : 0) &&
                       std::all_of(one.betas.begin(), one.betas.end(), [](double b) { return b > 0; });
    if (!sound || (nodes[k]->text != "center" && !(one.deviation > 0))) return false;
    nodes[k]->mean = one.mean, nodes[k]->deviation = one.deviation;
    nodes[k]->alphas = one.alphas, nodes[k]->betas = one.betas, nodes[k]->mix = one.mix;
  }
  return true;
}

}  // namespace sluice::fit
