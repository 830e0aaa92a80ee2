// curve_features in plain loops: the oracle. Each column is worked out by itself from a curve's rows, sums in
// long double, as its definition reads; only which rows count is shared with the other backends.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/curves.inl"
#include "kernels/serial/workers.h"

namespace sluice::SLUICE_BACKEND {
namespace {

using Real = long double;
using C = CurveStatistic;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Curve {
  std::vector<double> t, f, e, order;
  std::size_t n() const { return f.size(); }
};

template <class Term>
Real sum_of(std::size_t n, const Term& term) {
  Real sum = 0;
  for (std::size_t i = 0; i < n; ++i) sum += term(i);
  return sum;
}

Real mean_of(const std::vector<double>& x) {
  return x[0] + sum_of(x.size(), [&](std::size_t i) { return Real(x[i]) - x[0]; }) / Real(x.size());
}

/// Sum of powers of what is left without the mean.
Real moment(const std::vector<double>& x, int power) {
  const Real mean = mean_of(x);
  return sum_of(x.size(), [&](std::size_t i) { return std::pow(Real(x[i]) - mean, power); });
}

Real variance(const Curve& c) {
  return moment(c.f, 2) / (Real(c.n()) - 1);
}

/// The flux of the least error: an outlier's error is larger.
double typical(const Curve& c) {
  return c.f[std::size_t(std::min_element(c.e.begin(), c.e.end()) - c.e.begin())];
}

Real snr_mean(const Curve& c) {
  const auto weight = [&](std::size_t i) { return Real(c.f[i]) / c.e[i] * (Real(c.f[i]) / c.e[i]); };
  // About one of the fluxes, so that a flat curve's mean is its flux.
  const double from = typical(c);
  return from + sum_of(c.n(), [&](std::size_t i) { return (Real(c.f[i]) - from) * weight(i); }) /
                    sum_of(c.n(), weight);
}

Real inverse_square(const Curve& c, std::size_t i) {
  return 1 / (Real(c.e[i]) * c.e[i]);
}

Real weighted_mean(const Curve& c) {
  const double from = typical(c);
  return from + sum_of(c.n(), [&](std::size_t i) { return (Real(c.f[i]) - from) * inverse_square(c, i); }) /
                    sum_of(c.n(), [&](std::size_t i) { return inverse_square(c, i); });
}

double median_of(const std::vector<double>& sorted) {
  const std::size_t n = sorted.size();
  return n % 2 == 1 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
}

double mad_of(const Curve& c) {
  const double median = median_of(c.order);
  std::vector<double> off = c.f;
  for (double& x : off) x = std::fabs(x - median);
  std::sort(off.begin(), off.end());
  return median_of(off);
}

/// Hazen's quantile with its place in float32.
double quantile(const Curve& c, float q) {
  const volatile float product = float(c.n()) * q;
  const float h = product - 0.5f, floor = std::floor(h);
  if (floor < 0) return c.order.front();
  const std::size_t i = std::size_t(floor);
  if (i >= c.n() - 1) return c.order.back();
  return c.order[i] + double(h - floor) * (c.order[i + 1] - c.order[i]);
}

double range(const Curve& c, double q) {
  return quantile(c, 1 - float(q)) - quantile(c, float(q));
}

template <class Counts>
double share(const Curve& c, const Counts& counts) {
  return double(std::count_if(c.f.begin(), c.f.end(), counts)) / double(c.n());
}

double beyond(const Curve& c, double centre, double distance) {
  return share(c, [&](double x) { return std::fabs(x - centre) > distance; });
}

Real anderson_darling(const Curve& c) {
  const Real mean = mean_of(c.f), scale = std::sqrt(variance(c)) * std::sqrt(Real(2)), n = Real(c.n());
  const Real sum = sum_of(c.n(), [&](std::size_t i) {
    const Real z = (c.order[i] - mean) / scale;
    return (2 * Real(i) + 1) * std::log(std::erfc(-z) / 2) +
           (2 * (n - Real(i)) - 1) * std::log(std::erfc(z) / 2);
  });
  return (1 + 4 / n - 25 / (n * n)) * (-n - sum / n);
}

Real cusum(const Curve& c) {
  const Real mean = mean_of(c.f);
  Real sum = 0, low = std::numeric_limits<Real>::infinity(), high = -low;
  for (const double x : c.f) {
    sum += x - mean;
    low = std::min(low, sum), high = std::max(high, sum);
  }
  return (high - low) / (std::sqrt(variance(c)) * Real(c.n()));
}

Real slope(const Curve& c, std::size_t i) {
  return (Real(c.f[i + 1]) - c.f[i]) / (Real(c.t[i + 1]) - c.t[i]);
}

Real steepest(const Curve& c) {
  Real most = -1;
  for (std::size_t i = 0; i + 1 < c.n(); ++i)
    if (std::isfinite(slope(c, i))) most = std::max(most, std::fabs(slope(c, i)));
  return most < 0 ? Real(kNone) : most;
}

struct Line {
  Real slope, xx, rest;
};

template <class Weight>
Line line_of(const Curve& c, double from, const Weight& w) {
  const std::size_t n = c.n();
  const Real s = sum_of(n, w);
  const Real tm = c.t[0] + sum_of(n, [&](std::size_t i) { return w(i) * (Real(c.t[i]) - c.t[0]); }) / s;
  const Real fm = from + sum_of(n, [&](std::size_t i) { return w(i) * (Real(c.f[i]) - from); }) / s;
  const Real xx = sum_of(n, [&](std::size_t i) { return w(i) * (c.t[i] - tm) * (c.t[i] - tm); });
  const Real slope = sum_of(n, [&](std::size_t i) { return w(i) * (c.t[i] - tm) * (c.f[i] - fm); }) / xx;
  const Real rest = sum_of(n, [&](std::size_t i) {
    const Real off = c.f[i] - fm - slope * (c.t[i] - tm);
    return w(i) * off * off;
  });
  return {slope, xx, rest};
}

Real otsu(const Curve& c, C what) {
  const std::size_t n = c.n();
  const Real mean = mean_of(c.f);
  if (c.order.front() == c.order.back()) return Real(kNone);
  Real sum = 0, best = -1;
  std::size_t lower = 1;
  for (std::size_t a = 1; a < n; ++a) {
    sum += c.order[a - 1] - mean;
    const Real apart = sum * sum / (Real(a) * Real(n - a));
    // Two splits that are alike but for rounding: the first.
    if (apart > best * (1 + 1e-13L)) best = apart, lower = a;
  }
  const std::vector<double> low(c.order.begin(), c.order.begin() + std::ptrdiff_t(lower)),
      high(c.order.begin() + std::ptrdiff_t(lower), c.order.end());
  const auto deviation = [](const std::vector<double>& x) {
    return x.size() > 1 ? std::sqrt(moment(x, 2) / Real(x.size() - 1)) : Real(0);
  };
  if (what == C::kOtsuMeanDiff) return mean_of(high) - mean_of(low);
  if (what == C::kOtsuLowerToAll) return Real(lower) / Real(n);
  return deviation(what == C::kOtsuStdLower ? low : high);
}

/// Features of the flux with its errors.
Real weighted(const CurveColumn& column, const Curve& c) {
  const std::size_t n = c.n();
  const Real rows = Real(n), m = snr_mean(c);
  const double low = c.order.front(), high = c.order.back();
  switch (column.statistic) {
    case C::kSnrMean:
      return m;
    case C::kStd:
      return m == 0 ? Real(kNone) : std::sqrt(variance(c)) / std::fabs(m);
    case C::kAmp:
      return m == 0 ? Real(kNone) : (high - low) / m;
    case C::kNormalizedMad:
      return m == 0 ? Real(kNone) : mad_of(c) / std::fabs(m);
    case C::kBeyond:
      if (!std::isfinite(m)) return Real(kNone);
      return n == 1 || low == high ? 0 : Real(beyond(c, double(m), double(std::sqrt(variance(c)))));
    case C::kExcessVariance: {
      const Real square = sum_of(n, [&](std::size_t i) { return Real(c.e[i]) * c.e[i]; });
      return (variance(c) - square / rows) / (mean_of(c.f) * mean_of(c.f));
    }
    case C::kReducedChi2:
    case C::kStetsonK: {
      const Real mean = weighted_mean(c);
      const auto z = [&](std::size_t i) { return std::fabs(c.f[i] - mean) / c.e[i]; };
      const Real chi2 = sum_of(n, [&](std::size_t i) { return z(i) * z(i); });
      return column.statistic == C::kReducedChi2 ? chi2 / (rows - 1) : sum_of(n, z) / std::sqrt(rows * chi2);
    }
    case C::kRoms: {
      const double median = median_of(c.order);
      return sum_of(n,
                    [&](std::size_t i) {
                      const Real far = std::fabs(Real(c.f[i]) - median) / c.e[i];
                      return std::isfinite(far) ? far : 0;
                    }) /
             (rows - 1);
    }
    case C::kWeightedMean:
      return weighted_mean(c);
    default: {
      const Line line = line_of(c, typical(c), [&](std::size_t i) { return inverse_square(c, i); });
      if (column.statistic == C::kLinearFitSlope) return line.slope;
      return column.statistic == C::kLinearFitSlopeSigma ? std::sqrt(1 / line.xx) : line.rest / (rows - 2);
    }
  }
}

/// Features that need no errors.
Real plain(const CurveColumn& column, const Curve& c) {
  const std::size_t n = c.n();
  const Real rows = Real(n);
  if (n == 0) return 0;  // of the count alone
  const double low = c.order.front(), high = c.order.back(), median = median_of(c.order);
  const Real mean = mean_of(c.f), deviation = std::sqrt(variance(c));
  switch (column.statistic) {
    case C::kMad:
      return mad_of(c);
    case C::kSkewBiased: {
      const Real second = moment(c.f, 2) / rows;
      if (second <= 1e-15L * mean * (1e-15L * mean)) return Real(kNone);
      return n == 2 ? 0 : moment(c.f, 3) / rows / std::pow(second, 1.5L);
    }
    case C::kObservationCount:
      return rows;
    case C::kAmplitude:
      return (high - low) / 2;
    case C::kAndersonDarling:
      return low == high ? Real(kNone) : anderson_darling(c);
    case C::kBeyondN:
      return low == high ? 0 : Real(beyond(c, double(mean), float(column.a) * double(deviation)));
    case C::kCusum:
      return cusum(c);
    case C::kDuration:
      return Real(c.t.back()) - c.t.front();
    case C::kEta:
    case C::kEtaE: {
      const bool slopes = column.statistic == C::kEtaE;
      const Real squares = sum_of(n - 1, [&](std::size_t i) {
        const Real x = slopes ? slope(c, i) : Real(c.f[i + 1]) - c.f[i];
        return std::isfinite(x) ? x * x : 0;
      });
      const Real apart = slopes ? (c.t.back() - c.t.front()) / (rows - 1) : 1;
      return apart * apart * squares / (rows - 1) / (deviation * deviation);
    }
    case C::kInterPercentileRange:
      return range(c, column.a);
    case C::kKurtosis:
      return moment(c.f, 4) / std::pow(deviation, 4) * rows * (rows + 1) /
                 ((rows - 1) * (rows - 2) * (rows - 3)) -
             3 * (rows - 1) * (rows - 1) / ((rows - 2) * (rows - 3));
    case C::kLinearTrend:
    case C::kLinearTrendSigma:
    case C::kLinearTrendNoise: {
      const Line line = line_of(c, c.f[0], [](std::size_t) { return Real(1); });
      if (column.statistic == C::kLinearTrend) return line.slope;
      const Real noise = std::sqrt(line.rest / (rows - 2));
      return column.statistic == C::kLinearTrendNoise ? noise : noise / std::sqrt(line.xx);
    }
    case C::kMagnitudePercentageRatio:
      return Real(range(c, column.a)) / range(c, column.b);
    case C::kMaximumSlope:
      return steepest(c);
    case C::kMean:
      return mean;
    case C::kMeanVariance:
      return deviation / mean;
    case C::kMedian:
      return median;
    case C::kMedianBufferRange: {
      const double near = double(float(column.a)) * 0.5 * (high - low);
      return share(c, [&](double x) { return std::fabs(x - median) < near; });
    }
    case C::kMinimumTimeInterval: {
      double least = c.t[1] - c.t[0];
      for (std::size_t i = 1; i + 1 < n; ++i) least = std::min(least, c.t[i + 1] - c.t[i]);
      return least;
    }
    case C::kPercentAmplitude:
      return std::max(high - median, median - low);
    case C::kPercentDifference:
      return Real(range(c, column.a)) / median;
    case C::kSkew:
      return moment(c.f, 3) / std::pow(deviation, 3) * rows / ((rows - 1) * (rows - 2));
    case C::kStandardDeviation:
      return deviation;
    default:
      return otsu(c, column.statistic);
  }
}

double value_of(const CurveColumn& column, const Curve& c, bool errors) {
  const std::int64_t n = std::int64_t(c.n());
  if (n < column.minimum || n < curve_minimum(column.statistic)) return kNone;
  const bool uses = (curve_needs(column.statistic) & kNeedsErrors) != 0;
  if (uses && !errors) return kNone;
  const double value = double(uses ? weighted(column, c) : plain(column, c));
  return std::isfinite(value) ? value + 0.0 : kNone;  // never -0
}

}  // namespace

void run_curve_features(Workers&, const CurveFeaturesArgs& a) {
  for (std::int64_t k = 0; k < a.curves; ++k) {
    Curve c;
    std::int64_t* dropped = a.dropped + 2 * k;
    dropped[0] = dropped[1] = 0;
    for (std::int64_t row = a.starts[k] - a.starts[0]; row < a.starts[k + 1] - a.starts[0]; ++row) {
      const double e = a.error ? a.error[row] : 0;
      const int why = curve_row(a.cuts, a.t[row], a.flux[row], e, a.error != nullptr);
      if (why != 0) {
        ++dropped[why - 1];
        continue;
      }
      c.t.push_back(a.t[row]), c.f.push_back(a.flux[row]), c.e.push_back(e);
    }
    if (!std::is_sorted(c.t.begin(), c.t.end())) dropped[0] = kCurveDescends;
    c.order = c.f;
    std::sort(c.order.begin(), c.order.end());
    for (int i = 0; i < a.columns; ++i)
      a.out[k * a.columns + i] = value_of(a.column[i], c, a.error != nullptr);
  }
}

}  // namespace sluice::SLUICE_BACKEND
