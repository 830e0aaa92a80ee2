// Features of a group of light curves side by side: brought into lanes, summed, put in order, and each lane's
// sums turned into its curve's columns. The whole of curve_features for one vector level.
#pragma once
#include "kernels/cpu/curves_level.h"
#include "kernels/cpu/curves_sums.h"

namespace sluice::SLUICE_BACKEND::SLUICE_CURVES {

/// All lanes' sums that the columns need.
inline Sums sums_of(Group& g, std::uint32_t needs) {
  Sums s{};
  const auto needed = [needs](std::uint32_t what) { return (needs & what) != 0; };
  if (needed(kNeedsSnrMean | kNeedsWeights | kNeedsFit | kNeedsRoms)) {
    g.weighted_origin = flux_of_least_error(g);
    sum_first<true>(g, s);
  } else {
    sum_first<false>(g, s);
  }
  if (needed(kNeedsMoments)) sum_moments(g, s);
  if (needed(kNeedsWeights)) sum_weights(g, s);
  if (needed(kNeedsNeighbours)) sum_neighbours(g, s);
  if (needed(kNeedsCusum)) sum_cusum(g, s);
  if (needed(kNeedsFit)) {
    const Line line = line_of(g, g.weighted_origin, s.weighted_mean,
                              [&](std::int64_t k) { return row(g.e, k) * row(g.e, k); });
    s.fit_slope = line.slope, s.fit_xx = line.xx, s.fit_chi2 = line.rest;
  }
  if (needed(kNeedsTrend)) {
    const Line line = line_of(g, g.origin, s.mean, [](std::int64_t) { return all(1); });
    s.trend_slope = line.slope, s.trend_xx = line.xx, s.trend_m2 = line.rest;
  }
  if (needed(kNeedsOrder)) put_in_order(g);
  if (needed(kNeedsNormality)) sum_normality(g, s);
  if (needed(kNeedsOtsu)) sum_otsu(g, s);
  return s;
}

SLUICE_LANE_CALL CurveSums lane_of(const Group& g, const Sums& s, int j) {
  const std::int64_t n = g.n[j];
  const double duration = n > 0 ? g.t[(n - 1) * kLanes + j] - g.t[j] : 0;
  return {.n = n,
          .origin = g.origin[j],
          .low = s.low[j],
          .high = s.high[j],
          .weighted_origin = g.weighted_origin[j],
          .mean = s.mean[j],
          .m2 = s.m2[j],
          .m3 = s.m3[j],
          .m4 = s.m4[j],
          .snr_mean = s.snr_mean[j],
          .weighted_mean = s.weighted_mean[j],
          .chi2 = s.chi2[j],
          .absolute = s.absolute[j],
          .square_error = s.square_error[j],
          .duration = duration,
          .least_interval = s.least_interval[j],
          .steps = s.steps[j],
          .slopes = s.slopes[j],
          .steepest = s.steepest[j],
          .cusum = s.cusum[j],
          .fit_slope = s.fit_slope[j],
          .fit_xx = s.fit_xx[j],
          .fit_chi2 = s.fit_chi2[j],
          .trend_slope = s.trend_slope[j],
          .trend_xx = s.trend_xx[j],
          .trend_m2 = s.trend_m2[j],
          .normality = s.normality[j],
          .otsu_difference = s.otsu_difference[j],
          .otsu_lower_m2 = s.otsu_lower_m2[j],
          .otsu_upper_m2 = s.otsu_upper_m2[j],
          .otsu_count = s.otsu_count[j],
          .roms = s.roms[j]};
}

/// Columns of curves without rows.
inline void no_curves(const CurveFeaturesArgs& a, const std::int64_t* ids, int count) {
  const CurveSums none{};
  const auto at = [](std::int64_t) { return 0.0; };
  for (int lane = 0; lane < count; ++lane)
    for (int i = 0; i < a.columns; ++i)
      a.out[ids[lane] * a.columns + i] = curve_value(a.column[i], none, at, 0, a.error != nullptr);
}

inline void take_curves(const CurveFeaturesArgs& a, std::uint32_t needs, const std::int64_t* ids, int count,
                        void* scratch, CurvesAhead& ahead) {
  const std::int64_t each = ((a.longest + kBlock - 1) / kBlock * kBlock + kBlock) * kLanes;
  double* const memory = static_cast<double*>(scratch);
  Group g{memory, memory + each, memory + 2 * each, memory + 3 * each, {}, 0, 0, {}, {}, {}, &ahead};
  bring(a, ids, count, g);
  if (g.most == 0) return no_curves(a, ids, count);
  Sums s = sums_of(g, needs);
  const Bits wrong = descending(g);
  const bool ordered = (needs & kNeedsOrder) != 0;
  double medians[kLanes];
  for (int lane = 0; lane < kLanes; ++lane)
    medians[lane] = !ordered || g.n[lane] == 0
                        ? 0
                        : curve_median([&](std::int64_t i) { return g.order[i * kLanes + lane]; }, g.n[lane]);
  if (needs & kNeedsRoms) {
    Vec median;
    std::memcpy(&median, medians, sizeof medians);
    sum_roms(g, median, s);
  }
  for (int lane = 0; lane < count; ++lane) {
    const CurveSums own = lane_of(g, s, lane);
    const auto at = [&](std::int64_t i) { return g.order[i * kLanes + lane]; };
    double* out = a.out + ids[lane] * a.columns;
    if (wrong[lane]) a.dropped[2 * ids[lane]] = kCurveDescends;
    for (int i = 0; i < a.columns; ++i)
      out[i] = curve_value(a.column[i], own, at, medians[lane], a.error != nullptr);
  }
}

}  // namespace sluice::SLUICE_BACKEND::SLUICE_CURVES
