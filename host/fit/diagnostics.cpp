// Rows as pairs of numbers, which the merging thread counts.
#include "host/fit/diagnostics.h"

#include <algorithm>
#include <cmath>

namespace sluice::fit {

class Diagnostics::Piece : public PassPiece {
 public:
  explicit Piece(const Diagnostics& d)
      : d_(d),
        rows_(d.source_.plan, d.design_, d.level_of_),
        x_(d.design_.columns.size() * RowBlock::kRows) {}
  void restart() override { fitted.clear(), residual.clear(), times.clear(); }
  void take(const RowBlock& block) override {
    rows_.fill(block, x_.data(), RowBlock::kRows);
    const double* y = block.monomials[d_.source_.plan.response()];
    double f[RowBlock::kRows] = {};
    for (std::size_t j = 0; j < d_.design_.columns.size(); ++j)
      for (std::size_t i = 0; i < block.rows; ++i)
        f[i] += x_[j * RowBlock::kRows + i] * d_.solution_.estimates[j];
    for (std::size_t i = 0; i < block.rows; ++i) {
      const double w = block.weights != nullptr ? block.weights[i] : 1;
      fitted.push_back(f[i]);
      residual.push_back((y[i] - f[i]) * (d_.source_.repeats ? 1 : std::sqrt(w)));
      times.push_back(d_.source_.repeats ? w : 1);
    }
  }
  std::vector<double> fitted, residual, times;

 private:
  const Diagnostics& d_;
  DesignRows rows_;
  std::vector<double> x_;
};

Diagnostics::Diagnostics(const Source& source, const Design& design,
                         const std::vector<std::vector<std::int32_t>>& level_of, const Solution& solution,
                         double scale)
    : source_(source), design_(design), level_of_(level_of), solution_(solution), scale_(scale) {
  bins_.assign(std::size_t(2 * kFine * kReach) + 1, 0.0);
}

Pass Diagnostics::ranges() {
  Pass pass;
  pass.stage = "ranges";
  pass.piece = [this] { return std::make_unique<Piece>(*this); };
  pass.merge = [this](PassPiece& piece) {
    const auto& own = static_cast<const Piece&>(piece);
    for (std::size_t i = 0; i < own.fitted.size(); ++i) {
      const double values[2] = {own.fitted[i], own.residual[i]};
      for (int k = 0; k < 2; ++k)
        least_[k] = std::fmin(least_[k], values[k]), greatest_[k] = std::fmax(greatest_[k], values[k]);
      if (points_.size() < kMostPoints) points_.push_back({values[0], values[1]});
      rows_ += 1;
    }
  };
  pass.piece_memory = 8 * RowBlock::kRows * design_.columns.size() + (std::uint64_t(3) << 20);
  return pass;
}

Pass Diagnostics::counts() {
  Pass pass = ranges();
  pass.stage = "picture";
  const auto cells = [&](double most) { return std::int64_t(std::clamp(std::sqrt(rows_) / 3, 20.0, most)); };
  const auto edges = [&](int k, std::int64_t bins) {
    const bool some = least_[k] < greatest_[k];
    const double centre = std::isfinite(least_[k]) ? least_[k] : 0, wide = std::fabs(centre) * 0.01 + scale_;
    return picture::even_edges(some ? least_[k] : centre - wide, some ? greatest_[k] : centre + wide, bins);
  };
  density_ = std::make_unique<picture::Density>(edges(0, cells(200)), edges(1, cells(140)));
  rows_ = 0;
  pass.merge = [this](PassPiece& piece) {
    const auto& own = static_cast<const Piece&>(piece);
    density_->add(own.fitted.data(), own.residual.data(), own.fitted.size());
    for (std::size_t i = 0; i < own.fitted.size(); ++i) {
      const double at = std::asinh(own.residual[i] / scale_) * kFine + kFine * kReach;
      if (std::isnan(at)) continue;
      bins_[std::size_t(std::clamp(std::floor(at + 0.5), 0.0, double(bins_.size() - 1)))] += own.times[i];
      rows_ += own.times[i];
    }
  };
  return pass;
}

double Diagnostics::quantile(double share) const {
  double below = 0;
  const double wanted = share * rows_;
  for (std::size_t k = 0; k < bins_.size(); ++k) {
    if (below + bins_[k] < wanted || bins_[k] == 0) {
      below += bins_[k];
      continue;
    }
    const double within = (wanted - below) / bins_[k] - 0.5;
    return std::sinh((double(k) - kFine * kReach + within) / kFine);
  }
  return 0;
}

void Diagnostics::histogram(std::vector<double>& edges, std::vector<double>& heights) const {
  constexpr double kWide = 5;
  const int bins = int(std::clamp(std::cbrt(rows_) * 2, 10.0, 100.0));
  edges = picture::even_edges(-kWide, kWide, bins);
  heights.assign(std::size_t(bins), 0.0);
  for (std::size_t k = 0; k < bins_.size(); ++k) {
    if (bins_[k] == 0) continue;
    const double low = std::sinh((double(k) - kFine * kReach - 0.5) / kFine);
    const double high = std::sinh((double(k) - kFine * kReach + 0.5) / kFine);
    const double step = 2 * kWide / bins;  // a bin's rows go to both that it overlaps
    for (int b = std::max(0, int((low + kWide) / step)); b < bins && edges[std::size_t(b)] < high; ++b) {
      const double share = std::fmin(high, edges[std::size_t(b) + 1]) - std::fmax(low, edges[std::size_t(b)]);
      if (share > 0) heights[std::size_t(b)] += bins_[k] * share / (high - low) / rows_ / step;
    }
  }
}

}  // namespace sluice::fit
