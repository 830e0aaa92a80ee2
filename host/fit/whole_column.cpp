// Each block's mean and squares about it, merged by Chan's formula: no offset costs digits. Powers are those
// of the standardized column, whose triangle keeps the digits that their products would lose.
#include "host/fit/whole_column.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/fit/triangle.h"

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

/// The triangle of the powers 0 ... degree of one monomial, standardized.
struct PowersOf {
  std::size_t monomial;
  int degree;
  const Expression* node;          // one of poly()'s columns: what it is a polynomial of, mean and deviation
  std::vector<std::size_t> nodes;  // all of them
};

class PowersPiece : public PassPiece {
 public:
  PowersPiece(const Source& source, const std::vector<PowersOf>& all) : source_(source), all_(all) {
    for (const PowersOf& one : all) {
      triangles.emplace_back(std::size_t(one.degree) + 1);
      rows_.resize(std::max(rows_.size(), (std::size_t(one.degree) + 1) * RowBlock::kRows));
    }
  }
  void restart() override {
    for (Triangle& triangle : triangles) triangle.clear();
  }
  void take(const RowBlock& block) override {
    constexpr std::size_t ld = RowBlock::kRows;
    for (std::size_t k = 0; k < all_.size(); ++k) {
      const Expression& node = *all_[k].node;
      const double* x = block.monomials[all_[k].monomial];
      for (std::size_t i = 0; i < block.rows; ++i) {
        const double z = (x[i] - node.mean) / node.deviation;
        double power = source_.repeats && block.weights != nullptr ? std::sqrt(block.weights[i]) : 1;
        for (int degree = 0; degree <= all_[k].degree; ++degree, power *= z)
          rows_[std::size_t(degree) * ld + i] = power;
      }
      triangles[k].add(rows_.data(), block.rows, ld);
    }
  }
  std::vector<Triangle> triangles;

 private:
  const Source& source_;
  const std::vector<PowersOf>& all_;
  std::vector<double> rows_;
};

/// Of R in [1, z, z^2, ...] = Q R, whose columns q_k are the polynomials: z q_k = betas[k + 1] q_(k + 1) +
/// alphas[k] q_k + betas[k] q_(k - 1), compared at z z^k = z^(k + 1). The first `degree`.
void set_recurrence(Expression& node, const Square& r) {
  const auto degree = std::size_t(node.number);
  const auto at = [&](std::size_t i, std::size_t j) { return r.at(i, i) < 0 ? -r.at(i, j) : r.at(i, j); };
  node.alphas.clear(), node.betas = {at(0, 0)};
  for (std::size_t k = 0; k < degree; ++k) {
    node.alphas.push_back(at(k, k + 1) / at(k, k) - (k > 0 ? at(k - 1, k) / at(k - 1, k - 1) : 0));
    node.betas.push_back(at(k + 1, k + 1) / at(k, k));
  }
}

void refuse_few_values(const Source& source, const Expression& node, const Square& r) {
  constexpr double kLeast = 1e-11;  // of a power's length: what is left of it beside the lower ones
  for (std::size_t j = 0; j < r.n; ++j) {
    double length = 0;
    for (std::size_t i = 0; i <= j; ++i) length = std::hypot(length, r.at(i, j));
    if (std::fabs(r.at(j, j)) > kLeast * length) continue;
    const Expression& inner = node.inside[0];
    throw Error(ErrorKind::kInput, source.input.path + ": poly of degree " + std::to_string(r.n - 1) + ": '" +
                                       source.formula.text.substr(inner.place, inner.size) + "' has " +
                                       std::to_string(j) +
                                       " different values: expected more than the degree");
  }
}

std::vector<Expression*> nodes_of(Formula& formula) {
  std::vector<Expression*> nodes;
  for (Factor& factor : formula.factors) add_whole_columns(factor.expression, nodes);
  return nodes;
}

void measure_powers(const Source& look, const std::vector<PowersOf>& powers,
                    const std::vector<Expression*>& nodes, AllLevels& levels, Budget& budget,
                    const RunOptions& run, RunSummary& summary, std::size_t piece_bytes) {
  std::vector<Triangle> total;
  Pass pass;
  for (const PowersOf& one : powers) {
    total.emplace_back(std::size_t(one.degree) + 1);
    pass.piece_memory += Triangle::memory(std::size_t(one.degree) + 1) + 8 * RowBlock::kRows;
  }
  pass.stage = "polynomials";
  pass.piece_bytes = piece_bytes;
  pass.piece = [&] { return std::make_unique<PowersPiece>(look, powers); };
  pass.merge = [&](PassPiece& piece) {
    const auto& own = static_cast<const PowersPiece&>(piece).triangles;
    for (std::size_t k = 0; k < total.size(); ++k) total[k].merge(own[k]);
  };
  run_pass(pass, look, levels, budget, run, summary);
  for (std::size_t k = 0; k < powers.size(); ++k) {
    refuse_few_values(look, *powers[k].node, total[k].upper());
    for (const std::size_t node : powers[k].nodes) set_recurrence(*nodes[node], total[k].upper());
  }
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
  std::vector<PowersOf> powers;
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    if (nodes[k]->text != "poly") continue;
    const int degree = int(nodes[k]->number);
    if (degree == 1) powers.push_back({first + k, degree, nodes[k], {}});
    powers.back().degree = degree, powers.back().nodes.push_back(k);
  }
  if (!powers.empty()) measure_powers(look, powers, nodes, levels, budget, run, summary, piece_bytes);
  source.measured = true;
  set_shifts(source, budget);
}

std::vector<WholeColumn> whole_columns_of(const Formula& formula) {
  Formula copy = formula;
  std::vector<WholeColumn> found;
  for (const Expression* node : nodes_of(copy))
    found.push_back({node->mean, node->deviation, node->alphas, node->betas});
  return found;
}

bool set_whole_columns(Formula& formula, const std::vector<WholeColumn>& found) {
  const std::vector<Expression*> nodes = nodes_of(formula);
  if (nodes.size() != found.size()) return false;
  for (std::size_t k = 0; k < nodes.size(); ++k) {
    nodes[k]->mean = found[k].mean, nodes[k]->deviation = found[k].deviation;
    nodes[k]->alphas = found[k].alphas, nodes[k]->betas = found[k].betas;
    const std::size_t degree = nodes[k]->text == "poly" ? std::size_t(nodes[k]->number) : 0;
    if (degree > 0 && (found[k].alphas.size() != degree || found[k].betas.size() != degree + 1)) return false;
  }
  return true;
}

}  // namespace sluice::fit
