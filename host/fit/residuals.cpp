// A piece keeps its first and last residual, so that the Durbin-Watson sum goes over the pieces' borders.
#include "host/fit/residuals.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
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
  std::shared_ptr<const CellWay> cells;
  Moments4 total = {};
  std::vector<double> meat = {};
  std::optional<Sums> weighted = {};           // by cells
  std::optional<CellErrors::Meat> found = {};  // when all is read
  std::int64_t lone = 0;
  std::vector<double> scores = {};          // of each cluster's level, p numbers
  std::vector<std::uint8_t> clusters = {};  // levels that have rows
  Share share = {};
  bool by_cluster() const { return errors == "cluster"; }
  bool robust() const { return errors != "classic"; }
  bool leverages() const { return errors == "HC2" || errors == "HC3"; }
  /// Numbers of a cluster's score.
  std::size_t wide() const { return cells != nullptr ? cells->rows.indicators().size() : p; }
};

class ResidualSums::Piece : public PassPiece {
 public:
  explicit Piece(const Context& c)
      : c_(c),
        rows_(c.source.plan, c.design, c.level_of),
        x_(dense() ? c.p * kRows : 0),
        white_(dense() && c.robust() ? c.p * kRows : 0) {
    if (c.weighted) sums_.emplace(c.cells->rows.indicators().layout(), c.source.shifts);
    if (!dense()) at_.resize(c.cells->rows.width()), numbers_.resize(at_.size());
    restart();
  }
  void restart() override {
    moments_ = {};
    lone_ = 0;
    meat_.assign(dense() && c_.robust() && !c_.by_cluster() ? c_.p * c_.p : 0, 0.0);
    if (sums_) sums_->restart();
    scores_.clear(), found_.clear(), place_.clear();
  }
  void take(const RowBlock& block) override {
    const std::size_t n = block.rows, padded = (n + 7) / 8 * 8;
    double e[kRows] = {};
    if (dense()) {
      rows_.fill(block, x_.data(), kRows);
      std::copy_n(block.monomials[c_.source.plan.response()], n, e);
      for (std::size_t j = 0; j < c_.p; ++j)
        for (std::size_t i = 0; i < n; ++i) e[i] -= x_[j * kRows + i] * c_.solution.estimates[j];
    } else {
      c_.cells->rows.find(block, places_);
      c_.cells->rows.residuals(block, places_, e);
    }
    const bool repeats = c_.source.repeats;
    if (block.weights != nullptr && !repeats) scale(block, e);
    moments_.add(e, repeats ? block.weights : nullptr, n);
    if (!c_.robust()) return;
    if (!dense()) return take_by_cell(block, e);
    whiten(n);
    if (c_.by_cluster()) return add_scores(block, e);
    for (std::size_t i = 0; i < n; ++i) e[i] *= e[i];
    if (c_.leverages()) divide(n, e);
    for (std::size_t i = 0; repeats && i < n; ++i) e[i] *= block.weights[i];
    for (std::size_t j = 0; j < c_.p; ++j) {
      std::fill(white_.data() + j * kRows + n, white_.data() + j * kRows + padded, 0.0);
      for (std::size_t i = 0; i < padded; ++i) x_[j * kRows + i] = white_[j * kRows + i] * e[i];
    }
    best_dense().products(x_.data(), white_.data(), c_.p, padded, kRows, meat_.data());
  }
  const Moments4& moments() const { return moments_; }
  const std::vector<double>& meat() const { return meat_; }
  std::optional<PieceSums>& sums() { return sums_; }
  std::int64_t lone() const { return lone_; }
  /// Levels of clusters in the order first met, and their sums.
  const std::vector<std::size_t>& found() const { return found_; }
  const std::vector<double>& scores() const { return scores_; }

 private:
  bool dense() const { return c_.cells == nullptr; }
  /// Rows and residuals by the roots of their weights.
  void scale(const RowBlock& block, double* e) {
    for (std::size_t i = 0; i < block.rows; ++i) {
      const double root = std::sqrt(block.weights[i]);
      for (std::size_t j = 0; dense() && j < c_.p; ++j) x_[j * kRows + i] *= root;
      e[i] *= root;
    }
  }
  /// Where the sum of a row's cluster begins.
  double* score(const RowBlock& block, std::size_t row) {
    const std::size_t cluster = c_.source.plan.categories.size() - 1;
    const auto level = std::size_t(c_.level_of[cluster][std::size_t(block.codes[cluster][row])]);
    const auto [place, fresh] = place_.emplace(level, found_.size());
    if (fresh) {
      found_.push_back(level);
      scores_.resize(found_.size() * c_.wide(), 0.0);
    }
    return scores_.data() + place->second * c_.wide();
  }
  void add_scores(const RowBlock& block, const double* e) {
    for (std::size_t i = 0; i < block.rows; ++i) {
      const double weight = c_.source.repeats ? block.weights[i] * e[i] : e[i];
      double* to = score(block, i);
      for (std::size_t k = 0; k < c_.p; ++k) to[k] += white_[k * kRows + i] * weight;
    }
  }
  /// e: by the root of an analytic weight, as the row would be.
  void take_by_cell(const RowBlock& block, const double* e) {
    const CellRows& rows = c_.cells->rows;
    const bool analytic = block.weights != nullptr && !c_.source.repeats;
    double weights[kRows] = {};
    for (std::size_t i = 0; i < block.rows; ++i) {
      const double weight = block.weights != nullptr ? block.weights[i] : 1;
      if (c_.by_cluster() || c_.leverages()) rows.numbers(block, places_, i, at_.data(), numbers_.data());
      if (c_.by_cluster()) {
        const double by = analytic ? std::sqrt(weight) * e[i] : weight * e[i];
        double* to = score(block, i);
        for (std::size_t k = 0; k < at_.size(); ++k) to[at_[k]] += numbers_[k] * by;
        continue;
      }
      weights[i] = e[i] * e[i];
      if (c_.leverages()) {
        const double h = c_.cells->errors->leverage(at_.data(), numbers_.data(), at_.size());
        divide_by(1 - (analytic ? weight * h : h), weights[i]);
      }
      weights[i] *= weight;
    }
    if (c_.by_cluster()) return;
    weighted_ = block;
    weighted_.weights = weights;
    sums_->take(weighted_);
  }
  void divide_by(double rest, double& square) {
    if (rest > kNoLeverage)
      square /= c_.errors == "HC2" ? rest : rest * rest;
    else
      square = 0, ++lone_;
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
    for (std::size_t i = 0; i < n; ++i) divide_by(1 - leverage[i], e[i]);
  }
  const Context& c_;
  DesignRows rows_;
  std::vector<double> x_, white_, meat_;
  Moments4 moments_;
  std::int64_t lone_ = 0;
  std::vector<double> scores_;
  std::vector<std::size_t> found_;
  std::unordered_map<std::size_t, std::size_t> place_;  // of levels in found_
  std::optional<PieceSums> sums_;                       // by cells, with those weights
  CellRows::Places places_;
  std::vector<std::int32_t> at_;
  std::vector<double> numbers_;
  RowBlock weighted_;
};

