// Each block's mean and squares about it, merged by Chan's formula: no offset costs digits.
#include "host/fit/whole_column.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"

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
    Factor inner;
    inner.name = node->text, inner.expression = node->inside[0];
    inner.bare = inner.expression.kind == Expression::Kind::kName;
    look.formula.factors.push_back(inner);
    look.plan.monomials.push_back({look.formula.factors.size() - 1});
  }
  std::vector<Spread> total(nodes.size());
  Pass pass;
  pass.stage = "whole columns";
  pass.piece_bytes = piece_bytes;
  pass.piece_memory = 64 * nodes.size();
  pass.piece = [&] { return std::make_unique<Piece>(look, first); };
  pass.merge = [&](PassPiece& piece) {
    const auto& own = static_cast<const Piece&>(piece).found;
    for (std::size_t k = 0; k < total.size(); ++k) total[k].merge(own[k]);
  };
  run_pass(pass, look, levels, budget, run, summary);
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    nodes[k]->mean = total[k].mean;
    nodes[k]->deviation = std::sqrt(total[k].squares / total[k].rows);
    if (nodes[k]->text != "center" && nodes[k]->deviation == 0)
      throw Error(ErrorKind::kInput, source.input.path + ": " + nodes[k]->text +
                                         " of a column that is constant: expected values that differ");
  }
  source.measured = true;
  set_shifts(source, budget);
}

std::vector<WholeColumn> whole_columns_of(const Formula& formula) {
  Formula copy = formula;
  std::vector<WholeColumn> found;
  for (const Expression* node : nodes_of(copy)) found.push_back({node->mean, node->deviation});
  return found;
}

bool set_whole_columns(Formula& formula, const std::vector<WholeColumn>& found) {
  const std::vector<Expression*> nodes = nodes_of(formula);
  for (std::size_t k = 0; k < nodes.size() && nodes.size() == found.size(); ++k)
    nodes[k]->mean = found[k].mean, nodes[k]->deviation = found[k].deviation;
  return nodes.size() == found.size();
}

}  // namespace sluice::fit
