// curve_features: every statistic of every shape of light curve at lengths that straddle lanes, blocks and
// warps, each backend against the serial one; what is undefined; the same bytes in any company.
#include <cstring>

#include "curves_support.h"

namespace sluice::test {
namespace {

using C = CurveStatistic;

class Curves : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(Curves);

Rows every_length() {
  std::mt19937_64 random(5);
  Rows rows;
  for (const std::int64_t n : {0,  1,  2,  3,  4,  5,  6,  7,   8,   9,   15,  16,  17,  31,  32,   33,
                               47, 48, 49, 63, 64, 65, 96, 127, 128, 129, 255, 257, 500, 513, 1025, 3000})
    for (const Shape shape : kShapes) add_curve(rows, shape, n, random);
  return rows;
}

std::size_t place_of(const std::vector<CurveColumn>& columns, C what) {
  std::size_t place = 0;
  while (columns[place].statistic != what) ++place;
  return place;
}

bool same(double a, double b) {
  return a == b || (std::isnan(a) && std::isnan(b));
}

bool same_bytes(const std::vector<double>& a, const std::vector<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(double)) == 0;
}

/// What of a curve the terms of a statistic are like, where they cancel; 0: they do not. `of(s)`: another of
/// the curve's statistics.
template <class Of>
double scale_of(C what, const Of& of) {
  const double deviation = of(C::kStandardDeviation);
  switch (what) {
    case C::kLinearFitSlope:
    case C::kLinearTrend:
    case C::kLinearTrendSigma:
      return deviation / of(C::kDuration);
    case C::kLinearTrendNoise:
      return deviation;
    case C::kLinearFitChi2:
      return of(C::kReducedChi2);
    case C::kExcessVariance:
      return deviation * deviation / (of(C::kMean) * of(C::kMean));
    case C::kSkewBiased:
    case C::kSkew:
    case C::kKurtosis:
    case C::kAndersonDarling:
      return 1;
    default:
      return 0;
  }
}

TEST_P(Curves, AgreeWithPlainLoops) {
  const Rows rows = every_length();
  const std::vector<CurveColumn> columns = all_columns();
  const Answer expected = features_of(*table_of("serial"), rows, columns);
  const Answer found = features_of(table(), rows, columns);
  EXPECT_EQ(found.dropped, expected.dropped);
  ASSERT_EQ(found.values.size(), expected.values.size());
  int wrong = 0, values = 0;
  for (std::size_t i = 0; i < found.values.size() && wrong < 20; ++i) {
    const CurveColumn& column = columns[i % columns.size()];
    const double want = expected.values[i], have = found.values[i];
    const std::size_t curve = i / columns.size();
    const auto of = [&](C what) {
      const double found_there = expected.values[curve * columns.size() + place_of(columns, what)];
      return std::isnan(found_there) ? 0 : found_there;
    };
    const double scale = scale_of(column.statistic, of);
    if (!std::isnan(want)) ++values;
    if (same(want, have)) continue;
    if (std::fabs(want - have) <= 2e-12 * (std::fabs(want) + (std::isfinite(scale) ? scale : 0))) continue;
    ++wrong;
    ADD_FAILURE() << "statistic " << int(column.statistic) << " of curve " << curve << " (shape "
                  << curve % std::size(kShapes) << ", " << rows.starts[curve + 1] - rows.starts[curve]
                  << " rows): expected " << want << ", found " << have;
  }
  EXPECT_GT(values, 8000);
}

TEST_P(Curves, FlatAndShortCurvesHaveStatedAnswers) {
  Rows rows;
  for (const double flux : {5.0, 5.0, 5.0}) rows.add(double(rows.t.size()), flux, 0.1);
  rows.end_curve();  // flat
  rows.add(1, 4, 0.1);
  rows.end_curve();  // one point
  rows.end_curve();  // none
  rows.add(1, 4, 0.1), rows.add(2, 5, 0);
  rows.end_curve();  // an error of 0
  rows.add(1, 0, 1), rows.add(2, 0, 1);
  rows.end_curve();  // no flux at all
  rows.add(1, 2, 1), rows.add(2, -2, 1);
  rows.end_curve();  // m is 0
  const std::vector<CurveColumn> columns{{C::kStd, 0, 0, 0},        {C::kAmp, 0, 0, 0},
                                         {C::kMad, 0, 0, 0},        {C::kBeyond, 0, 0, 0},
                                         {C::kSkewBiased, 0, 0, 0}, {C::kObservationCount, 0, 0, 0},
                                         {C::kSnrMean, 0, 0, 0}};
  const double none = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> expected{0,    0,    0,    0,    none, 3, 5,     // flat
                                     none, 0,    0,    0,    none, 1, 4,     // one point
                                     none, none, none, none, none, 0, none,  // none
                                     none, none, 0.5,  none, 0,    2, none,  // an error of 0
                                     none, none, 0,    none, none, 2, none,  // no flux
                                     none, none, 2,    0,    0,    2, 0};    // m is 0
  const Answer found = features_of(table(), rows, columns);
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_TRUE(same(found.values[i], expected[i]))
        << "curve " << i / columns.size() << ", column " << i % columns.size() << ": expected " << expected[i]
        << ", found " << found.values[i];
}

TEST_P(Curves, EqualValuesDeviateByNothingAndZeroHasNoSign) {
  Rows rows;
  for (int i = 0; i < 1000; ++i) rows.add(i, 1 + (i * 7 % 10 < 3), 0.3);
  rows.end_curve();  // two values
  for (int i = 0; i < 9; ++i) rows.add(i, -5, 0.3);
  rows.end_curve();  // flat and negative
  for (int i = 0; i < 60; ++i) rows.add(i, i == 0 ? 1e9 : 1 + 0.25 * (i % 2), i == 0 ? 1e9 : 0.01);
  rows.end_curve();  // an outlier first, whose part is it alone
  rows.add(0, 1, 0.1), rows.add(1, 1.1, 0.1), rows.end_curve();
  const std::vector<CurveColumn> columns{{C::kOtsuStdLower, 0, 0, 0}, {C::kOtsuStdUpper, 0, 0, 0},
                                         {C::kOtsuMeanDiff, 0, 0, 0}, {C::kAmp, 0, 0, 0},
                                         {C::kMeanVariance, 0, 0, 0}, {C::kPercentDifference, 0, 0.1, 0},
                                         {C::kSkewBiased, 0, 0, 0}};
  const std::size_t width = columns.size();
  const std::vector<double> found = features_of(table(), rows, columns).values;
  EXPECT_EQ(found[0], 0);
  EXPECT_EQ(found[1], 0);
  EXPECT_EQ(found[2], 1);
  for (std::size_t i = 3; i < 6; ++i) {
    EXPECT_EQ(found[width + i], 0) << i;
    EXPECT_FALSE(std::signbit(found[width + i])) << i;
  }
  // 29 of 1 and 30 of 1.25 about their mean.
  EXPECT_NEAR(found[2 * width], 0.25 * std::sqrt(29. * 30 / 59 / 58), 1e-15);
  EXPECT_EQ(found[3 * width + 6], 0);
}

TEST_P(Curves, TimesOutOfOrderThatAreCutDoNoHarm) {
  Rows rows;
  rows.add(5, 1, 1), rows.add(1, 50, 1), rows.add(6, 3, 1), rows.end_curve();
  const Answer found = features_of(table(), rows, {{C::kMean, 0, 0, 0}}, 2, true, {4, 9, 0});
  EXPECT_EQ(found.dropped, (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(found.values[0], 2);
}

TEST_P(Curves, CutsAndBadRowsAreLeftOutAndCounted) {
  const double none = std::numeric_limits<double>::quiet_NaN(), infinite = 1 / 0.0;
  Rows rows;
  rows.add(0, 1, 0.1), rows.add(1, 2, 0.1), rows.add(2, none, 0.1), rows.add(3, 0.1, 1);
  rows.add(none, 4, 0.1), rows.add(5, -3, 0.1), rows.add(6, 9, infinite), rows.add(7, 9, -1);
  rows.add(8, 6, 0.1), rows.end_curve();
  const std::vector<CurveColumn> columns{
      {C::kObservationCount, 0, 0, 0}, {C::kMean, 0, 0, 0}, {C::kMean, 4, 0, 0}};
  const Answer cut = features_of(table(), rows, columns, 2, true, {1, 7.5, 5});
  EXPECT_EQ(cut.dropped, (std::vector<std::int64_t>{4, 3}));
  EXPECT_EQ(cut.values[0], 2);
  EXPECT_EQ(cut.values[1], -0.5);
  EXPECT_TRUE(std::isnan(cut.values[2]));  // fewer than four points
  const Answer bare = features_of(table(), rows, columns, 2, false);
  EXPECT_EQ(bare.dropped, (std::vector<std::int64_t>{2, 0}));
  EXPECT_EQ(bare.values[0], 7);
}

TEST_P(Curves, TimesThatDescendAreTold) {
  std::mt19937_64 random(9);
  Rows rows;
  for (const std::int64_t n : {2, 33, 400, 1500}) {
    add_curve(rows, Shape::kNoise, n, random);
    add_curve(rows, Shape::kSameTimes, n, random);
    std::swap(rows.t[std::size_t(rows.starts.back() - 1)], rows.t[std::size_t(rows.starts.back() - n)]);
  }
  const Answer found = features_of(table(), rows, {{C::kMean, 0, 0, 0}});
  for (std::size_t c = 0; c < 8; ++c)
    EXPECT_EQ(found.dropped[2 * c], c % 2 == 1 && c > 1 ? kCurveDescends : 0) << "curve " << c;
}

TEST_P(Curves, WithoutErrorsOnlyWhatNeedsThemIsUndefined) {
  std::mt19937_64 random(3);
  Rows rows;
  add_curve(rows, Shape::kNoise, 40, random);
  const std::vector<CurveColumn> columns = all_columns();
  const Answer with = features_of(table(), rows, columns),
               without = features_of(table(), rows, columns, 2, false);
  for (std::size_t i = 0; i < columns.size(); ++i)
    if (curve_needs(columns[i].statistic) & kNeedsErrors)
      EXPECT_TRUE(std::isnan(without.values[i])) << int(columns[i].statistic);
    else
      EXPECT_EQ(without.values[i], with.values[i]) << int(columns[i].statistic);
}

TEST_P(Curves, SameBytesAtAnyThreadsInAnyCompany) {
  const Rows rows = every_length();
  const std::vector<CurveColumn> columns = all_columns();
  const std::size_t width = columns.size();
  const Answer together = features_of(table(), rows, columns, 2);
  EXPECT_TRUE(same_bytes(features_of(table(), rows, columns, 1).values, together.values));
  EXPECT_TRUE(same_bytes(features_of(table(), rows, columns, 5).values, together.values));
  for (std::size_t c = 7; c < std::size_t(rows.curves()); c += 29) {
    Rows alone;
    for (std::int64_t r = rows.starts[c]; r < rows.starts[c + 1]; ++r)
      alone.add(rows.t[std::size_t(r)], rows.f[std::size_t(r)], rows.e[std::size_t(r)]);
    alone.end_curve();
    const std::vector<double> part(together.values.begin() + std::ptrdiff_t(c * width),
                                   together.values.begin() + std::ptrdiff_t((c + 1) * width));
    EXPECT_TRUE(same_bytes(features_of(table(), alone, columns).values, part)) << "curve " << c;
    const std::size_t one = c % width;
    const Answer single = features_of(table(), alone, {columns[one]});
    EXPECT_TRUE(same_bytes(single.values, {part[one]})) << "statistic " << one << " by itself";
  }
}

TEST_P(Curves, WrongArgumentsAreRefused) {
  Rows rows;
  rows.add(0, 1, 1), rows.end_curve();
  const std::vector<CurveColumn> columns{{C::kMean, 0, 0, 0}};
  EXPECT_THROW(features_of(table(), rows, {{C(kCurveStatistics), 0, 0, 0}}), std::runtime_error);
  EXPECT_THROW(features_of(table(), rows, {{C::kBeyondN, 0, std::nan(""), 0}}), std::runtime_error);
  EXPECT_THROW(features_of(table(), rows, columns, 2, true, {3, 2, 0}), std::runtime_error);
  EXPECT_THROW(features_of(table(), rows, columns, 2, false, {0, 2, 1}), std::runtime_error);
}

}  // namespace
}  // namespace sluice::test