ResidualSums::ResidualSums(const Source& source, const Design& design,
                           const std::vector<std::vector<std::int32_t>>& level_of, const Solution& solution,
                           const std::string& errors, std::shared_ptr<const CellWay> cells, Budget& budget)
    : context_(
          new Context{source, design, level_of, solution, errors, design.columns.size(), std::move(cells)}) {
  Context& c = *context_;
  if (c.by_cluster()) {
    const std::size_t count = design.levels.back().size();
    c.share = Share(budget, 8 * count * c.wide(), "sums of the clusters");
    c.scores.assign(count * c.wide(), 0.0);
    c.clusters.assign(count, 0);
  } else if (c.cells != nullptr && c.robust()) {
    c.weighted.emplace(c.cells->rows.indicators().layout());
    std::uint64_t bytes = 0;  // as of those that the cells were found by, twice, since they grow by doubling
    for (std::size_t t = 0; t < c.weighted->tables.size(); ++t)
      bytes += 40 * c.weighted->tables[t].width * c.cells->rows.cells(t);
    c.share = Share(budget, bytes, "sums over the cells of the formula's categories");
  } else {
    c.meat.assign(c.p * c.p, 0.0);
  }
}
ResidualSums::~ResidualSums() = default;

Pass ResidualSums::pass() {
  Pass pass;
  pass.stage = "residuals";
  pass.piece = [this] { return std::make_unique<Piece>(*context_); };
  pass.merge = [this](PassPiece& piece) {
    auto& own = static_cast<Piece&>(piece);
    context_->total.merge(own.moments());
    if (own.sums()) context_->weighted->merge(own.sums()->sums(), own.sums()->touched());
    context_->lone += own.lone();
    for (std::size_t k = 0; k < own.found().size(); ++k) {
      const std::size_t level = own.found()[k], n = context_->wide();
      context_->clusters[level] = 1;
      for (std::size_t j = 0; j < n; ++j) context_->scores[level * n + j] += own.scores()[k * n + j];
    }
    for (std::size_t i = 0; i < own.meat().size(); ++i) context_->meat[i] += own.meat()[i];
  };
  const std::size_t p = context_->p;
  if (context_->cells == nullptr) {
    pass.piece_memory = 8 * p * (2 * kRows + p);
  } else {
    const std::size_t dense = context_->cells->rows.indicators().layout().blocks[0].monomials.size();
    pass.piece_memory = 8 * (dense * (dense + 2 * kRows)) + (std::uint64_t(64) << 10);
  }
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

const CellErrors::Meat& ResidualSums::meat() const {
  Context& c = *context_;
  if (c.found) return *c.found;
  c.found.emplace(CellErrors::Meat{Square(c.p), 0});
  Square& full = c.found->values;
  if (c.weighted) {
    c.weighted->settle();
    c.found = c.cells->errors->of_sums(*c.weighted);
  } else if (c.by_cluster() && c.cells != nullptr) {
    c.found = c.cells->errors->of_scores(c.scores, c.clusters.size());
  } else if (c.by_cluster()) {
    for (std::size_t g = 0; g < c.clusters.size(); ++g)
      for (std::size_t i = 0; i < c.p; ++i)
        for (std::size_t j = 0; j < c.p; ++j) full.at(i, j) += c.scores[g * c.p + i] * c.scores[g * c.p + j];
  } else {
    for (std::size_t i = 0; i < full.n; ++i)
      for (std::size_t j = i; j < full.n; ++j) full.at(i, j) = full.at(j, i) = c.meat[i * full.n + j];
  }
  return *c.found;
}

std::unique_ptr<ResidualSums> read_residuals(const Source& source, const Design& design,
                                             const std::vector<std::vector<std::int32_t>>& level_of,
                                             const Solution& solution, const std::string& errors,
                                             std::shared_ptr<const CellWay> cells, Budget& budget,
                                             const std::function<void(const Pass&)>& pass) {
  constexpr double kMostRounding = 1e-10;  // of a squared error
  for (;; cells.reset()) {
    auto found = std::make_unique<ResidualSums>(source, design, level_of, solution, errors, cells, budget);
    pass(found->pass());
    if (cells == nullptr || errors == "classic" || found->meat().rounding <= kMostRounding) return found;
  }
}

}  // namespace sluice::fit
