// Columns P follow from z by a recurrence, z P = P J with J tridiagonal. With P = Q S of all rows, S from
// TSQR, z Q = Q (S J S^-1): the recurrence of the orthonormal Q. Powers are a recurrence too (alphas 0, betas
// 1), and the first; errors are relative to the columns' lengths, so where little is left of a power beside
// the lower ones, the same is done once more with what was found. Then rounding of the recurrence itself
// shows, and the columns are mixed, P S^-1.
#include "host/fit/polynomials.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/fit/triangle.h"

namespace sluice::fit {
namespace {

constexpr double kEnough =
    0.05;  // of a column's length that is left beside the lower ones: 1e-16 / kEnough^2
constexpr double kLeast = 1e-13;  // below, it is rounding
constexpr int kMostPasses = 4;

struct Recurrence {
  explicit Recurrence(std::size_t degree) : alphas(degree, 0.0), betas(degree + 1, 1.0), mix(degree + 1) {
    for (std::size_t k = 0; k <= degree; ++k) mix.at(k, k) = 1;
  }
  std::vector<double> alphas, betas;  // as of polynomial()
  Square mix;                         // a column of it: the shares of the polynomials in one column
  /// To the inverse of S, with signs that keep highest powers above 0.
  void set_mix(const Square& s) {
    for (std::size_t k = 0; k < s.n; ++k)
      for (std::size_t i = k + 1; i-- > 0;) {
        double sum = i == k ? std::copysign(1.0, s.at(k, k)) : 0;
        for (std::size_t j = i + 1; j <= k; ++j) sum -= s.at(i, j) * mix.at(j, k);
        mix.at(i, k) = sum / s.at(i, i);
      }
  }
  /// To that of Q in P = Q S. Signs: betas stay above 0.
  void turn(const Square& s) {
    const auto at = [&](std::size_t i, std::size_t j) { return s.at(i, i) < 0 ? -s.at(i, j) : s.at(i, j); };
    const std::vector<double> b = betas;
    betas[0] *= at(0, 0);
    for (std::size_t k = 0; k < alphas.size(); ++k) {
      alphas[k] += b[k + 1] * at(k, k + 1) / at(k, k);
      if (k > 0) alphas[k] -= b[k] * at(k - 1, k) / at(k - 1, k - 1);
      betas[k + 1] *= at(k + 1, k + 1) / at(k, k);
    }
  }
};

class ColumnsPiece : public PassPiece {
 public:
  ColumnsPiece(const Source& source, const std::vector<PolynomialsOf>& all,
               const std::vector<Recurrence>& found)
      : source_(source), all_(all), found_(found) {
    std::size_t widest = 0;
    for (const Recurrence& one : found) {
      triangles.emplace_back(one.betas.size());
      widest = std::max(widest, one.betas.size());
    }
    columns_.resize(widest * RowBlock::kRows);
  }
  static std::uint64_t memory(const std::vector<Recurrence>& found) {
    std::uint64_t bytes = 0;
    for (const Recurrence& one : found)
      bytes += Triangle::memory(one.betas.size()) + 8 * one.betas.size() * RowBlock::kRows;
    return bytes;
  }
  void restart() override {
    for (Triangle& triangle : triangles) triangle.clear();
  }
  void take(const RowBlock& block) override {
    const double* times = source_.repeats ? block.weights : nullptr;
    for (std::size_t k = 0; k < all_.size(); ++k) {
      const Recurrence& r = found_[k];
      const Expression& node = *all_[k].nodes[0];
      const double* x = block.monomials[all_[k].monomial];
      for (std::size_t i = 0; i < block.rows; ++i) {
        const double z = (x[i] - node.mean) / node.deviation;
        double before = 0, p = (times != nullptr ? std::sqrt(times[i]) : 1) / r.betas[0];
        for (std::size_t j = 0; j < r.betas.size(); ++j) {
          columns_[j * RowBlock::kRows + i] = p;
          if (j == r.alphas.size()) break;
          const double next = ((z - r.alphas[j]) * p - (j > 0 ? r.betas[j] * before : 0)) / r.betas[j + 1];
          before = p, p = next;
        }
      }
      triangles[k].add(columns_.data(), block.rows, RowBlock::kRows);
    }
  }
  std::vector<Triangle> triangles;

 private:
  const Source& source_;
  const std::vector<PolynomialsOf>& all_;
  const std::vector<Recurrence>& found_;
  std::vector<double> columns_;
};

/// What is left of column j beside the lower ones.
double share_left(const Square& s, std::size_t j) {
  double length = 0;
  for (std::size_t i = 0; i <= j; ++i) length = std::hypot(length, s.at(i, j));
  return length > 0 ? std::fabs(s.at(j, j)) / length : 0;
}

[[noreturn]] void refuse(const Source& source, const PolynomialsOf& of, std::size_t power) {
  const Expression& inner = of.nodes[0]->inside[0];
  throw Error(ErrorKind::kInput,
              source.input.path + ": poly of degree " + std::to_string(of.nodes.size()) +
                  ": nothing is left of '" + source.formula.text.substr(inner.place, inner.size) +
                  "' to the power " + std::to_string(power) +
                  " beside the lower powers: it has no more than " + std::to_string(power) +
                  " different values, or values too far apart",
              "a lower degree, or poly() of its logarithm");
}

}  // namespace

void measure_polynomials(const Source& source, const std::vector<PolynomialsOf>& all, AllLevels& levels,
                         Budget& budget, const RunOptions& run, RunSummary& summary,
                         std::size_t piece_bytes) {
  std::vector<Recurrence> found;
  for (const PolynomialsOf& of : all) found.emplace_back(of.nodes.size());
  for (int made = 1; made <= kMostPasses; ++made) {
    std::vector<Triangle> total;
    for (const Recurrence& one : found) total.emplace_back(one.betas.size());
    Pass pass;
    pass.stage = "polynomials";
    pass.piece_bytes = piece_bytes;
    pass.piece_memory = ColumnsPiece::memory(found);
    pass.piece = [&] { return std::make_unique<ColumnsPiece>(source, all, found); };
    pass.merge = [&](PassPiece& piece) {
      const auto& own = static_cast<const ColumnsPiece&>(piece).triangles;
      for (std::size_t k = 0; k < total.size(); ++k) total[k].merge(own[k]);
    };
    run_pass(pass, source, levels, budget, run, summary);
    bool enough = true;
    for (std::size_t k = 0; k < all.size(); ++k)
      for (std::size_t j = 1; j < total[k].upper().n; ++j) {
        const double left = share_left(total[k].upper(), j);
        if (!(left > kLeast)) refuse(source, all[k], j);
        enough = enough && left >= kEnough;
      }
    const bool mixed = made > 1 && (enough || made == kMostPasses);
    for (std::size_t k = 0; k < all.size(); ++k)
      mixed ? found[k].set_mix(total[k].upper()) : found[k].turn(total[k].upper());
    if (enough) break;
  }
  for (std::size_t k = 0; k < all.size(); ++k)
    for (std::size_t j = 0; j < all[k].nodes.size(); ++j) {
      const Recurrence& r = found[k];
      all[k].nodes[j]->alphas.assign(r.alphas.begin(), r.alphas.begin() + std::ptrdiff_t(j + 1));
      all[k].nodes[j]->betas.assign(r.betas.begin(), r.betas.begin() + std::ptrdiff_t(j + 2));
      for (std::size_t i = 0; i <= j + 1; ++i) all[k].nodes[j]->mix.push_back(r.mix.at(i, j + 1));
    }
}

}  // namespace sluice::fit
