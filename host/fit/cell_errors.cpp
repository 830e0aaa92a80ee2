// Products of long columns go through the tiles of dense.h, a few hundred numbers of them at a time.
#include "host/fit/cell_errors.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/fit/dense.h"
#include "host/fit/square_products.h"

namespace sluice::fit {
namespace {

constexpr std::size_t kAtOnce = 256;  // numbers of each column that stay in the cache
constexpr double kEpsilon = std::numeric_limits<double>::epsilon();

Square magnitudes(const Square& a) {
  Square to = a;
  for (double& value : to.values) value = std::fabs(value);
  return to;
}

}  // namespace

CellErrors::CellErrors(const Indicators& z, std::vector<IndicatorColumn> shifted, const Square& raw,
                       const Square& root, bool leverages, Budget& budget)
    : z_(z), shifted_(std::move(shifted)), root_(root) {
  const std::size_t p = root.n, n = z.size();
  share_ = Share(budget, 8 * (leverages ? n * (n + p) : n * n) + 8 * 7 * p * p, "robust errors by cells");
  for (std::size_t i = 0; i < p; ++i)
    for (std::size_t j = 0; j < p; ++j) {
      const double by = raw.at(i, j);
      if (i == j || by == 0) continue;
      for (std::size_t k = 0; k < p; ++k) root_.at(i, k) += by * root.at(j, k);
    }
  if (!leverages) return;
  std::vector<double> rows(n * p, 0.0);  // of K raw G
  for (std::size_t j = 0; j < p; ++j)
    for (const IndicatorWeight& w : shifted_[j])
      for (std::size_t k = 0; k < p; ++k) rows[w.row * p + k] += w.value * root_.at(j, k);
  row_products(rows, n, p, leverages_);
}

double CellErrors::leverage(const std::int32_t* at, const double* values, std::size_t count) const {
  const std::size_t n = z_.size();
  double sum = 0;
  for (std::size_t a = 0; a < count; ++a) {
    const auto i = std::size_t(at[a]);
    double rest = 0;
    for (std::size_t b = a + 1; b < count; ++b) {
      const auto j = std::size_t(at[b]);
      rest += leverages_[i < j ? i * n + j : j * n + i] * values[b];
    }
    sum += values[a] * (leverages_[i * n + i] * values[a] + 2 * rest);
  }
  return sum;
}

CellErrors::Meat CellErrors::of_sums(const Sums& sums) const {
  const std::size_t p = root_.n;
  Square weighted(p);  // X'WX of the shifted columns
  {
    const IndicatorProducts products(z_.layout(), z_, sums);
    std::vector<double> column;
    for (std::size_t i = 0; i < p; ++i) {
      products.times(shifted_[i], column);
      for (std::size_t j = 0; j < p; ++j) weighted.at(i, j) = dot(shifted_[j], column);
    }
  }
  Meat meat{transposed_times(root_, times(weighted, root_)), 0};
  const Square rough = times(magnitudes(weighted), magnitudes(root_));
  for (std::size_t k = 0; k < p; ++k) {
    double size = 0;
    for (std::size_t i = 0; i < p; ++i) size += std::fabs(root_.at(i, k)) * rough.at(i, k);
    if (size > 0)
      meat.rounding = std::fmax(meat.rounding, kEpsilon * size / std::fmax(meat.values.at(k, k), 1e-300));
    for (std::size_t i = 0; i < k; ++i) meat.values.at(k, i) = meat.values.at(i, k);
  }
  return meat;
}

CellErrors::Meat CellErrors::of_scores(const std::vector<double>& scores, std::size_t clusters) const {
  const std::size_t p = root_.n, n = z_.size();
  Meat meat{Square(p), 0};
  std::vector<double> white(p * kAtOnce), sum(p * p, 0.0), rough(p), rounding(p);
  for (std::size_t g = 0; g < clusters; g += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, clusters - g);
    std::fill(white.begin(), white.end(), 0.0);
    for (std::size_t c = 0; c < count; ++c) {
      const double* z = scores.data() + (g + c) * n;
      std::fill(rough.begin(), rough.end(), 0.0);
      for (std::size_t j = 0; j < p; ++j) {
        double value = 0;
        for (const IndicatorWeight& w : shifted_[j]) value += w.value * z[w.row];
        if (value == 0) continue;
        const double* row = &root_.values[j * p];
        for (std::size_t k = 0; k < p; ++k) white[k * kAtOnce + c] += value * row[k];
        for (std::size_t k = 0; k < p; ++k) rough[k] += std::fabs(value * row[k]);
      }
      for (std::size_t k = 0; k < p; ++k) rounding[k] += rough[k] * rough[k];
    }
    best_dense().products(white.data(), white.data(), p, kAtOnce, kAtOnce, sum.data());
  }
  for (std::size_t i = 0; i < p; ++i) {
    for (std::size_t j = i; j < p; ++j) meat.values.at(i, j) = meat.values.at(j, i) = sum[i * p + j];
    if (rounding[i] > 0)
      meat.rounding =
          std::fmax(meat.rounding, kEpsilon * std::sqrt(rounding[i] / std::fmax(sum[i * p + i], 1e-300)));
  }
  return meat;
}

std::unique_ptr<CellWay> cell_way(const Source& source, const CellLayout& layout, const Design& design,
                                  const std::vector<std::vector<std::int32_t>>& level_of, const Sums& sums,
                                  System& system, const Solution& solution, const std::string& errors,
                                  Budget& budget) {
  constexpr std::size_t kFewColumns = 24, kColumnsANumber = 3;
  const std::size_t p = design.columns.size();
  if (p < kFewColumns || system.shifted.size() != p) return nullptr;
  auto way = std::make_unique<CellWay>(
      CellWay{CellRows(source.plan, layout, design, level_of, source.shifts, sums, solution.estimates),
              std::nullopt});
  if (way->rows.width() * kColumnsANumber > p) return nullptr;
  if (errors != "classic")
    way->errors.emplace(way->rows.indicators(), std::move(system.shifted), system.raw, solution.root,
                        errors == "HC2" || errors == "HC3", budget);
  return way;
}

}  // namespace sluice::fit
