// Copied marks against drawn ones, and that no series hides the others.
#include <chrono>
#include <map>

#include "host/picture/points.h"
#include "host/picture/stamp.h"
#include "picture_figure_support.h"

namespace sluice::picture {
namespace {

ScatterLayer cloud(std::size_t n, double middle = 0) {
  ScatterLayer points;
  Random random;
  for (std::size_t i = 0; i < n; ++i)
    points.x.push_back(middle + random.normal()), points.y.push_back(random.normal());
  return points;
}

TEST_F(Figures, CopiedMarksCoverWhatDrawnOnesDo) {
  for (const Marker marker :
       {Marker::kCircle, Marker::kSquare, Marker::kTriangle, Marker::kDiamond, Marker::kCross})
    for (const double radius : {0.8, 2.5, 7.0}) {
      constexpr int side = 40;
      double copied = 0, drawn = 0;
      for (const double x : {-1.0, 0.1, 20.0, 20.3, 39.7}) {
        std::vector<std::uint32_t> pixels(side * side);
        Stamp(marker, radius, 1).put({pixels.data(), side, side, side}, x, 20.6, {0, 0, 0});
        for (const std::uint32_t pixel : pixels) copied += pixel >> 24;
        cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, side, side);
        cairo_t* cr = cairo_create(surface);
        draw_marker(cr, marker, x, 20.6, radius, 1);
        cairo_destroy(cr);
        cairo_surface_flush(surface);
        for (int y = 0; y < side; ++y)
          for (int i = 0; i < side; ++i)
            drawn += cairo_image_surface_get_data(
                surface)[y * cairo_image_surface_get_stride(surface) + 4 * i + 3];
        cairo_surface_destroy(surface);
      }
      EXPECT_NEAR(copied / drawn, 1, 0.08) << int(marker) << " " << radius;
    }
}

TEST_F(Figures, NoSeriesHidesTheOthers) {
  std::vector<Layer> clouds;
  for (const double middle : {0.0, 0.2, 0.4}) {
    clouds.push_back(cloud(20000, middle));
    std::get<ScatterLayer>(clouds.back()).size = 5;
  }
  const Figure figure = one_panel(clouds);
  draw(figure, path("a.png"), 640, 480);
  std::map<std::uint32_t, int> seen;
  for (const std::uint32_t pixel : read_png(path("a.png")).rgb) ++seen[pixel];
  const int first = seen[packed(category_color(0))], last = seen[packed(category_color(2))];
  EXPECT_GT(first, 500);
  EXPECT_LT(last, 2 * first);
}

TEST_F(Figures, TwoMillionPointsTakeNoSeconds) {
  const Figure figure = one_panel({cloud(2000000)});
  draw(figure, path("a.png"), 1200, 1000);
  const auto begin = std::chrono::steady_clock::now();
  draw(figure, path("a.png"), 1200, 1000);
  EXPECT_LT(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(), 10);
}

}  // namespace
}  // namespace sluice::picture
