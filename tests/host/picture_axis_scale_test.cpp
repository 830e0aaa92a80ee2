// Scales and their ticks: linear, logarithmic, time; ranges that are empty, constant or huge.
#include "host/picture/scale.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "host/error.h"
#include "host/picture/time_ticks.h"

namespace sluice::picture {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kMost = std::numeric_limits<double>::max();

DataRange range_of(const std::vector<double>& values) {
  DataRange range;
  range.add(values.data(), values.size());
  return range;
}

template <class T>
std::string labels(const T& ticks) {
  std::string all;
  for (const Tick& tick : ticks.ticks) all += (all.empty() ? "" : " ") + tick.label;
  return all;
}

std::string with_context(const TimeTicks& ticks) {
  return labels(ticks) + (ticks.context.empty() ? "" : " | " + ticks.context);
}

TEST(DataRange, CountsAndExtremes) {
  const DataRange range = range_of({3, kNan, -2, kInf, 0, -kInf, 0.5});
  EXPECT_EQ(range.low, -2);
  EXPECT_EQ(range.high, 3);
  EXPECT_EQ(range.least_positive, 0.5);
  EXPECT_EQ(range.finite, 4u);
  EXPECT_EQ(range.infinite, 2u);
  EXPECT_EQ(range.missing, 1u);
}

TEST(Scale, LinearFractions) {
  const Scale scale(ScaleKind::kLinear, -1, 3);
  EXPECT_EQ(scale.fraction(-1), 0);
  EXPECT_EQ(scale.fraction(1), 0.5);
  EXPECT_EQ(scale.fraction(3), 1);
  EXPECT_EQ(scale.fraction(7), 2);
  EXPECT_TRUE(std::isnan(scale.fraction(kNan)));
  EXPECT_TRUE(std::isnan(scale.fraction(kInf)));
  EXPECT_EQ(Scale(ScaleKind::kLinear, -kMost, kMost).fraction(0), 0.5);
}

TEST(Scale, LogFractions) {
  const Scale scale(ScaleKind::kLog, 0.01, 100);
  EXPECT_NEAR(scale.fraction(1), 0.5, 1e-15);
  EXPECT_NEAR(scale.fraction(10), 0.75, 1e-15);
  EXPECT_TRUE(std::isnan(scale.fraction(0)));
  EXPECT_TRUE(std::isnan(scale.fraction(-3)));
}

TEST(Scale, RefusesWhatIsNoRange) {
  EXPECT_THROW(Scale(ScaleKind::kLinear, 1, 1), Error);
  EXPECT_THROW(Scale(ScaleKind::kLinear, 2, 1), Error);
  EXPECT_THROW(Scale(ScaleKind::kLinear, kNan, 1), Error);
  EXPECT_THROW(Scale(ScaleKind::kLinear, 0, kInf), Error);
  EXPECT_THROW(Scale(ScaleKind::kLog, 0, 1), Error);
}

TEST(Scale, AroundData) {
  const Scale padded = Scale::around(ScaleKind::kLinear, range_of({0, 10}), 0.1);
  EXPECT_EQ(padded.low(), -1);
  EXPECT_EQ(padded.high(), 11);
  const Scale log = Scale::around(ScaleKind::kLog, range_of({-5, 0, 1, 100}), 0.5);
  EXPECT_NEAR(log.low(), 0.1, 1e-12);
  EXPECT_NEAR(log.high(), 1000, 1e-9);
}

TEST(Scale, AroundNothingAndConstants) {
  for (const std::vector<double>& values : {std::vector<double>{}, {kNan, kNan}, {kInf}}) {
    const Scale linear = Scale::around(ScaleKind::kLinear, range_of(values), 0.05);
    EXPECT_EQ(linear.low(), 0);
    EXPECT_EQ(linear.high(), 1);
    EXPECT_EQ(Scale::around(ScaleKind::kLog, range_of(values), 0.05).high(), 10);
    EXPECT_EQ(Scale::around(ScaleKind::kTime, range_of(values), 0.05).high(), 1);
  }
  EXPECT_EQ(Scale::around(ScaleKind::kLog, range_of({-1, 0}), 0.05).low(), 1);
  const Scale constant = Scale::around(ScaleKind::kLinear, range_of({50, 50}), 0.05);
  EXPECT_EQ(constant.low(), 45);
  EXPECT_EQ(constant.high(), 55);
  EXPECT_EQ(Scale::around(ScaleKind::kLinear, range_of({0}), 0.05).low(), -1);
  EXPECT_NEAR(Scale::around(ScaleKind::kLog, range_of({50}), 0.05).low(), 5, 1e-9);
  EXPECT_EQ(Scale::around(ScaleKind::kTime, range_of({100}), 0.05).low(), 99);
}

TEST(Scale, AroundTheLargestNumbers) {
  const Scale huge = Scale::around(ScaleKind::kLinear, range_of({-kMost, kMost}), 0.05);
  EXPECT_EQ(huge.low(), -kMost);
  EXPECT_EQ(huge.high(), kMost);
  for (const double value : {kMost, -kMost, 5e-324, 1e-310})
    EXPECT_LT(Scale::around(ScaleKind::kLinear, range_of({value}), 0.05).low(),
              Scale::around(ScaleKind::kLinear, range_of({value}), 0.05).high());
  const Scale log = Scale::around(ScaleKind::kLog, range_of({5e-324, kMost}), 0.05);
  EXPECT_GE(log.fraction(5e-324), 0);
  EXPECT_LE(log.fraction(kMost), 1);
  EXPECT_LE(log.ticks(6).ticks.size(), 6u);
  EXPECT_GE(log.ticks(6).ticks.size(), 2u);
}

TEST(LogTicks, DecadesAndTheirParts) {
  const auto text = [](double low, double high, int most) {
    return labels(Scale(ScaleKind::kLog, low, high).ticks(most));
  };
  EXPECT_EQ(text(0.01, 1000, 8), "0.01 0.1 1 10 100 1000");
  EXPECT_EQ(text(1, 100, 8), "1 2 5 10 20 50 100");
  EXPECT_EQ(text(1, 100, 4), "1 10 100");
  EXPECT_EQ(text(1e-9, 1e9, 8), "10^-9 10^-6 10^-3 10^0 10^3 10^6 10^9");
  EXPECT_EQ(text(1e5, 1e6, 8), "10^5 2\u00d710^5 5\u00d710^5 10^6");
  EXPECT_EQ(text(2.1, 2.9, 5), "2.2 2.4 2.6 2.8");  // no decade inside: even steps
}

TEST(LogTicks, NeverMoreThanAskedFor) {
  for (const double low : {1e-300, 0.003, 0.7, 1.0, 42.0})
    for (const double factor : {1.001, 3.0, 10.0, 77.0, 1e9, 1e300})
      for (int most = 1; most <= 10; ++most) {
        const double high = std::min(low * factor, kMost);
        const ScaleTicks ticks = Scale(ScaleKind::kLog, low, high).ticks(most);
        EXPECT_LE(int(ticks.ticks.size()), most) << low << " " << high;
        for (const Tick& tick : ticks.ticks) {
          EXPECT_GE(tick.at, low);
          EXPECT_LE(tick.at, high);
        }
      }
}

constexpr std::int64_t kNoon = 1709640000;  // 2024-03-05 12:00:00

TEST(TimeTicks, FromYearsToNanoseconds) {
  EXPECT_EQ(with_context(time_ticks(0, 0, 10 * 365.25 * 86400, 6)), "1970 1972 1974 1976 1978 1980");
  EXPECT_EQ(with_context(time_ticks(kNoon, 0, 200 * 86400, 7)),
            "2024-04 2024-05 2024-06 2024-07 2024-08 2024-09");
  EXPECT_EQ(with_context(time_ticks(kNoon, 0, 5 * 86400, 7)), "03-06 03-07 03-08 03-09 03-10 | 2024");
  EXPECT_EQ(with_context(time_ticks(kNoon, 0, 6 * 3600, 7)),
            "12:00 13:00 14:00 15:00 16:00 17:00 18:00 | 2024-03-05");
  EXPECT_EQ(with_context(time_ticks(kNoon, 0, 86400, 5)), "12:00 18:00 03-06 06:00 12:00 | from 2024-03-05");
  EXPECT_EQ(with_context(time_ticks(kNoon, 0, 60, 5)),
            "12:00:00 12:00:15 12:00:30 12:00:45 12:01:00 | 2024-03-05");
  EXPECT_EQ(with_context(time_ticks(kNoon, 0, 1, 3)), "00.0 00.5 01.0 | 2024-03-05 12:00");
  EXPECT_EQ(with_context(time_ticks(kNoon, 5, 5 + 4e-9, 3)),
            "05.000000000 05.000000002 05.000000004 | 2024-03-05 12:00");
}

TEST(TimeTicks, WeeksBeginOnMonday) {
  EXPECT_EQ(with_context(time_ticks(kNoon, 0, 28 * 86400, 5)), "03-11 03-18 03-25 04-01 | 2024");
}

TEST(TimeTicks, BordersOfTheCalendar) {
  // 2000 and 2024 have a leap day, 1900 and 2100 none.
  EXPECT_EQ(with_context(time_ticks(951696000, 0, 3 * 86400, 5)), "02-28 02-29 03-01 03-02 | 2000");
  EXPECT_EQ(with_context(time_ticks(-2203977600, 0, 2 * 86400, 4)), "02-28 03-01 03-02 | 1900");
  EXPECT_EQ(with_context(time_ticks(4107456000, 0, 86400, 2)), "02-28 03-01 | 2100");
  EXPECT_EQ(with_context(time_ticks(1703980800, 0, 2 * 86400, 3)), "2023-12-31 2024-01-01 2024-01-02");
  EXPECT_EQ(with_context(time_ticks(-86400, 0, 86400, 2)), "1969-12-31 1970-01-01");
  EXPECT_EQ(labels(time_ticks(-62135596800, 0, 3 * 365.0 * 86400, 4)), "0001 0002 0003 0004");
}

TEST(TimeTicks, HugeAndEmptyRanges) {
  EXPECT_GE(time_ticks(0, -1e17, 1e17, 5).ticks.size(), 2u);
  EXPECT_LE(time_ticks(0, -1e17, 1e17, 5).ticks.size(), 5u);
  EXPECT_TRUE(time_ticks(0, kNan, 1, 5).ticks.empty());
  EXPECT_TRUE(time_ticks(0, 2, 1, 5).ticks.empty());
  EXPECT_TRUE(time_ticks(0, -1e300, 1e300, 5).ticks.empty());
  EXPECT_LE(time_ticks(std::numeric_limits<std::int64_t>::max(), 0, 1e17, 5).ticks.size(), 5u);
  EXPECT_LE(time_ticks(std::numeric_limits<std::int64_t>::min(), -1e17, 0, 5).ticks.size(), 5u);
}

TEST(TimeTicks, NeverMoreThanAskedForAndInside) {
  for (double span = 1e-8; span < 1e12; span *= 3.7)
    for (int most = 1; most <= 9; ++most) {
      const TimeTicks ticks = time_ticks(kNoon, 0.25, 0.25 + span, most);
      EXPECT_LE(int(ticks.ticks.size()), most);
      for (const Tick& tick : ticks.ticks) {
        EXPECT_GE(tick.at, 0.25 - 1e-9);
        EXPECT_LE(tick.at, 0.25 + span + 1e-9);
      }
      if (most >= 4) {
        EXPECT_GE(ticks.ticks.size(), 1u) << span;
      }
    }
}

TEST(TimeValues, OriginAndMissing) {
  const std::int64_t ns[] = {1709640000123456789, kNoTime, 1709640001000000000};
  const TimeValues values = times_from_nanoseconds(ns, 3);
  EXPECT_EQ(values.origin, kNoon);
  EXPECT_EQ(values.seconds[0], 0.123456789);
  EXPECT_TRUE(std::isnan(values.seconds[1]));
  EXPECT_EQ(values.seconds[2], 1);
  const std::int64_t before = -1;
  EXPECT_EQ(times_from_nanoseconds(&before, 1).origin, -1);
  EXPECT_EQ(times_from_nanoseconds(&before, 1).seconds[0], 0.999999999);
  const std::int64_t far[] = {kNoTime + 1, std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(times_from_seconds(far, 2).origin, kNoTime + 1);
  EXPECT_EQ(times_from_seconds(far, 2).seconds[1], std::pow(2.0, 64));
  EXPECT_EQ(times_from_seconds(nullptr, 0).origin, 0);
}

}  // namespace
}  // namespace sluice::picture
