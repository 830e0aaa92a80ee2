// Figures as pages: the same data, as offsets that keep what the figure's numbers say.
#include "host/page/figure_page.h"
#include "page_support.h"

namespace sluice::page {
namespace {

using picture::kNan;

picture::Figure figure_of(std::vector<picture::Layer> layers) {
  picture::Figure figure;
  figure.title = "title";
  figure.panels.emplace_back().layers = std::move(layers);
  return figure;
}

picture::ScatterLayer scatter(std::vector<double> x, std::vector<double> y, const std::string& name = {}) {
  picture::ScatterLayer layer;
  layer.name = name, layer.x = std::move(x), layer.y = std::move(y);
  return layer;
}

TEST(PageFigure, NamesOfPages) {
  for (const char* page : {"a.html", "A.HTML", "b/c.htm", "a.png.html"}) EXPECT_TRUE(is_page(page)) << page;
  for (const char* other : {"a.png", "html", ".html", "a/.html", "a.html/b", "a.html.gz", "a.", ""})
    EXPECT_FALSE(is_page(other)) << other;
}

TEST(PageFigure, FewPointsStayDoubles) {
  const Page page = page_of(figure_of({scatter({1, 1e9 + 0.1}, {2, kNan})}));
  const auto& points = std::get<Points>(page.layers.at(0));
  EXPECT_EQ(std::get<std::vector<double>>(points.x), (std::vector<double>{1, 1e9 + 0.1}));
  EXPECT_TRUE(std::isnan(std::get<std::vector<double>>(points.y)[1]));
  EXPECT_EQ(page.x.origin, 0);
  EXPECT_EQ(page.title, "title");
}

TEST(PageFigure, ManyPointsBecomeOffsets) {
  std::vector<double> x, y;
  for (int i = 0; i < 200000; ++i) x.push_back(5e8 + i * 0.01), y.push_back(i % 977 + 1);
  picture::Figure figure = figure_of({scatter(x, y)});
  figure.panels[0].y.scale = picture::ScaleKind::kLog;
  figure.panels[0].x.low = 5e8;
  const Page page = page_of(figure);
  const auto& points = std::get<Points>(page.layers.at(0));
  const auto& offsets = std::get<std::vector<float>>(points.x);
  for (std::size_t i = 0; i < x.size(); i += 997)
    EXPECT_NEAR(page.x.origin + double(offsets[i]), x[i], 2000.0 / (1 << 24)) << i;
  EXPECT_EQ(page.y.origin, 0);  // a logarithmic axis
  EXPECT_EQ(std::get<std::vector<float>>(points.y)[5], 6);
  EXPECT_NEAR(page.x.origin + page.x.low, 5e8, 1e-6);
}

TEST(PageFigure, TimesKeepTheirOriginAndDigits) {
  std::vector<double> x(200000), y(200000, 1);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] = double(i) * 1e-9;
  picture::Figure figure = figure_of({scatter(x, y)});
  figure.panels[0].x.scale = picture::ScaleKind::kTime;
  figure.panels[0].x.origin = 1700000000;
  Page page = page_of(figure);
  EXPECT_EQ(page.x.origin_ns, 1700000000000000000);
  EXPECT_EQ(std::get<std::vector<double>>(std::get<Points>(page.layers.at(0)).x), x);
  figure.panels[0].x.origin = 40000000000;  // the year 3237: beyond nanoseconds in 64 bits
  page = page_of(figure);
  EXPECT_EQ(page.x.scale, picture::ScaleKind::kLinear);
  EXPECT_NEAR(page.x.origin + std::get<std::vector<double>>(std::get<Points>(page.layers.at(0)).x)[0], 4e10,
              1);
}

TEST(PageFigure, SeriesOfPointsBecomeCategories) {
  picture::ScatterLayer a = scatter({1, 2}, {3, 4}, "a"), b = scatter({5}, {6}, "b");
  a.y_errors.below = {0.1, 0.2}, b.y_errors.below = {0.3};
  Page page = page_of(figure_of({a, scatter({}, {}, "none"), b}));
  ASSERT_EQ(page.layers.size(), 1u);
  const auto& points = std::get<Points>(page.layers[0]);
  EXPECT_EQ(points.categories->names, (std::vector<std::string>{"a", "none", "b"}));
  EXPECT_EQ(points.categories->data, (std::vector<std::uint32_t>{0, 0, 2}));
  EXPECT_EQ(std::get<std::vector<double>>(points.x), (std::vector<double>{1, 2, 5}));
  EXPECT_EQ(std::get<std::vector<double>>(points.y_errors.below), (std::vector<double>{0.1, 0.2, 0.3}));
  b.y_errors.below.clear();  // of one series only: they stay apart
  EXPECT_EQ(page_of(figure_of({a, b})).layers.size(), 2u);
}

TEST(PageFigure, BarsCellsAndReferenceLines) {
  picture::HistogramLayer bars{"h", {0, 1, 3}, {5, 2}, {}};
  picture::ImageLayer image;
  image.cells = {1, -2}, image.rows = 1, image.columns = 2, image.diverging = true, image.limit = 4;
  const Page page = page_of(figure_of({bars, image, picture::ReferenceLine{"mean", 2.5, false}}));
  const auto& lines = std::get<Lines>(page.layers.at(0));
  EXPECT_TRUE(lines.bars);
  EXPECT_EQ(std::get<std::vector<double>>(lines.x), (std::vector<double>{0, 1, 1, 3}));
  EXPECT_EQ(std::get<std::vector<double>>(lines.y), (std::vector<double>{5, 5, 2, 2}));
  const auto& cells = std::get<Cells>(page.layers.at(1));
  EXPECT_EQ(cells.data, (std::vector<float>{1, -2}));
  EXPECT_EQ(cells.rule.low, -4);
  EXPECT_EQ(cells.rule.high, 4);
  const auto& line = std::get<Lines>(page.layers.at(2));
  EXPECT_EQ(std::get<std::vector<double>>(line.x), (std::vector<double>{0, 3}));
  EXPECT_EQ(std::get<std::vector<double>>(line.y), (std::vector<double>{2.5, 2.5}));
}

class PageFigureWrite : public PageFolder {};

TEST_F(PageFigureWrite, OfNothingIsAPageToo) {
  EXPECT_NE(written(page_of({})).find("\"layers\":[]"), std::string::npos);
  EXPECT_NE(written(page_of(figure_of({scatter({}, {})}))).find("\"kind\":\"points\""), std::string::npos);
}

}  // namespace
}  // namespace sluice::page
