// Light curves for tests of curve_features, and a call of it on a backend.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "session.h"

namespace sluice::test {

struct Rows {
  std::vector<std::int64_t> starts{0};
  std::vector<double> t, f, e;
  std::int64_t curves() const { return std::int64_t(starts.size()) - 1; }
  std::int64_t longest() const {
    std::int64_t most = 0;
    for (std::size_t i = 1; i < starts.size(); ++i) most = std::max(most, starts[i] - starts[i - 1]);
    return most;
  }
  void end_curve() { starts.push_back(std::int64_t(t.size())); }
  void add(double time, double flux, double error) {
    t.push_back(time), f.push_back(flux), e.push_back(error);
  }
};

enum class Shape {
  kNoise,
  kTies,
  kFlat,
  kTransient,
  kSameTimes,
  kZeroError,
  kZeroFlux,
  kOffset,
  kGaps,
  kOutlier
};
inline constexpr Shape kShapes[] = {Shape::kNoise,     Shape::kTies,      Shape::kFlat,     Shape::kTransient,
                                    Shape::kSameTimes, Shape::kZeroError, Shape::kZeroFlux, Shape::kOffset,
                                    Shape::kGaps,      Shape::kOutlier};

/// One curve of n rows more.
inline void add_curve(Rows& rows, Shape shape, std::int64_t n, std::mt19937_64& random) {
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> uniform;
  const double none = std::numeric_limits<double>::quiet_NaN();
  double time = 59000 + uniform(random);
  for (std::int64_t i = 0; i < n; ++i) {
    if (shape != Shape::kSameTimes || i % 3 == 0) time += 0.01 + uniform(random);
    double flux = 20 + 3 * normal(random), error = 0.5 + uniform(random);
    if (shape == Shape::kTies) flux = std::round(flux);
    if (shape == Shape::kFlat) flux = 7.3;
    if (shape == Shape::kTransient) flux = normal(random) + 400 * std::exp(-double(i) / 20);
    if (shape == Shape::kZeroError && i % 5 == 1) error = 0;
    if (shape == Shape::kZeroFlux) flux = 0;
    if (shape == Shape::kOffset) flux += 1e6;
    if (shape == Shape::kGaps && i % 4 == 2) (i % 8 == 2 ? flux : error) = none;
    if (shape == Shape::kGaps && i % 11 == 3) error = -1;
    if (shape == Shape::kOutlier && i == 0) flux = error = 1e9;
    rows.add(time, flux, error);
  }
  rows.end_curve();
}

struct Answer {
  std::vector<double> values;         // curves x columns
  std::vector<std::int64_t> dropped;  // curves x 2
};

inline CurveCuts no_cuts() {
  return {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity(), 0};
}

/// Every statistic, those with parameters twice.
inline std::vector<CurveColumn> all_columns() {
  using C = CurveStatistic;
  std::vector<CurveColumn> columns;
  for (int i = 0; i < kCurveStatistics; ++i) {
    const C what = C(i);
    const bool ratio = what == C::kMagnitudePercentageRatio, beyond = what == C::kBeyondN;
    columns.push_back({what, 0, ratio ? 0.4 : beyond ? 1 : 0.25, 0.05});
    if (ratio || beyond || what == C::kInterPercentileRange || what == C::kMedianBufferRange ||
        what == C::kPercentDifference)
      columns.push_back({what, 0, beyond ? 1.7 : 0.1, 0.02});
  }
  return columns;
}

inline Answer features_of(const Backend& table, const Rows& rows, const std::vector<CurveColumn>& columns,
                          int threads = 2, bool errors = true, CurveCuts cuts = no_cuts()) {
  Session session(table, threads);
  const Array<std::int64_t> starts(session, rows.starts);
  const Array<double> t(session, rows.t), f(session, rows.f), e(session, rows.e);
  const std::int64_t width = std::int64_t(columns.size());
  const Array<double> out(session, rows.curves() * width);
  const Array<std::int64_t> dropped(session, rows.curves() * 2);
  const std::int64_t bytes = curve_features_thread(rows.longest()) * threads;
  const Array<char> scratch(session, bytes);
  CurveFeaturesArgs a{};
  a.starts = starts.data(), a.t = t.data(), a.flux = f.data(), a.error = errors ? e.data() : nullptr;
  a.curves = rows.curves(), a.rows = std::int64_t(rows.t.size()), a.longest = rows.longest();
  a.cuts = cuts, a.out = out.data(), a.dropped = dropped.data();
  a.scratch = scratch.data(), a.scratch_bytes = bytes;
  for (const CurveColumn& column : columns) a.column[a.columns++] = column;
  session.run(a);
  return {out.download(), dropped.download()};
}

}  // namespace sluice::test
