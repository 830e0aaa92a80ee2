// The last step of the statistics of light curves: from a curve's sums and its values in order to its
// columns. What a host thread and a thread of the card both do, once a curve. A number that is not finite is
// undefined.
#pragma once
#include <cmath>

#include "kernels/curves.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// Sums about a flux of the curve, so that their digits do not depend on how far from 0 it lies: one that
/// lies between two others, `origin`; where errors weigh, that of the least error, `weighted_origin`, which
/// an outlier is not.
struct CurveSums {
  std::int64_t n;
  double origin, low, high;                // the middle one of three; least and greatest flux
  double weighted_origin;                  // flux of the (first) least error
  double mean;                             // less origin
  double m2, m3, m4;                       // sums of powers of f - mean
  double snr_mean;                         // less weighted_origin
  double weighted_mean, chi2, absolute;    // less that; sums of w (f - it)^2 and |f - it| / e
  double square_error;                     // sum of e^2
  double duration, least_interval;         // of time
  double steps, slopes, steepest;          // sums of squared steps and slopes; NaN: no slope that is finite
  double cusum;                            // range of sums so far
  double fit_slope, fit_xx, fit_chi2;      // weighted line
  double trend_slope, trend_xx, trend_m2;  // line without errors
  double normality;                        // sum of (2i + 1) ln erfc(-z) + (2(n - i) - 1) ln erfc(z)
  double otsu_difference, otsu_lower_m2, otsu_upper_m2, otsu_count;
  double roms;
};

SLUICE_HD double curve_none() {
  return double_of(0x7ff8000000000000ull);
}

/// The middle one: of three rows of a curve the flux that is no outlier, or its flux if it is flat.
SLUICE_HD double curve_middle(double a, double b, double c) {
  const double low = a < b ? a : b, high = a < b ? b : a;
  return c < low ? low : c > high ? high : c;
}

/// `at(i)`: the value at place i of the order of n.
template <class At>
SLUICE_HD double curve_median(const At& at, std::int64_t n) {
  return n % 2 == 1 ? at(n / 2) : 0.5 * (at(n / 2 - 1) + at(n / 2));
}

/// The first place of [low, high) for which `no` holds, or high; it holds for all after that. Without a
/// branch that depends on values: nobody could foretell it.
template <class No>
SLUICE_HD std::int64_t curve_before(std::int64_t low, std::int64_t high, const No& no) {
  std::int64_t left = high - low;
  while (left > 0) {
    const std::int64_t half = left / 2, later = -std::int64_t(!no(low + half));
    low += later & (half + 1);
    left = half - (later & (1 - (left & 1)));
  }
  return low;
}

/// The k-th distance from the median: the values below and above it, each in order of distance, are merged.
template <class At>
SLUICE_HD double curve_distance(const At& at, std::int64_t n, double median, std::int64_t k) {
  const std::int64_t half = n / 2, rest = n - half;
  const auto below = [&](std::int64_t i) { return median - at(half - 1 - i); };
  const auto above = [&](std::int64_t i) { return at(half + i) - median; };
  const std::int64_t i = curve_before(k > rest ? k - rest : 0, smaller(k, half),
                                      [&](std::int64_t j) { return !(below(j) < above(k - 1 - j)); });
  if (i >= half) return above(k - i);
  if (k - i >= rest) return below(i);
  const double a = below(i), b = above(k - i);
  return a < b ? a : b;
}

template <class At>
SLUICE_HD double curve_mad(const At& at, std::int64_t n, double median) {
  const double high = curve_distance(at, n, median, n / 2);
  return n % 2 == 1 ? high : 0.5 * (curve_distance(at, n, median, n / 2 - 1) + high);
}

/// Share of values farther than `distance` from `centre`.
template <class At>
SLUICE_HD double curve_beyond(const At& at, std::int64_t n, double centre, double distance) {
  const std::int64_t below = curve_before(0, n, [&](std::int64_t i) { return !(centre - at(i) > distance); });
  const std::int64_t upto = curve_before(below, n, [&](std::int64_t i) { return at(i) - centre > distance; });
  return double(below + n - upto) / double(n);
}

