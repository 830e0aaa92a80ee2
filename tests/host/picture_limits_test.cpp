// Figures at the limits of what is asked of them: offsets, far points, a zoom, many bars, large pages, limits
// beside the data.
#include <chrono>

#include "host/error.h"
#include "host/picture/ticks.h"
#include "picture_figure_support.h"

namespace sluice::picture {
namespace {

std::string labels(const Ticks& ticks) {
  std::string all;
  for (const Tick& tick : ticks.ticks) all += (all.empty() ? "" : " ") + tick.label;
  if (ticks.exponent != 0) all += " e" + std::to_string(ticks.exponent);
  return ticks.offset.empty() ? all : all + " + " + ticks.offset;
}

TEST(Ticks, LeadingDigitsThatAllShareBecomeAnOffset) {
  EXPECT_EQ(labels(value_ticks(1e15, 1e15 + 0.5, 9)), "0.0 0.1 0.2 0.3 0.4 0.5 + 1\u00d710^15");
  EXPECT_EQ(labels(value_ticks(1e9 - 2.5, 1e9 + 2.5, 6)), "\u22122 \u22121 0 1 2 + 1\u00d710^9");
  EXPECT_EQ(labels(value_ticks(20000.31, 20000.38, 4)), "0.02 0.04 0.06 0.08 + 20000.3");
  EXPECT_EQ(labels(value_ticks(-100000.5, -100000.1, 5)), "0.5 0.6 0.7 0.8 0.9 + \u2212100001");
  EXPECT_EQ(labels(value_ticks(1500, 1900, 5)), "1500 1600 1700 1800 1900");
  EXPECT_EQ(labels(value_ticks(1.0, 1.004, 5)), "1.000 1.001 1.002 1.003 1.004");
}

TEST(Ticks, EveryLabelReadsAsItsPlace) {
  Random random;
  for (int i = 0; i < 2000; ++i) {
    const double low = (random() - 0.5) * std::pow(10.0, std::floor(20 * random() - 8));
    const double high = low + std::abs(low) * std::pow(10.0, -9 * random()) + 1e-12;
    const Ticks ticks = value_ticks(low, high, 2 + i % 8);
    ASSERT_GE(ticks.ticks.size(), 2u) << low << " " << high;
    ASSERT_LE(ticks.ticks.size(), 2u + i % 8);
    const auto number = [](std::string text) {
      for (std::size_t at; (at = text.find("\u2212")) != std::string::npos;) text.replace(at, 3, "-");
      for (std::size_t at; (at = text.find("\u00d710^")) != std::string::npos;) text.replace(at, 5, "e");
      return text.empty() ? 0.0L : std::strtold(text.c_str(), nullptr);
    };
    for (const Tick& tick : ticks.ticks) {
      const long double read =
          number(tick.label) * std::pow(10.0L, (long double)(ticks.exponent)) + number(ticks.offset);
      EXPECT_NEAR(double(read - tick.at), 0, 1e-3 * (high - low) + 4e-16 * std::abs(low)) << tick.label;
    }
  }
}

TEST(Scale, SmallTicksOfALogarithmicAxis) {
  const ScaleTicks ticks = Scale(ScaleKind::kLog, 0.5, 200).ticks(4);
  ASSERT_GT(ticks.minor.size(), 20u);
  EXPECT_DOUBLE_EQ(ticks.minor.front(), 0.5);
  EXPECT_DOUBLE_EQ(ticks.minor.back(), 200);
  EXPECT_TRUE(Scale(ScaleKind::kLinear, 1, 2).ticks(4).minor.empty());
  EXPECT_LT(Scale(ScaleKind::kLog, 1e-200, 1e200).ticks(4).minor.size(), 60u);
  EXPECT_EQ(Scale(ScaleKind::kLinear, 0, 5e-324).fraction(5e-324), 1);
}

TEST_F(Figures, LinesBetweenFarPointsAreDrawn) {
  for (const double far : {1e9, 1e15, 1e30, 1e300}) {
    Figure figure = one_panel({LineLayer{"", {-far, far}, {-far, far}, {}}});
    AxisSpec &x = figure.panels[0].x, &y = figure.panels[0].y;
    x.low = y.low = -1, x.high = y.high = 1;
    draw(figure, path("a.png"), kWidth, kHeight);
    const Pixels pixels = read_png(path("a.png"));
    const PlotArea area = area_of(figure);
    for (const double at : {-0.7, 0.0, 0.7})
      EXPECT_GT(largest_difference(pixel(pixels, area.at(at, at)), 0xffffff), 40) << far << " at " << at;
  }
}

TEST_F(Figures, ReversedAxesGrowTheOtherWay) {
  ScatterLayer points;
  points.x = {1}, points.y = {9};
  Figure figure = one_panel({points});
  AxisSpec& y = figure.panels[0].y;
  y.low = 0, y.high = 10, y.reversed = true;
  const PlotArea area = area_of(figure);
  EXPECT_GT(area.at(1, 9).y, area.at(1, 1).y);
  draw(figure, path("a.png"), kWidth, kHeight);
  EXPECT_EQ(pixel(read_png(path("a.png")), area.at(1, 9)), packed(category_color(0)));
}

TEST_F(Figures, ALimitBesideTheDataIsNoError) {
  for (const ScaleKind scale : {ScaleKind::kLinear, ScaleKind::kLog}) {
    Figure figure = one_panel({LineLayer{"", {1, 2}, {1, 2}, {}}});
    figure.panels[0].x.scale = scale;
    figure.panels[0].x.low = 5;
    draw(figure, path("a.svg"), kWidth, kHeight);
    EXPECT_NE(bytes_of(path("a.svg")).find("2 points outside of the axes"), std::string::npos);
    figure.panels[0].x = {};
    figure.panels[0].x.scale = scale;
    figure.panels[0].x.high = 0.5;
    draw(figure, path("b.png"), kWidth, kHeight);
  }
}

TEST_F(Figures, AZoomIntoCellsDrawsWhatIsSeen) {
  ImageLayer image;
  image.rows = image.columns = 100;
  for (int i = 0; i < 10000; ++i) image.cells.push_back(i % 100);
  image.x_high = image.y_high = 100;
  Figure figure = one_panel({image});
  AxisSpec &x = figure.panels[0].x, &y = figure.panels[0].y;
  x.low = y.low = 49.25, x.high = y.high = 51.25;
  draw(figure, path("a.png"), kWidth, kHeight);
  const Pixels pixels = read_png(path("a.png"));
  const PlotArea area = area_of(figure);
  const ColorKey key = *color_key(figure.panels[0]);
  for (const double cell : {49.0, 50.0, 51.0})
    for (const double off : {0.3, 0.6}) {
      if (cell + off > x.high) continue;
      const Rgb wanted = key.colormap.at(fraction_of(key.range, cell));
      EXPECT_EQ(pixel(pixels, area.at(std::max(cell + off, 49.3), 50)), packed(wanted)) << cell + off;
    }
}

TEST_F(Figures, ManyBarsAreDrawnFast) {
  HistogramLayer bars;
  Random random;
  for (int i = 0; i <= 300000; ++i) bars.edges.push_back(i);
  for (int i = 0; i < 300000; ++i) bars.heights.push_back(1 + random());
  const auto begin = std::chrono::steady_clock::now();
  draw(one_panel({bars}), path("a.png"), 640, 480);
  draw(one_panel({bars}), path("a.svg"), 640, 480);
  EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), 20);
  EXPECT_LT(bytes_of(path("a.svg")).size(), 1000000u);
}

