// A piece keeps its first and last residual, so that the Durbin-Watson sum goes over the pieces' borders.
#include "host/fit/residuals.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "host/fit/dense.h"
#include "host/fit/distributions.h"

namespace sluice::fit {
namespace {
constexpr std::size_t kRows = RowBlock::kRows;
constexpr double kNoLeverage = 1e-10;  // of 1 - h: rounding of h
}  // namespace

/// Sums of powers about the mean, merged by Pebay's formulas (2008): residuals far from 0 lose no digits.
struct Central {
  double rows = 0, mean = 0, second = 0, third = 0, fourth = 0;
  void merge(const Central& o) {
    if (o.rows == 0) return;
    const double n = rows + o.rows, d = o.mean - mean, a = rows / n, b = o.rows / n;
    fourth += o.fourth + d * d * d * d * rows * b * (a * a - a * b + b * b) +
              6 * d * d * (a * a * o.second + b * b * second) + 4 * d * (a * o.third - b * third);
    third += o.third + d * d * d * rows * b * (a - b) + 3 * d * (a * o.second - b * second);
    second += o.second + d * d * rows * b;
    mean += d * b;
    rows = n;
  }
};

struct Moments4 {
  Central central;
  double squares = 0, steps = 0;  // about 0, and of differences of neighbours
  double first = 0, last = 0, least = std::numeric_limits<double>::infinity(), greatest = -least;
  bool any = false;
  /// Residuals that stand for `times` rows each; null: for one.
  void add(const double* e, const double* times, std::size_t n) {
    Central here;
    for (std::size_t i = 0; i < n; ++i) {
      const double w = times != nullptr ? times[i] : 1;
      here.rows += w, here.mean += w * e[i], squares += w * e[i] * e[i];
      if (any) steps += (e[i] - last) * (e[i] - last);
      if (!any) first = e[i];
      last = e[i], any = true;
      least = std::fmin(least, e[i]), greatest = std::fmax(greatest, e[i]);
    }
    here.mean /= here.rows;
    for (std::size_t i = 0; i < n; ++i) {
      const double w = times != nullptr ? times[i] : 1, d = e[i] - here.mean, square = d * d;
      here.second += w * square, here.third += w * square * d, here.fourth += w * square * square;
    }
    central.merge(here);
  }
  void merge(const Moments4& later) {
    if (!later.any) return;
    if (any) steps += (later.first - last) * (later.first - last);
    if (!any) first = later.first;
    last = later.last, any = true;
    squares += later.squares, steps += later.steps;
    central.merge(later.central);
    least = std::fmin(least, later.least), greatest = std::fmax(greatest, later.greatest);
  }
};

struct ResidualSums::Context {
  const Source& source;
  const Design& design;
  const std::vector<std::vector<std::int32_t>>& level_of;
  const Solution& solution;
  std::string errors;
  std::size_t p;
  Moments4 total;
  Budget& budget;
  std::vector<double> meat = {};
  std::int64_t lone = 0;
  std::vector<double> scores = {};          // of each cluster's level, p numbers
  std::vector<std::uint8_t> clusters = {};  // levels that have rows
  Share share = {};
  bool by_cluster() const { return errors == "cluster"; }
};

class ResidualSums::Piece : public PassPiece {
 public:
  explicit Piece(const Context& c)
      : c_(c),
        rows_(c.source.plan, c.design, c.level_of),
        x_(c.p * kRows),
        white_(robust() ? c.p * kRows : 0) {
    restart();
  }
  void restart() override {
    moments_ = {};
    lone_ = 0;
    meat_.assign(robust() && !c_.by_cluster() ? c_.p * c_.p : 0, 0.0);
    scores_.clear(), found_.clear(), place_.clear();
  }
  void take(const RowBlock& block) override {
    const std::size_t n = block.rows, padded = (n + 7) / 8 * 8;
    rows_.fill(block, x_.data(), kRows);
    double e[kRows] = {};
    std::copy_n(block.monomials[c_.source.plan.response()], n, e);
    for (std::size_t j = 0; j < c_.p; ++j)
      for (std::size_t i = 0; i < n; ++i) e[i] -= x_[j * kRows + i] * c_.solution.estimates[j];
    const bool repeats = c_.source.repeats;
    if (block.weights != nullptr && !repeats) scale(block, e);
    moments_.add(e, repeats ? block.weights : nullptr, n);
    if (!robust()) return;
    whiten(n);
    if (c_.by_cluster()) return add_scores(block, e);
    for (std::size_t i = 0; i < n; ++i) e[i] *= e[i];
    if (c_.errors == "HC2" || c_.errors == "HC3") divide(n, e);
    for (std::size_t i = 0; repeats && i < n; ++i) e[i] *= block.weights[i];
    for (std::size_t j = 0; j < c_.p; ++j) {
      std::fill(white_.data() + j * kRows + n, white_.data() + j * kRows + padded, 0.0);
      for (std::size_t i = 0; i < padded; ++i) x_[j * kRows + i] = white_[j * kRows + i] * e[i];
    }
    best_dense().products(x_.data(), white_.data(), c_.p, padded, kRows, meat_.data());
  }
  const Moments4& moments() const { return moments_; }
  const std::vector<double>& meat() const { return meat_; }
  std::int64_t lone() const { return lone_; }
  /// Levels of clusters in the order first met, and their sums.
  const std::vector<std::size_t>& found() const { return found_; }
  const std::vector<double>& scores() const { return scores_; }

