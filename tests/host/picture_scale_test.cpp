// What a picture's axes and colours mean: ticks by hand, limits of colour scales, colour maps.
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "host/error.h"
#include "host/picture/colormap.h"
#include "host/picture/ticks.h"
#include "host/picture/value_range.h"

namespace sluice::picture {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInf = std::numeric_limits<double>::infinity();

std::string text(const Ticks& ticks) {
  std::string all;
  for (const Tick& tick : ticks.ticks) all += (all.empty() ? "" : " ") + tick.label;
  return ticks.exponent == 0 ? all : all + " e" + std::to_string(ticks.exponent);
}

std::string ascii(std::string s) {
  for (std::size_t at; (at = s.find("\u2212")) != std::string::npos;) s.replace(at, 3, "-");
  return s;
}

TEST(Ticks, StepsAreOneTwoFive) {
  EXPECT_EQ(nice_step(1), 1);
  EXPECT_EQ(nice_step(1.1L), 2);
  EXPECT_EQ(nice_step(3), 5);
  EXPECT_EQ(nice_step(5.1L), 10);
  EXPECT_NEAR(double(nice_step(0.0003L)), 0.0005, 1e-18);
}

TEST(Ticks, Values) {
  EXPECT_EQ(ascii(text(value_ticks(-1, 1, 5))), "-1.0 -0.5 0.0 0.5 1.0");
  EXPECT_EQ(ascii(text(value_ticks(-1, 1, 4))), "-1 0 1");
  EXPECT_EQ(ascii(text(value_ticks(-0.0833, 0.0833, 9))), "-0.08 -0.06 -0.04 -0.02 0.00 0.02 0.04 0.06 0.08");
  EXPECT_EQ(text(value_ticks(0, 0.3, 4)), "0.0 0.1 0.2 0.3");  // 0.3 is not a multiple of 0.1 in binary
  EXPECT_EQ(text(value_ticks(61.5, 139, 4)), "80 100 120");
  EXPECT_EQ(text(value_ticks(2, 2, 4)), "2");
}

TEST(Ticks, SharedPowersOfTen) {
  EXPECT_EQ(text(value_ticks(0, 3e-7, 4)), "0 1 2 3 e-7");
  EXPECT_EQ(text(value_ticks(0, 2e6, 5)), "0.0 0.5 1.0 1.5 2.0 e6");
  EXPECT_EQ(text(value_ticks(0, 20000, 5)), "0 5000 10000 15000 20000");
  EXPECT_EQ(text(value_ticks(0, 1e308, 3)), "0.0 0.5 1.0 e308");
  EXPECT_EQ(ascii(text(value_ticks(-1.7e308, 1.7e308, 5))),
            "-1 0 1 e308");  // the width of the range overflows
  EXPECT_EQ(text(value_ticks(0, 5e-324, 1)), "0 e-324");
}

TEST(Ticks, NeverMoreThanAskedFor) {
  for (double high : {0.7, 1.0, 3.3, 9.99, 1e-9, 123456.0})
    for (int most = 1; most <= 12; ++most) {
      const Ticks ticks = value_ticks(-0.37 * high, high, most);
      EXPECT_LE(int(ticks.ticks.size()), most);
      EXPECT_GE(int(ticks.ticks.size()), 1);
      for (const Tick& tick : ticks.ticks) {
        EXPECT_GE(tick.at, -0.37 * high);
        EXPECT_LE(tick.at, high);
      }
      const Ticks numbers = index_ticks(std::int64_t(high) + 1, most);
      EXPECT_LE(int(numbers.ticks.size()), most);
    }
}

TEST(Ticks, NumbersOfVariables) {
  EXPECT_EQ(text(index_ticks(1, 10)), "0");
  EXPECT_EQ(text(index_ticks(3, 10)), "0 1 2");
  EXPECT_EQ(text(index_ticks(10000, 5)), "0 2000 4000 6000 8000");
  EXPECT_EQ(text(index_ticks(10001, 6)), "0 2000 4000 6000 8000 10000");
  EXPECT_EQ(text(index_ticks(200000, 4)), "0 50k 100k 150k");
  EXPECT_EQ(text(index_ticks(2500000, 5)), "0 0.5M 1M 1.5M 2M");
  EXPECT_EQ(text(index_ticks(std::int64_t(4e9), 4)), "0 1G 2G 3G");
  EXPECT_EQ(text(index_ticks(0, 4)), "");
  EXPECT_LE(index_ticks(std::numeric_limits<std::int64_t>::max(), 5).ticks.size(), 5u);
}

TEST(ValueRange, CentredAtThePercentile) {
  std::vector<double> cells;
  for (int i = 1; i <= 2000; ++i) cells.push_back(i % 2 ? i : -i);
  ValueRange range = value_range(cells, true, 0);
  EXPECT_EQ(range.high, 1998);  // 99.9 % of 2000
  EXPECT_EQ(range.low, -1998);
  EXPECT_EQ(range.beyond_high, 1);  // 1999
  EXPECT_EQ(range.beyond_low, 1);   // -2000
  range = value_range(cells, true, 10.5);
  EXPECT_EQ(range.high, 10.5);
  EXPECT_EQ(range.beyond_low + range.beyond_high, 1990);
  EXPECT_THROW(value_range(cells, true, -1), Error);
}

TEST(ValueRange, FewCellsAreAllInside) {
  const ValueRange range = value_range({1, -2, 3, kNan, 0}, true, 0);
  EXPECT_EQ(range.high, 3);
  EXPECT_EQ(range.beyond_high + range.beyond_low, 0);
  EXPECT_EQ(range.missing, 1);
  EXPECT_EQ(range.finite, 4);
  const ValueRange plain = value_range({1, -2, 3, kNan, 0}, false, 0);
  EXPECT_EQ(plain.low, -2);
  EXPECT_EQ(plain.high, 3);
}

TEST(ValueRange, MostlyZeroTakesTheLargest) {
  std::vector<double> cells(5000);
  cells[17] = -4;
  EXPECT_EQ(value_range(cells, true, 0).high, 4);
  EXPECT_EQ(value_range(cells, false, 0).low, -4);
}

TEST(ValueRange, ConstantZeroAndNothing) {
  EXPECT_EQ(value_range({0, 0}, true, 0).high, 1);
  EXPECT_EQ(value_range({}, true, 0).high, 1);
  EXPECT_EQ(value_range({kNan}, false, 0).high, 1);
  const ValueRange constant = value_range({50, 50}, false, 0);
  EXPECT_EQ(constant.low, 45);
  EXPECT_EQ(constant.high, 55);
  const ValueRange infinite = value_range({kInf, -kInf, 2}, true, 0);
  EXPECT_EQ(infinite.high, 2);
  EXPECT_EQ(infinite.beyond_high, 1);
  EXPECT_EQ(infinite.beyond_low, 1);
}

TEST(ValueRange, Fractions) {
  const ValueRange range = value_range({-1.7e308, 1.7e308}, true, 0);
  EXPECT_EQ(fraction_of(range, 0), 0.5);
  EXPECT_EQ(fraction_of(range, 1.7e308), 1);
  EXPECT_EQ(fraction_of(range, -kInf), 0);
  EXPECT_EQ(fraction_of(range, kInf), 1);
}

double lightness(Rgb c) {  // CIE L*
  auto linear = [](double x) { return x <= 0.04045 ? x / 12.92 : std::pow((x + 0.055) / 1.055, 2.4); };
  const double y =
      0.2126 * linear(c.red / 255.0) + 0.7152 * linear(c.green / 255.0) + 0.0722 * linear(c.blue / 255.0);
  return y > 0.008856 ? 116 * std::cbrt(y) - 16 : 903.3 * y;
}

TEST(Colormap, ViridisAsPublished) {
  const Colormap map("viridis", true);
  EXPECT_EQ(map.at(0), (Rgb{68, 1, 84}));
  EXPECT_EQ(map.at(1), (Rgb{253, 231, 37}));
  const Rgb middle = map.at(0.5);  // entries 127 and 128: (33, 144, 141), (33, 145, 140)
  EXPECT_NEAR(middle.red, 33, 1);
  EXPECT_NEAR(middle.green, 144, 1);
  EXPECT_NEAR(middle.blue, 141, 1);
}

TEST(Colormap, LightnessIsEven) {
  const Colormap diverging("diverging", true), viridis("viridis", true), gray("gray", true);
  for (int i = 1; i <= 128; ++i) {
    const double t = i / 128.0, before = (i - 1) / 128.0;
    EXPECT_GT(lightness(viridis.at(t)), lightness(viridis.at(before)));
    EXPECT_GT(lightness(gray.at(t)), lightness(gray.at(before)));
    const double up = lightness(diverging.at(0.5 + t / 2)), down = lightness(diverging.at(0.5 - t / 2));
    EXPECT_LT(up, lightness(diverging.at(0.5 + before / 2)));
    EXPECT_LT(down, lightness(diverging.at(0.5 - before / 2)));
    EXPECT_NEAR(up, down, 7) << t;  // neither sign looks stronger
  }
}

TEST(Colormap, DivergingIsBlueWhiteRed) {
  const Colormap map("auto", true);
  EXPECT_EQ(map.name(), "diverging");
  const Rgb low = map.at(0), zero = map.at(0.5), high = map.at(1);
  EXPECT_GT(low.blue, low.red + 80);
  EXPECT_GT(high.red, high.blue + 80);
  EXPECT_GT(zero.red, 240);
  EXPECT_EQ(zero.red, zero.green);
  EXPECT_EQ(zero.red, zero.blue);
}

TEST(Colormap, NamesAndMisses) {
  EXPECT_EQ(Colormap("auto", false).name(), "viridis");
  try {
    Colormap("virdis", true);
    FAIL() << "a name that is none was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kUsage);
    EXPECT_EQ(std::string(error.what()),
              "colour map: expected one of auto, viridis, diverging, gray, found 'virdis'");
    EXPECT_EQ(error.advice(), "did you mean 'viridis'?");
  }
  try {
    Colormap("jet", true);
    FAIL() << "jet was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.advice(), "");
  }
}

}  // namespace
}  // namespace sluice::picture
