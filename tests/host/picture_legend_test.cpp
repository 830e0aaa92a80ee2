// Legends: placed where they hide least, beside the plot where they would hide much.
#include "host/picture/legend.h"

#include "picture_figure_support.h"

namespace sluice::picture {
namespace {

TEST_F(Figures, LegendHidesLeast) {
  const Page page;
  const Style style = Style::for_page(kWidth, kHeight);
  const Box plot{50, 20, 300, 220};
  const std::vector<LegendEntry> entries = {{LegendEntry::Kind::kLine, "one", {}},
                                            {LegendEntry::Kind::kMarks, "two", {}}};
  const auto middle = [&](const std::vector<Point>& points) {
    const Box box = place_legend(page.cr, entries, points, plot, style).box;
    EXPECT_GE(box.x, plot.x);
    EXPECT_LE(box.right(), plot.right());
    EXPECT_GE(box.y, plot.y);
    EXPECT_LE(box.bottom(), plot.bottom());
    return std::pair{box.x + box.width / 2 > 200, box.y + box.height / 2 > 130};
  };
  EXPECT_EQ(middle({}), (std::pair{true, false}));  // above right
  EXPECT_EQ(middle({{340, 30}}), (std::pair{false, false}));
  EXPECT_EQ(middle({{340, 30}, {60, 30}}), (std::pair{true, true}));
  EXPECT_EQ(middle({{340, 30}, {60, 30}, {340, 230}}), (std::pair{false, true}));
  EXPECT_EQ(middle({{340, 30}, {340, 30}, {60, 30}, {340, 230}, {340, 230}, {60, 230}, {60, 230}}).first,
            true);
}

TEST_F(Figures, LegendOfTooMany) {
  const Page page;
  const Style style = Style::for_page(kWidth, kHeight);
  std::vector<LegendEntry> entries(100, {LegendEntry::Kind::kLine, std::string(300, 'w'), {}});
  const Box plot{50, 20, 300, 220};
  const Legend legend = place_legend(page.cr, entries, {}, plot, style);
  EXPECT_LT(legend.entries.size(), 20u);
  EXPECT_NE(legend.entries.back().name.find("more"), std::string::npos);
  EXPECT_LE(legend.box.width, 0.75 * plot.width);
  EXPECT_LE(legend.box.height, 0.8 * plot.height);
  EXPECT_TRUE(place_legend(page.cr, entries, {}, {0, 0, 30, 20}, style).entries.empty());
}

TEST_F(Figures, LegendGoesBesideWhereItWouldHideMuch) {
  std::vector<Layer> layers;
  for (int k = 0; k < 6; ++k) {
    LineLayer line;
    line.name = "series";
    for (int i = 0; i < 200; ++i) line.x.push_back(i), line.y.push_back(i % 2 ? 1 : -1);
    layers.push_back(line);
  }
  draw(one_panel(layers), path("a.png"), kWidth, kHeight);
  const Pixels pixels = read_png(path("a.png"));
  // The frame ends well before the page does, and behind it there are swatches of every series.
  const PlotArea inside = area_of(one_panel(layers));
  for (std::size_t k = 0; k < 6; ++k) {
    int found = 0;
    for (int x = int(inside.box.right()) - 50; x < kWidth; ++x)
      for (int y = 0; y < kHeight / 2; ++y)
        found += largest_difference(pixels.at(x, y), packed(category_color(k))) < 90;
    EXPECT_GT(found, 8) << k;
  }
}

TEST_F(Figures, LegendAvoidsCellsThatAreNotWhite) {
  ImageLayer image;
  image.rows = image.columns = 40, image.log_colors = true;
  image.cells.resize(1600);
  for (std::size_t i = 0; i < 1600; ++i) image.cells[i] = i % 40 < 20 ? 0 : 7;  // the right half
  const Figure figure = one_panel({image});
  const PlotArea area = area_of(figure);
  const std::vector<Point> covered = covered_points(figure.panels[0], area);
  EXPECT_EQ(covered.size(), 800u);
  for (const Point& p : covered) EXPECT_GT(p.x, area.box.x + area.box.width / 2);
  const Page page;
  const Legend legend = place_legend(page.cr, {{LegendEntry::Kind::kLine, "line", {}}}, covered, area.box,
                                     Style::for_page(kWidth, kHeight));
  EXPECT_LT(legend.box.right(), area.box.x + area.box.width / 2);
  EXPECT_EQ(legend.hidden, 0);
}

TEST_F(Figures, LegendIsDrawnWhereItWasPlaced) {
  LineLayer line{"falling", {0, 1}, {1, 0}, {}};
  const Figure figure = one_panel({line});
  draw(figure, path("a.png"), kWidth, kHeight);
  const Pixels pixels = read_png(path("a.png"));
  const PlotArea area = area_of(figure);
  const Page page;
  const Style style = Style::for_page(kWidth, kHeight);
  const auto styles = series_styles(figure.panels[0]);
  const Legend legend = place_legend(page.cr, legend_entries(figure.panels[0], styles),
                                     covered_points(figure.panels[0], area), area.box, style);
  ASSERT_EQ(legend.entries.size(), 1u);
  int blue = 0;
  for (int x = int(legend.box.x); x < int(legend.box.right()); ++x)
    for (int y = int(legend.box.y); y < int(legend.box.bottom()); ++y)
      blue += largest_difference(pixels.at(x, y), packed(category_color(0))) < 90;
  EXPECT_GT(blue, 10);
}

}  // namespace
}  // namespace sluice::picture