/// Share of values nearer than `distance` to `centre`.
template <class At>
SLUICE_HD double curve_within(const At& at, std::int64_t n, double centre, double distance) {
  const std::int64_t below =
      curve_before(0, n, [&](std::int64_t i) { return !(centre - at(i) >= distance); });
  const std::int64_t upto =
      curve_before(below, n, [&](std::int64_t i) { return at(i) - centre >= distance; });
  return double(upto - below) / double(n);
}

/// Hazen's quantile; n q - 1/2 in float32, never contracted, since light-curve has it so.
template <class At>
SLUICE_HD double curve_quantile(const At& at, std::int64_t n, float q) {
#ifdef __CUDA_ARCH__
  const float h = __fsub_rn(__fmul_rn(float(n), q), 0.5f);
#else
  const float product = float(n) * q;
  const float h = product - 0.5f;
#endif
  const float floor = floorf(h);
  if (floor < 0) return at(0);
  const std::int64_t i = std::int64_t(floor);
  if (i >= n - 1) return at(n - 1);
  const double low = at(i);
  return low + double(h - floor) * (at(i + 1) - low);
}

template <class At>
SLUICE_HD double curve_range(const At& at, std::int64_t n, double fraction) {
  const float q = float(fraction);
  return curve_quantile(at, n, 1.0f - q) - curve_quantile(at, n, q);
}

