// Statistics of many short light curves at once: rows (time, flux, error) of curves side by side in, one
// number a curve and column out. What a curve gives depends on its rows alone, never on its neighbours, on
// which other columns are asked for, or on the number of threads. NaN means undefined.
#pragma once
#include <cstdint>

namespace sluice {

/// f: flux, e: error, t: time, w = 1 / e^2, s = f / e of a curve's n rows. mean, deviation (ddof 1), moments
/// and ranks are those of f; Q(q) is Hazen's quantile with q and n q - 1/2 in float32, as in light-curve.
enum class CurveStatistic : std::int32_t {
  // the base set; m = sum(f s^2) / sum(s^2)
  kSnrMean,           // m
  kStd,               // deviation / |m|
  kAmp,               // (max - min) / m
  kMad,               // median of |f - median|
  kNormalizedMad,     // kMad / |m|
  kBeyond,            // share of |f - m| > deviation; 0 for one row
  kSkewBiased,        // g1 = m3 / m2^1.5
  kObservationCount,  // n
  // the field set: light-curve's definitions
  kAmplitude,                 // (max - min) / 2
  kAndersonDarling,           // (1 + 4 / n - 25 / n^2) A^2 against a normal of mean and deviation
  kBeyondN,                   // a: share of |f - mean| > a deviation
  kCusum,                     // range of the sums of f - mean so far, over n deviation
  kDuration,                  // t_last - t_first
  kEta,                       // sum of (f_i+1 - f_i)^2 over (n - 1) deviation^2
  kEtaE,                      // (duration / (n - 1))^2 times mean squared slope over deviation^2
  kExcessVariance,            // (deviation^2 - mean of e^2) / mean^2
  kInterPercentileRange,      // a: Q(1 - a) - Q(a)
  kKurtosis,                  // G2
  kLinearFitSlope,            // weighted least squares: slope,
  kLinearFitSlopeSigma,       // its error,
  kLinearFitChi2,             // and chi^2 / (n - 2)
  kLinearTrend,               // least squares without errors: slope,
  kLinearTrendSigma,          // its error,
  kLinearTrendNoise,          // and the deviation of the residuals
  kMagnitudePercentageRatio,  // a, b: (Q(1 - a) - Q(a)) / (Q(1 - b) - Q(b))
  kMaximumSlope,              // largest |f_i+1 - f_i| / (t_i+1 - t_i) that is finite
  kMean,
  kMeanVariance,  // deviation / mean
  kMedian,
  kMedianBufferRange,    // a: share of |f - median| < a (max - min) / 2
  kMinimumTimeInterval,  // least t_i+1 - t_i
  kOtsuMeanDiff,         // Otsu's split of the values: difference of the means of its parts,
  kOtsuStdLower,         // their deviations,
  kOtsuStdUpper,
  kOtsuLowerToAll,     // and the share of the lower one
  kPercentAmplitude,   // max of |f - median|
  kPercentDifference,  // a: (Q(1 - a) - Q(a)) / median
  kReducedChi2,        // sum of w (f - weighted mean)^2 / (n - 1)
  kRoms,               // sum of |f - median| / e over n - 1, infinite terms left out
  kSkew,               // G1
  kStandardDeviation,
  kStetsonK,      // sum of |f - weighted mean| / e over sqrt(n chi^2)
  kWeightedMean,  // sum of w f / sum of w
};
inline constexpr int kCurveStatistics = int(CurveStatistic::kWeightedMean) + 1;

/// Rows without which a statistic has no value, whatever else is asked.
constexpr std::int64_t curve_minimum(CurveStatistic s) {
  using C = CurveStatistic;
  switch (s) {
    case C::kObservationCount:
      return 0;
    case C::kSnrMean:
    case C::kAmp:
    case C::kMad:
    case C::kNormalizedMad:
    case C::kBeyond:
    case C::kSkewBiased:
    case C::kAmplitude:
    case C::kDuration:
    case C::kInterPercentileRange:
    case C::kMean:
    case C::kMedian:
    case C::kMedianBufferRange:
    case C::kPercentAmplitude:
    case C::kPercentDifference:
    case C::kWeightedMean:
      return 1;
    case C::kLinearFitSlope:
    case C::kLinearFitSlopeSigma:
    case C::kLinearFitChi2:
    case C::kLinearTrend:
    case C::kLinearTrendSigma:
    case C::kLinearTrendNoise:
    case C::kSkew:
      return 3;
    case C::kAndersonDarling:
    case C::kKurtosis:
      return 4;
    default:
      return 2;
  }
}

/// What a statistic is made of.
enum CurveNeeds : std::uint32_t {
  kNeedsErrors = 1,       // no value where there are no errors
  kNeedsSnrMean = 2,      // m
  kNeedsMoments = 4,      // second to fourth moments about the mean
  kNeedsOrder = 8,        // the values in order
  kNeedsNeighbours = 16,  // differences and slopes between rows that follow each other
  kNeedsCusum = 32,
  kNeedsFit = 64,
  kNeedsTrend = 128,
  kNeedsWeights = 256,  // the weighted mean and what is about it
  kNeedsNormality = 512,
  kNeedsOtsu = 1024,
  kNeedsRoms = 2048,
};

constexpr std::uint32_t curve_needs(CurveStatistic s) {
  using C = CurveStatistic;
  switch (s) {
    case C::kSnrMean:
    case C::kAmp:
      return kNeedsErrors | kNeedsSnrMean;
    case C::kStd:
      return kNeedsErrors | kNeedsSnrMean | kNeedsMoments;
    case C::kBeyond:
      return kNeedsErrors | kNeedsSnrMean | kNeedsMoments | kNeedsOrder;
    case C::kNormalizedMad:
      return kNeedsErrors | kNeedsSnrMean | kNeedsOrder;
    case C::kMad:
    case C::kInterPercentileRange:
    case C::kMagnitudePercentageRatio:
    case C::kMedian:
    case C::kMedianBufferRange:
    case C::kPercentAmplitude:
    case C::kPercentDifference:
      return kNeedsOrder;
    case C::kSkewBiased:
    case C::kKurtosis:
    case C::kMeanVariance:
    case C::kSkew:
    case C::kStandardDeviation:
      return kNeedsMoments;
    case C::kAndersonDarling:
      return kNeedsMoments | kNeedsOrder | kNeedsNormality;
    case C::kBeyondN:
      return kNeedsMoments | kNeedsOrder;
    case C::kCusum:
      return kNeedsMoments | kNeedsCusum;
    case C::kEta:
    case C::kEtaE:
      return kNeedsMoments | kNeedsNeighbours;
    case C::kMaximumSlope:
    case C::kMinimumTimeInterval:
      return kNeedsNeighbours;
    case C::kExcessVariance:
      return kNeedsErrors | kNeedsWeights | kNeedsMoments;
    case C::kLinearFitSlope:
    case C::kLinearFitSlopeSigma:
    case C::kLinearFitChi2:
      return kNeedsErrors | kNeedsWeights | kNeedsFit;
    case C::kLinearTrend:
    case C::kLinearTrendSigma:
    case C::kLinearTrendNoise:
      return kNeedsTrend;
    case C::kOtsuMeanDiff:
    case C::kOtsuStdLower:
    case C::kOtsuStdUpper:
    case C::kOtsuLowerToAll:
      return kNeedsOrder | kNeedsOtsu;
    case C::kReducedChi2:
    case C::kStetsonK:
    case C::kWeightedMean:
      return kNeedsErrors | kNeedsWeights;
    case C::kRoms:
      return kNeedsErrors | kNeedsOrder | kNeedsRoms;
    default:
      return 0;
  }
}

struct CurveColumn {
  CurveStatistic statistic;
  std::int32_t minimum;  // rows: NaN below, and below curve_minimum
  double a, b;           // parameters
};
inline constexpr int kCurveColumns = 64;  // most columns of a call

/// Which rows count. A row is bad where t or flux is not finite, or the error is not finite or below 0; then
/// it is cut where t is out of [from, to] or |flux| / error is below least_snr.
struct CurveCuts {
  double from, to;   // times; -inf, inf: all
  double least_snr;  // 0: all; needs errors
};

/// curve_features: row r of the curves is t[r - starts[0]]; curve c has rows [starts[c], starts[c + 1]),
/// ascending in t. All on the device.
struct CurveFeaturesArgs {
  const std::int64_t* starts;  // curves + 1
  const double* t;
  const double* flux;
  const double* error;  // null: there are none, and what needs them is NaN
  std::int64_t curves;
  std::int64_t rows;     // of all curves
  std::int64_t longest;  // rows of the longest curve, at least
  CurveCuts cuts;
  double* out;            // curves x columns, row-major
  std::int64_t* dropped;  // curves x 2: bad rows (or kCurveDescends), rows that were cut
  void* scratch;          // at a multiple of 64; curve_features_thread() for each thread, at least one's
  std::int64_t scratch_bytes;
  std::int32_t columns;
  CurveColumn column[kCurveColumns];
};

/// In place of a count of bad rows: times of rows that count are not in order, and the columns mean nothing.
inline constexpr std::int64_t kCurveDescends = -1;

/// Curves that a thread of a backend on the host takes side by side, at most.
inline constexpr std::int64_t kCurveLanes = 8;

/// Bytes of scratch of a thread, or of a block on the card: times, fluxes, errors and values in order of as
/// many curves as go side by side.
constexpr std::int64_t curve_features_thread(std::int64_t longest) {
  return (4 * 8 * kCurveLanes * ((longest + 15) / 16 * 16 + 16) + 4095) / 4096 * 4096;
}

}  // namespace sluice