TEST_F(Figures, ErrorBarsCountAsMarks) {
  ScatterLayer points;
  Random random;
  for (int i = 0; i < 15000; ++i) {
    points.x.push_back(random()), points.y.push_back(random());
    points.y_errors.below.push_back(0.01);
  }
  draw(one_panel({points}), path("a.svg"), kWidth, kHeight);
  EXPECT_NE(bytes_of(path("a.svg")).find("drawn as an image"), std::string::npos);
}

TEST_F(Figures, LargePagesWithManyMarks) {
  ScatterLayer points;
  Random random;
  for (std::int64_t i = 0; i <= kMostMarks; ++i) points.x.push_back(random()), points.y.push_back(random());
  draw(one_panel({points}), path("a.svg"), 12000, 400);
  EXPECT_NE(bytes_of(path("a.svg")).find("<image "), std::string::npos);
}

TEST_F(Figures, OnlyCellsKeepTheirEdges) {
  Figure figure;
  figure.columns = 2;
  figure.panels.resize(2);
  ImageLayer image;
  image.rows = image.columns = 3, image.cells.assign(9, 1);
  ScatterLayer points;
  Random random;
  for (std::int64_t i = 0; i <= kMostMarks; ++i) points.x.push_back(random()), points.y.push_back(random());
  figure.panels[0].layers = {image}, figure.panels[1].layers = {points};
  draw(figure, path("a.svg"), 600, 300);
  const std::string svg = bytes_of(path("a.svg"));
  const std::size_t sharp = svg.find("image-rendering:pixelated");
  ASSERT_NE(sharp, std::string::npos);
  EXPECT_EQ(svg.find("image-rendering:pixelated", sharp + 1), std::string::npos);
}

}  // namespace
}  // namespace sluice::picture