 private:
  bool robust() const { return c_.errors != "classic"; }
  /// Rows and residuals by the roots of their weights.
  void scale(const RowBlock& block, double* e) {
    for (std::size_t i = 0; i < block.rows; ++i) {
      const double root = std::sqrt(block.weights[i]);
      for (std::size_t j = 0; j < c_.p; ++j) x_[j * kRows + i] *= root;
      e[i] *= root;
    }
  }
  void add_scores(const RowBlock& block, const double* e) {
    const std::size_t cluster = c_.source.plan.categories.size() - 1;
    for (std::size_t i = 0; i < block.rows; ++i) {
      const auto level = std::size_t(c_.level_of[cluster][std::size_t(block.codes[cluster][i])]);
      const auto [place, fresh] = place_.emplace(level, found_.size());
      if (fresh) {
        found_.push_back(level);
        scores_.resize(found_.size() * c_.p, 0.0);
      }
      const double weight = c_.source.repeats ? block.weights[i] * e[i] : e[i];
      double* to = scores_.data() + place->second * c_.p;
      for (std::size_t k = 0; k < c_.p; ++k) to[k] += white_[k * kRows + i] * weight;
    }
  }
  /// Rows of X G, whose products have no large parts that cancel.
  void whiten(std::size_t n) {
    std::fill(white_.begin(), white_.end(), 0.0);
    for (std::size_t k = 0; k < c_.p; ++k)
      for (std::size_t j = 0; j < c_.p; ++j) {
        const double g = c_.solution.root.at(j, k);
        if (g == 0) continue;
        for (std::size_t i = 0; i < n; ++i) white_[k * kRows + i] += x_[j * kRows + i] * g;
      }
  }
  /// By 1 - h, h the leverage: the squared length of a row of X G.
  void divide(std::size_t n, double* e) {
    double leverage[kRows] = {};
    for (std::size_t k = 0; k < c_.p; ++k)
      for (std::size_t i = 0; i < n; ++i) leverage[i] += white_[k * kRows + i] * white_[k * kRows + i];
    for (std::size_t i = 0; i < n; ++i) {
      const double rest = 1 - leverage[i];
      if (rest > kNoLeverage)
        e[i] /= c_.errors == "HC2" ? rest : rest * rest;
      else
        e[i] = 0, ++lone_;
    }
  }
  const Context& c_;
  DesignRows rows_;
  std::vector<double> x_, white_, meat_;
  Moments4 moments_;
  std::int64_t lone_ = 0;
  std::vector<double> scores_;
  std::vector<std::size_t> found_;
  std::unordered_map<std::size_t, std::size_t> place_;  // of levels in found_
};

ResidualSums::ResidualSums(const Source& source, const Design& design,
                           const std::vector<std::vector<std::int32_t>>& level_of, const Solution& solution,
                           const std::string& errors, Budget& budget)
    : context_(new Context{source, design, level_of, solution, errors, design.columns.size(), {}, budget}) {
  Context& c = *context_;
  c.meat.assign(c.p * c.p, 0.0);
  if (!c.by_cluster()) return;
  const std::size_t count = design.levels.back().size();
  c.share = Share(budget, 8 * count * c.p, "sums of the clusters");
  c.scores.assign(count * c.p, 0.0);
  c.clusters.assign(count, 0);
}
ResidualSums::~ResidualSums() = default;

Pass ResidualSums::pass() {
  Pass pass;
  pass.stage = "residuals";
  pass.piece = [this] { return std::make_unique<Piece>(*context_); };
  pass.merge = [this](PassPiece& piece) {
    const auto& own = static_cast<const Piece&>(piece);
    context_->total.merge(own.moments());
    context_->lone += own.lone();
    for (std::size_t k = 0; k < own.found().size(); ++k) {
      const std::size_t level = own.found()[k], p = context_->p;
      context_->clusters[level] = 1;
      for (std::size_t j = 0; j < p; ++j) context_->scores[level * p + j] += own.scores()[k * p + j];
    }
    for (std::size_t i = 0; i < own.meat().size(); ++i) context_->meat[i] += own.meat()[i];
  };
  pass.piece_memory = 8 * context_->p * (2 * kRows + context_->p);
  return pass;
}

double ResidualSums::squares() const {
  return context_->total.squares;
}

std::int64_t ResidualSums::lone() const {
  return context_->lone;
}

ResidualFacts ResidualSums::facts() const {
  const Moments4& m = context_->total;
  ResidualFacts facts;
  const double n = m.central.rows, second = m.central.second / n;
  facts.durbin_watson = m.steps / m.squares;
  facts.skew = m.central.third / n / std::pow(second, 1.5);
  facts.kurtosis = m.central.fourth / n / (second * second);
  facts.jarque_bera = n / 6 * (facts.skew * facts.skew + std::pow(facts.kurtosis - 3, 2) / 4);
  facts.jarque_bera_p = chi2_probability(facts.jarque_bera, 2);
  facts.least = m.least, facts.greatest = m.greatest;
  return facts;
}

std::int64_t ResidualSums::clusters() const {
  return std::count(context_->clusters.begin(), context_->clusters.end(), 1);
}

Square ResidualSums::meat() const {
  const Context& c = *context_;
  if (c.by_cluster()) {
    Square sum(c.p);
    for (std::size_t g = 0; g < c.clusters.size(); ++g)
      for (std::size_t i = 0; i < c.p; ++i)
        for (std::size_t j = 0; j < c.p; ++j) sum.at(i, j) += c.scores[g * c.p + i] * c.scores[g * c.p + j];
    return sum;
  }
  Square full(context_->p);
  for (std::size_t i = 0; i < full.n; ++i)
    for (std::size_t j = i; j < full.n; ++j) full.at(i, j) = full.at(j, i) = context_->meat[i * full.n + j];
  return full;
}

}  // namespace sluice::fit