/// Of one column; not finite where it is undefined.
template <class At>
SLUICE_HD double curve_formula(const CurveColumn& column, const CurveSums& s, const At& at, double median) {
  using C = CurveStatistic;
  const double n = double(s.n), none = curve_none();
  const bool flat = s.low == s.high;
  const double mean = s.origin + s.mean, m = s.weighted_origin + s.snr_mean;
  const double variance = s.m2 / (n - 1), deviation = sqrt(variance);
  switch (column.statistic) {
    case C::kSnrMean:
      return m;
    case C::kStd:
      return m == 0 ? none : deviation / fabs(m);
    case C::kAmp:
      return m == 0 ? none : (s.high - s.low) / m;
    case C::kMad:
      return curve_mad(at, s.n, median);
    case C::kNormalizedMad:
      return m == 0 ? none : curve_mad(at, s.n, median) / fabs(m);
    case C::kBeyond:
      if (!is_finite(m)) return none;
      return s.n == 1 || flat ? 0 : curve_beyond(at, s.n, m, deviation);
    case C::kSkewBiased: {
      const double second = s.m2 / n, least = 1e-15 * mean;
      if (second <= least * least) return none;
      return s.n == 2 ? 0 : s.m3 / n / (second * sqrt(second));
    }
    case C::kObservationCount:
      return n;
    case C::kAmplitude:
      return 0.5 * (s.high - s.low);
    case C::kAndersonDarling: {
      constexpr double kTwoLn2 = 1.3862943611198906;
      return flat ? none : (1 + 4 / n - 25 / (n * n)) * (n * (kTwoLn2 - 1) - s.normality / n);
    }
    case C::kBeyondN:
      return flat ? 0 : curve_beyond(at, s.n, mean, double(float(column.a)) * deviation);
    case C::kCusum:
      return s.cusum / (deviation * n);
    case C::kDuration:
      return s.duration;
    case C::kEta:
      return s.steps / (n - 1) / variance;
    case C::kEtaE:
      return s.duration * s.duration * s.slopes / variance / ((n - 1) * (n - 1) * (n - 1));
    case C::kExcessVariance:
      return (variance - s.square_error / n) / (mean * mean);
    case C::kInterPercentileRange:
      return curve_range(at, s.n, column.a);
    case C::kKurtosis:
      return s.m4 / (variance * variance) * n * (n + 1) / ((n - 1) * (n - 2) * (n - 3)) -
             3 * (n - 1) * (n - 1) / ((n - 2) * (n - 3));
    case C::kLinearFitSlope:
      return s.fit_slope;
    case C::kLinearFitSlopeSigma:
      return sqrt(1 / s.fit_xx);
    case C::kLinearFitChi2:
      return s.fit_chi2 / (n - 2);
    case C::kLinearTrend:
      return s.trend_slope;
    case C::kLinearTrendSigma:
      return sqrt(s.trend_m2 / (n - 2) / s.trend_xx);
    case C::kLinearTrendNoise:
      return sqrt(s.trend_m2 / (n - 2));
    case C::kMagnitudePercentageRatio:
      return curve_range(at, s.n, column.a) / curve_range(at, s.n, column.b);
    case C::kMaximumSlope:
      return s.steepest;
    case C::kMean:
      return mean;
    case C::kMeanVariance:
      return deviation / mean;
    case C::kMedian:
      return median;
    case C::kMedianBufferRange:
      return flat ? 0 : curve_within(at, s.n, median, double(float(column.a)) * 0.5 * (s.high - s.low));
    case C::kMinimumTimeInterval:
      return s.least_interval;
    case C::kOtsuMeanDiff:
      return flat ? none : s.otsu_difference;
    case C::kOtsuStdLower:
      return flat ? none : s.otsu_count > 1 ? sqrt(s.otsu_lower_m2 / (s.otsu_count - 1)) : 0;
    case C::kOtsuStdUpper: {
      const double rest = n - s.otsu_count;
      return flat ? none : rest > 1 ? sqrt(s.otsu_upper_m2 / (rest - 1)) : 0;
    }
    case C::kOtsuLowerToAll:
      return flat ? none : s.otsu_count / n;
    case C::kPercentAmplitude:
      return s.high - median > median - s.low ? s.high - median : median - s.low;
    case C::kPercentDifference:
      return curve_range(at, s.n, column.a) / median;
    case C::kReducedChi2:
      return s.chi2 / (n - 1);
    case C::kRoms:
      return s.roms / (n - 1);
    case C::kSkew:
      return s.m3 / (variance * deviation) * n / ((n - 1) * (n - 2));
    case C::kStandardDeviation:
      return deviation;
    case C::kStetsonK:
      return s.absolute / sqrt(n * s.chi2);
    case C::kWeightedMean:
      return s.weighted_origin + s.weighted_mean;
  }
  return none;
}

template <class At>
SLUICE_HD double curve_value(const CurveColumn& column, const CurveSums& s, const At& at, double median,
                             bool errors) {
  const std::int64_t own = curve_minimum(column.statistic);
  if (s.n < own || s.n < column.minimum) return curve_none();
  if (!errors && (curve_needs(column.statistic) & kNeedsErrors)) return curve_none();
  const double value = curve_formula(column, s, at, median);
  return is_finite(value) ? value + 0.0 : curve_none();  // never -0
}

inline std::uint32_t curve_needs_of(const CurveFeaturesArgs& a) {
  std::uint32_t needs = 0;
  for (int i = 0; i < a.columns; ++i) needs |= curve_needs(a.column[i].statistic);
  return a.error ? needs : needs & ~(kNeedsSnrMean | kNeedsWeights | kNeedsFit | kNeedsRoms);
}

/// Whether a row counts: 0 it does, 1 it is bad, 2 it is cut.
SLUICE_HD int curve_row(const CurveCuts& cuts, double t, double f, double e, bool errors) {
  if (!is_finite(t) || !is_finite(f)) return 1;
  if (errors && !(is_finite(e) && e >= 0)) return 1;
  if (t < cuts.from || t > cuts.to) return 2;
  return errors && cuts.least_snr > 0 && !(fabs(f) >= cuts.least_snr * e) ? 2 : 0;
}

}  // namespace sluice::SLUICE_BACKEND
