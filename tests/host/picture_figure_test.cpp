// Figures as files: where marks, ticks and legends are, read from pixels; what makes no sense; extremes.
#include "host/picture/figure.h"

#include <functional>

#include "host/error.h"
#include "picture_figure_support.h"

namespace sluice::picture {
namespace {

TEST_F(Figures, MarksLieAtTheirValues) {
  for (const ScaleKind kind : {ScaleKind::kLinear, ScaleKind::kLog}) {
    ScatterLayer points;
    points.x = {1, 2, 5, 10}, points.y = {10, 1, 5, 2}, points.size = 2;
    Figure figure = one_panel({points});
    figure.panels[0].x.scale = figure.panels[0].y.scale = kind;
    draw(figure, path("a.png"), kWidth, kHeight);
    const Pixels pixels = read_png(path("a.png"));
    const PlotArea area = area_of(figure);
    for (std::size_t i = 0; i < points.x.size(); ++i)
      EXPECT_EQ(pixel(pixels, area.at(points.x[i], points.y[i])), packed(category_color(0))) << i;
    EXPECT_EQ(pixel(pixels, area.at(3, 8)), 0xffffffu);
  }
}

TEST_F(Figures, SeriesDifferInColourAndShape) {
  std::vector<std::uint32_t> colors;
  for (std::size_t i = 0; i < 8; ++i) {
    colors.push_back(packed(category_color(i)));
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(colors[i], colors[j]);
  }
  for (std::size_t i = 0; i < 40; ++i)
    for (std::size_t j = 0; j < i; ++j)
      EXPECT_FALSE(category_color(i) == category_color(j) && category_marker(i) == category_marker(j));
  // A square covers its corners and a circle does not; a triangle's upper ones are bare.
  const auto covered = [&](Marker marker, double dx, double dy) {
    ScatterLayer points;
    points.x = points.y = {0}, points.marker = marker, points.size = 5;
    const Figure figure = one_panel({points});
    draw(figure, path("m.png"), kWidth, kHeight);
    const PlotArea area = area_of(figure);
    const double radius = 5 * mark_radius(1, area.box, Style::for_page(kWidth, kHeight));
    const Point p = area.at(0, 0);
    return pixel(read_png(path("m.png")), {p.x + dx * radius, p.y + dy * radius}) != 0xffffffu;
  };
  EXPECT_TRUE(covered(Marker::kSquare, 0.8, 0.8));
  EXPECT_FALSE(covered(Marker::kCircle, 0.8, 0.8));
  EXPECT_TRUE(covered(Marker::kCircle, 0, 0.9));
  EXPECT_TRUE(covered(Marker::kTriangle, 0.7, 0.5));
  EXPECT_FALSE(covered(Marker::kTriangle, 0.7, -0.5));
  EXPECT_TRUE(covered(Marker::kDiamond, 0, 1.1));
  EXPECT_FALSE(covered(Marker::kDiamond, 0.75, 0.75));
  EXPECT_TRUE(covered(Marker::kCross, 0.6, 0.6));
  EXPECT_FALSE(covered(Marker::kCross, 0, 0.6));
}

TEST_F(Figures, NanBreaksALine) {
  LineLayer line;
  line.x = {0, 1, 2, 3, 4, 5}, line.y = {1, 1, kNan, 1, 1, 1}, line.x[5] = kInf;
  Figure figure = one_panel({line});
  draw(figure, path("a.png"), kWidth, kHeight);
  const Pixels pixels = read_png(path("a.png"));
  const PlotArea area = area_of(figure);
  const auto drawn = [&](double x) {
    return largest_difference(pixel(pixels, area.at(x, 1)), 0xffffff) > 60;
  };
  EXPECT_TRUE(drawn(0.5));
  EXPECT_FALSE(drawn(1.5));
  EXPECT_FALSE(drawn(2.5));
  EXPECT_TRUE(drawn(3.5));
}

TEST_F(Figures, LinesAreCutAtTheFrame) {
  LineLayer line;
  line.x = {-1e9, 1e9}, line.y = {-1e9, 1e9};
  Figure figure = one_panel({line});
  figure.panels[0].x.low = figure.panels[0].y.low = 0;
  figure.panels[0].x.high = figure.panels[0].y.high = 1;
  draw(figure, path("a.png"), kWidth, kHeight);
  const Pixels pixels = read_png(path("a.png"));
  const PlotArea area = area_of(figure);
  for (const double t : {0.1, 0.35, 0.5, 0.9})
    EXPECT_GT(largest_difference(pixel(pixels, area.at(t, t)), 0xffffff), 60) << t;
}

TEST_F(Figures, ErrorBarsReachTheirEnds) {
  ScatterLayer points;
  points.x = {0, 1}, points.y = {0, 1};
  points.y_errors = {{0.5, kNan}, {0.25, 1}};
  points.x_errors = {{0.2, 0.2}, {}};
  const Figure figure = one_panel({points});
  draw(figure, path("a.png"), 2 * kWidth, 2 * kHeight);
  const Pixels pixels = read_png(path("a.png"));
  const PlotArea area = area_of(figure, 2 * kWidth, 2 * kHeight);
  const auto drawn = [&](double x, double y) {
    return largest_difference(pixel(pixels, area.at(x, y)), 0xffffff) > 60;
  };
  EXPECT_TRUE(drawn(0, -0.4));
  EXPECT_FALSE(drawn(0, -0.55));
  EXPECT_TRUE(drawn(0, 0.2));
  EXPECT_FALSE(drawn(0, 0.3));
  EXPECT_TRUE(drawn(1.15, 1));
  EXPECT_TRUE(drawn(-0.15, 0));
  EXPECT_TRUE(drawn(1, 1.5));
  EXPECT_FALSE(drawn(1, 0.7));
}

TEST_F(Figures, HistogramsStandOnTheAxis) {
  const Figure figure = one_panel({HistogramLayer{"", {0, 1, 2, 3}, {4, 0, 2}, {}}});
  draw(figure, path("a.png"), kWidth, kHeight);
  const Pixels pixels = read_png(path("a.png"));
  const PlotArea area = area_of(figure);
  EXPECT_EQ(area.scales.y.low(), 0);
  const auto filled = [&](double x, double y) { return pixel(pixels, area.at(x, y)) != 0xffffffu; };
  EXPECT_TRUE(filled(0.5, 0.2));
  EXPECT_TRUE(filled(0.5, 3.9));
  EXPECT_FALSE(filled(0.5, 4.1));
  EXPECT_FALSE(filled(1.5, 0.2));
  EXPECT_TRUE(filled(2.5, 1.9));
  EXPECT_FALSE(filled(2.5, 2.1));
}

TEST_F(Figures, ImagesHaveRowZeroBelow) {
  ImageLayer image;
  image.rows = 2, image.columns = 3, image.cells = {0, 1, 2, 3, 4, kNan};
  image.x_low = 10, image.x_high = 40, image.y_low = -1, image.y_high = 1;
  const Figure figure = one_panel({image});
  draw(figure, path("a.png"), kWidth, kHeight);
  const Pixels pixels = read_png(path("a.png"));
  const PlotArea area = area_of(figure);
  EXPECT_EQ(area.scales.x.low(), 10);
  EXPECT_EQ(area.scales.x.high(), 40);
  const Colormap viridis("viridis", false);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(pixel(pixels, area.at(15 + 10 * (i % 3), i / 3 - 0.5)), packed(viridis.at(i / 4.0))) << i;
  EXPECT_EQ(pixel(pixels, area.at(35, 0.5)), packed(viridis.missing()));
}

TEST_F(Figures, DensityHasLogarithmicColours) {
  Density density({0, 1, 2, 3}, {0, 1});
  const std::vector<double> x(100, 0.5), y(100, 0.5), x1(10, 1.5);
  density.add(x.data(), y.data(), 100);
  density.add(x1.data(), y.data(), 10);
  Figure figure = one_panel({density.layer()});
  const auto color = [&](double at) {
    draw(figure, path("a.png"), kWidth, kHeight);
    return pixel(read_png(path("a.png")), area_of(figure).at(at, 0.5));
  };
  const Colormap viridis("viridis", false);
  EXPECT_EQ(color(0.5), packed(viridis.at(1)));
  EXPECT_EQ(color(1.5), packed(viridis.at(0)));  // the smallest count there is
  EXPECT_EQ(color(2.5), 0xffffffu);
}

TEST_F(Figures, PointsTakeColoursOfTheirValues) {
  ScatterLayer points;
  points.x = {0, 1, 2}, points.y = {0, 1, 2}, points.values = {-3, 7, kNan}, points.size = 2;
  const Figure figure = one_panel({points});
  draw(figure, path("a.png"), kWidth, kHeight);
  const Pixels pixels = read_png(path("a.png"));
  const PlotArea area = area_of(figure);
  const Colormap viridis("viridis", false);
  EXPECT_EQ(pixel(pixels, area.at(0, 0)), packed(viridis.at(0)));
  EXPECT_EQ(pixel(pixels, area.at(1, 1)), packed(viridis.at(1)));
  EXPECT_EQ(pixel(pixels, area.at(2, 2)), packed(viridis.missing()));
}

TEST_F(Figures, TicksStandAtTheirValues) {
  LineLayer line;
  line.x = {0, 10}, line.y = {1, 1000};
  Figure figure = one_panel({line});
  figure.panels[0].y.scale = ScaleKind::kLog;
  draw(figure, path("a.png"), kWidth, kHeight);
  const Pixels pixels = read_png(path("a.png"));
  const PlotArea area = area_of(figure);
  const auto near = [&](double x, double y) {  // a tick is thinner than two pixels
    int most = 0;
    for (const int dx : {-1, 0})
      for (const int dy : {-1, 0})
        most = std::max(most, largest_difference(
                                  pixels.at(int(std::lround(x)) + dx, int(std::lround(y)) + dy), 0xffffff));
    return most;
  };
  for (const double x : {0.0, 2.0, 4.0, 6.0, 8.0, 10.0})
    EXPECT_GT(near(area.at(x, 1).x, area.box.bottom() + 3), 40) << x;
  for (const double y : {1.0, 10.0, 100.0, 1000.0}) EXPECT_GT(near(area.box.x - 3, area.at(0, y).y), 40) << y;
  EXPECT_LT(near(area.at(3, 1).x, area.box.bottom() + 3), 40);
}

TEST_F(Figures, PlotsOfASheetLineUp) {
  Figure figure = sheet_figure();
  draw(figure, path("a.png"), 640, 480);
  const Pixels pixels = read_png(path("a.png"));
  std::vector<int> frames;  // columns with a long dark line: left and right ends of the plots
  for (int x = 0; x < 640; ++x) {
    int dark = 0;
    for (int y = 0; y < 480; ++y) dark += largest_difference(pixels.at(x, y), 0x212121) < 60;
    if (dark > 250 && (frames.empty() || frames.back() < x - 2)) frames.push_back(x);
  }
  EXPECT_EQ(frames.size(), 4u);
}

std::int64_t images_in(const std::string& svg) {
  std::int64_t count = 0;
  for (std::size_t at = svg.find("<image "); at != std::string::npos; at = svg.find("<image ", at + 1))
    ++count;
  return count;
}

TEST_F(Figures, TooManyMarksBecomeAnImage) {
  for (const std::int64_t marks : {kMostMarks, kMostMarks + 1}) {
    ScatterLayer points;
    Random random;
    for (std::int64_t i = 0; i < marks; ++i) points.x.push_back(random()), points.y.push_back(random());
    const Figure figure = one_panel({points});
    const bool many = marks > kMostMarks;
    draw(figure, path("a.svg"), kWidth, kHeight);
    const std::string svg = bytes_of(path("a.svg"));
    EXPECT_EQ(images_in(svg), many);
    EXPECT_EQ(svg.find("drawn as an image") != std::string::npos, many);
    EXPECT_EQ(svg.size() < 2000000u, many) << svg.size();
    draw(figure, path("a.pdf"), kWidth, kHeight);
    EXPECT_EQ(bytes_of(path("a.pdf")).find("/Subtype /Image") != std::string::npos, many);
    draw(figure, path("a.png"), kWidth, kHeight);
    EXPECT_EQ(bytes_of(path("a.png")).find("drawn as an image"), std::string::npos);
  }
}

TEST_F(Figures, LongLinesKeepTheirExtremesAndStayLines) {
  LineLayer line;
  for (int i = 0; i < 300000; ++i) {
    line.x.push_back(i);
    line.y.push_back(i == 123456 ? 9 : std::sin(i * 0.1));
  }
  const Figure figure = one_panel({line});
  draw(figure, path("a.svg"), kWidth, kHeight);
  const std::string svg = bytes_of(path("a.svg"));
  EXPECT_EQ(images_in(svg), 0);
  EXPECT_LT(svg.size(), 500000u);
  draw(figure, path("a.png"), kWidth, kHeight);
  const PlotArea area = area_of(figure);
  EXPECT_GT(largest_difference(pixel(read_png(path("a.png")), area.at(123456, 5)), 0xffffff), 40);
}

TEST_F(Figures, SvgSaysWhatIsNotDrawn) {
  ScatterLayer points;
  points.x = {1, 2, kNan, -4, 100}, points.y = {1, 2, 3, 4, 5};
  Figure figure = one_panel({points});
  figure.title = "a < b", figure.description = "Two bands";
  figure.panels[0].x.scale = ScaleKind::kLog, figure.panels[0].x.high = 10;
  draw(figure, path("a.svg"), kWidth, kHeight);
  const std::string svg = bytes_of(path("a.svg"));
  EXPECT_NE(svg.find("<title id=\"picture-title\">a &lt; b</title>"), std::string::npos);
  EXPECT_NE(svg.find("<desc id=\"picture-desc\">Two bands. Figure of 1 panel."), std::string::npos);
  EXPECT_NE(svg.find(" 2 points without a place on the axes or without a size: not drawn."),
            std::string::npos);
  EXPECT_NE(svg.find(" 1 point outside of the axes: not drawn."), std::string::npos);
}

TEST_F(Figures, NothingIsCutAtAnySize) {
  std::vector<Figure> figures;
  for (auto& [name, figure] : sample_figures()) figures.push_back(figure);
  Figure wordy = scatter_figure();
  wordy.title = wordy.caption = std::string(300, 'x') + " " + std::string(300, 'y');
  wordy.panels[0].title = std::string(200, 't');
  wordy.panels[0].x.label = wordy.panels[0].y.label = std::string(200, 'm');
  figures.push_back(wordy);
  for (const std::vector<double>& values : {std::vector<double>{},
                                            {kNan},
                                            {0},
                                            {1e308, -1e308},
                                            {5e-324},
                                            {-123456.789, -123456.788},
                                            {kInf, 1}}) {
    LineLayer line{"line", values, values, {}};
    ScatterLayer points;
    points.name = "points", points.x = points.y = values, points.values = values;
    for (const ScaleKind kind : {ScaleKind::kLinear, ScaleKind::kLog, ScaleKind::kTime}) {
      figures.push_back(one_panel({line, points}));
      figures.back().panels[0].x.scale = kind;
      figures.back().panels[0].y.scale = kind;
      figures.back().panels[0].x.label = "x", figures.back().panels[0].y.unit = "m";
    }
  }
  figures.push_back(one_panel({}));
  figures.push_back(one_panel({HistogramLayer{"none", {0}, {}, {}}, ImageLayer{}}));
  const int sizes[][2] = {{120, 90}, {200, 150}, {150, 600}, {600, 150}, {640, 480}};
  for (std::size_t i = 0; i < figures.size(); ++i)
    for (const auto [width, height] : sizes) {
      draw(figures[i], path("a.png"), width, height);
      const Margin margin = margin_of(read_png(path("a.png")));
      EXPECT_TRUE(margin.clean) << "figure " << i << " on " << width << " x " << height;
      EXPECT_TRUE(margin.any);
    }
}

TEST_F(Figures, TickLabelsDoNotTouch) {
  const Page page;
  const std::vector<std::pair<double, double>> ranges = {{0, 1}, {-1e-7, 3e-7}, {1000, 123456}, {1e5, 1e300}};
  for (const ScaleKind kind : {ScaleKind::kLinear, ScaleKind::kLog, ScaleKind::kTime})
    for (const auto& [low, high] : ranges)
      for (const int side : {120, 240, 480, 1600}) {
        if (kind == ScaleKind::kTime && high > 1e17) continue;
        Panel panel;
        panel.x.scale = panel.y.scale = kind;
        LineLayer line;
        line.x = line.y = {std::max(low, kind == ScaleKind::kLog ? 1e-9 : low), high};
        panel.layers = {line};
        const Style style = Style::for_page(side, side);
        const PanelPage laid = lay_out_panel(page.cr, panel, panel_scales(panel), std::nullopt,
                                             {0, 0, double(side), double(side)}, style, {});
        for (std::size_t i = 1; i < laid.bottom.ticks.size(); ++i) {
          const AxisTick &a = laid.bottom.ticks[i - 1], &b = laid.bottom.ticks[i];
          EXPECT_GT(
              (b.at - a.at) * laid.plot.width,
              (text_width(page.cr, a.label, style.small) + text_width(page.cr, b.label, style.small)) / 2);
        }
        for (std::size_t i = 1; i < laid.left.ticks.size(); ++i)
          EXPECT_GT((laid.left.ticks[i - 1].at - laid.left.ticks[i].at) * laid.plot.height, style.small);
        EXPECT_FALSE(laid.bottom.ticks.empty() && side > 200);
      }
}

TEST_F(Figures, SameBytesEachTime) {
  for (const char* name : {"a.png", "a.pdf"}) {
    draw(sheet_figure(), path(name), kWidth, kHeight);
    const std::string first = bytes_of(path(name));
    draw(sheet_figure(), path(name), kWidth, kHeight);
    EXPECT_TRUE(first == bytes_of(path(name))) << name;
  }
}

TEST(AxisTitle, UnitsPowersAndTimes) {
  AxisSpec spec;
  EXPECT_EQ(axis_title(spec, {}), "");
  spec.label = "flux";
  EXPECT_EQ(axis_title(spec, {}), "flux");
  EXPECT_EQ(axis_title(spec, {{}, -7, {}}), "flux (\u00d710^-7)");
  spec.unit = "Jy";
  EXPECT_EQ(axis_title(spec, {{}, -7, {}}), "flux (\u00d710^-7 Jy)");
  spec.label.clear();
  EXPECT_EQ(axis_title(spec, {}), "Jy");
  AxisSpec time;
  time.label = "time", time.scale = ScaleKind::kTime;
  EXPECT_EQ(axis_title(time, {{}, 0, "2024-03-05"}), "time (UTC, 2024-03-05)");
}

TEST(PowersInText, OnlyNumbersBehindACaret) {
  const Page page;
  const auto width = [&](const char* text) { return text_width(page.cr, text, 20); };
  EXPECT_LT(width("10^5"), width("105"));
  EXPECT_LT(width("(10^5 m s^-2)"), width("(105 m s\u22122)"));
  EXPECT_GT(width("x^2_cov"), width("x2_cov"));  // a name of a file
  EXPECT_GT(width("a^b"), width("ab"));
}

TEST_F(Figures, RefusesWhatMakesNoSense) {
  const auto refused = [&](const Figure& figure, const std::string& part) {
    try {
      draw(figure, path("a.png"), kWidth, kHeight);
      ADD_FAILURE() << "no error: " << part;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::kUsage);
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  };
  refused(Figure{}, "found 0");
  Figure many = one_panel({});
  many.panels.emplace_back();
  refused(many, "found 2 on a sheet of 1 x 1");
  refused(one_panel({LineLayer{"", {1, 2}, {1}, {}}}), "expected 2, found 1");
  ScatterLayer points;
  points.x = points.y = {1, 2}, points.values = {1};
  refused(one_panel({points}), "colour values");
  points.values = {1, 2};
  refused(one_panel({points, points}), "at most one in a panel");
  points.values.clear(), points.y_errors.above = {1, 2};
  refused(one_panel({points}), "error bars");
  refused(one_panel({HistogramLayer{"", {0, 1}, {1, 2}, {}}}), "edges");
  ImageLayer image;
  image.rows = 2, image.columns = 2, image.cells = {1};
  refused(one_panel({image}), "expected 4, found 1");
  image.rows = 1, image.columns = 1, image.x_low = 2;
  refused(one_panel({image}), "along x: expected low < high, found 2 and 1");
  image.x_low = 0;
  Figure log = one_panel({image});
  log.panels[0].x.scale = ScaleKind::kLog;
  refused(log, "on a logarithmic axis: expected it to begin above 0, found 0");
  refused(one_panel({HistogramLayer{"", {0, 1, kInf}, {1, 2}, {}}}), "found inf as number 2");
  refused(one_panel({HistogramLayer{"", {3, 1, 2}, {1, 2}, {}}}), "found 1 as number 1");
  Figure limits = one_panel({});
  limits.panels[0].x.low = 5, limits.panels[0].x.high = 4;
  refused(limits, "low < high");
  EXPECT_TRUE(std::filesystem::is_empty(folder_));
}

}  // namespace
}  // namespace sluice::picture
