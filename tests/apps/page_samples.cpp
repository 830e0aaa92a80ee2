// Writes the pages that page_browser.py opens: `page_samples FOLDER`. What they hold is repeated there.
#include <cmath>
#include <cstdio>
#include <exception>
#include <string>

#include "host/page/page.h"
#include "host/picture/marker.h"

namespace sluice::page {
namespace {

/// Numbers in [0, 1), the same everywhere.
class Random {
 public:
  double operator()() {
    state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
    return double(state_ >> 11) / 9007199254740992.0;
  }
  double normal() {
    return std::sqrt(-2 * std::log(1 - (*this)())) * std::cos(6.283185307179586 * (*this)());
  }

 private:
  std::uint64_t state_ = 1;
};

constexpr double kNan = kFromData;

/// Ten points with error bars, in three categories with names that no page should run.
Page ten() {
  Page page;
  page.title = "Ten points <b>&amp; \"quotes\"</b> @data@";
  page.description = "Error bars, categories and labels; </script><script>document.title = 'broken'</script>";
  page.x.label = "distance";
  page.x.unit = "m";
  page.y.label = "speed";
  page.y.unit = "m/s";
  Points p;
  std::vector<double> x, y, error;
  Categories c{"kind", {}, {"</script><b>", "plain", "<img src=x onerror=alert(1)>"}};
  for (int i = 0; i < 10; ++i) {
    x.push_back(i);
    y.push_back(i * i);
    error.push_back(2 + i % 3);
    c.data.push_back(std::uint32_t(i % 3));
    p.labels.push_back("point <" + std::to_string(i) + ">");
  }
  p.x = x;
  p.y = y;
  p.y_errors.below = error;
  p.categories = c;
  p.columns.push_back({"run", std::vector<float>{10, 11, 12, 13, 14, 15, 16, 17, 18, 19}});
  page.layers.push_back(p);
  return page;
}

/// Ten thousand values far from 0, some missing, coloured by a third.
Page thousands() {
  Page page;
  page.title = "Ten thousand values";
  page.description = "Coloured by a value; x far from 0.";
  page.x.label = "position";
  page.x.origin = 1e9;
  page.y.label = "signal";
  page.y.scale = picture::ScaleKind::kLog;
  Random random;
  Points p;
  p.name = "values";
  std::vector<float> x, y, value;
  for (int i = 0; i < 10000; ++i) {
    x.push_back(float(random() * 10));
    y.push_back(i % 1000 == 7 ? float(kNan) : float(std::pow(10, random.normal())));
    value.push_back(i % 100 == 3 ? float(kNan) : x.back() * y.back());
  }
  p.x = x;
  p.y = y;
  p.values = ColoredValues{value, {"energy", "auto", false, true}};
  page.layers.push_back(p);
  return page;
}

/// A million points in five clusters.
Page million() {
  Page page;
  page.title = "A million points";
  page.description = "Five clusters, one colour each.";
  page.x.label = "first";
  page.y.label = "second";
  Random random;
  Points p;
  std::vector<float> x, y;
  Categories c{"cluster", {}, {"north", "east", "south", "west", "middle"}};
  const double at[5][2] = {{0, 3}, {3, 0}, {0, -3}, {-3, 0}, {0, 0}};
  for (int i = 0; i < 1000000; ++i) {
    const auto k = std::uint32_t(random() * 5);
    x.push_back(float(at[k][0] + random.normal() * (k == 4 ? 0.4 : 1)));
    y.push_back(float(at[k][1] + random.normal() * (k == 4 ? 0.4 : 1)));
    c.data.push_back(k);
  }
  p.x = x;
  p.y = y;
  p.categories = c;
  page.layers.push_back(p);
  return page;
}

/// A light curve: times to the nanosecond, a gap, two bands.
Page times() {
  Page page;
  page.title = "A light curve";
  page.x.label = "time";
  page.x.scale = picture::ScaleKind::kTime;
  page.x.origin_ns = 1700000000123456789;  // 2023-11-14 22:13:20.123456789
  page.y.label = "flux";
  page.y.unit = "mJy";
  Random random;
  for (const char* band : {"g", "r"}) {
    Lines l;
    Points p;
    std::vector<double> x, y, error;
    for (int i = 0; i < 300; ++i) {
      x.push_back(i * 7200.0 + random() * 3000);
      y.push_back(i == 150 ? kNan : 5 + (band[0] == 'r') + std::sin(i / 20.0) + 0.1 * random.normal());
      error.push_back(0.1 + 0.1 * random());
    }
    l.name = std::string("model ") + band;
    p.name = std::string("measured ") + band;
    l.x = p.x = x;
    l.y = p.y = y;
    p.y_errors.below = error;
    p.color = band[0] == 'g' ? picture::category_color(0) : picture::category_color(1);
    page.layers.push_back(l);
    page.layers.push_back(p);
  }
  return page;
}

/// A tree of 2000 vertices without axes.
Page layout() {
  Page page;
  page.title = "A layout";
  page.description = "2000 vertices, 1999 edges.";
  page.axes = false;
  page.equal = true;
  Points p;
  p.name = "vertices";
  Segments s;
  s.name = "edges";
  s.points = 1;
  std::vector<float> x{0}, y{0}, degree(2000, 0);
  p.labels.push_back("vertex 0");
  for (std::uint32_t i = 1; i < 2000; ++i) {
    const std::uint32_t parent = (i - 1) / 3;
    const double depth = std::floor(std::log2(2 * i + 1) / std::log2(3)), angle = i * 2.399963;
    x.push_back(float(x[parent] + std::cos(angle) * 8 / depth));
    y.push_back(float(y[parent] + std::sin(angle) * 8 / depth));
    s.pairs.insert(s.pairs.end(), {parent, i});
    ++degree[i], ++degree[parent];
    p.labels.push_back("vertex " + std::to_string(i));
  }
  p.x = x;
  p.y = y;
  p.sizes = degree;
  p.size_label = "degree";
  page.layers.push_back(s);
  page.layers.push_back(p);
  return page;
}

/// A density of cells, a sample of points from a magnification of 4 on.
Page cells() {
  Page page;
  page.title = "A density";
  page.note = "A sample of 2,000 points of 3,000,000.";
  page.x.label = "colour";
  page.y.label = "magnitude";
  Cells c;
  c.rows = 40;
  c.columns = 60;
  c.x_low = -2, c.x_high = 4, c.y_low = 10, c.y_high = 20;
  c.rule = {"points in a cell", "viridis", false, true};
  for (int r = 0; r < c.rows; ++r)
    for (int k = 0; k < c.columns; ++k)
      c.data.push_back(k == 0 ? 0.0f
                              : float(std::floor(20000 * std::exp(-std::pow((k - 30) / 9.0, 2) -
                                                                  std::pow((r - 20) / 6.0, 2)))));
  page.layers.push_back(c);
  Random random;
  Points p;
  p.name = "sample";
  p.from_zoom = 4;
  std::vector<float> x, y;
  for (int i = 0; i < 2000; ++i) {
    x.push_back(float(1 + 0.64 * random.normal()));
    y.push_back(float(15 + 1.06 * random.normal()));
  }
  p.x = x;
  p.y = y;
  page.layers.push_back(p);
  return page;
}

}  // namespace
}  // namespace sluice::page

int main(int argc, char** argv) {
  using namespace sluice::page;
  if (argc != 2) return 2;
  try {
    const std::string folder = std::string(argv[1]) + "/";
    write_page(ten(), folder + "ten.html");
    write_page(thousands(), folder + "thousands.html");
    write_page(million(), folder + "million.html");
    write_page(times(), folder + "times.html");
    write_page(layout(), folder + "layout.html");
    write_page(cells(), folder + "cells.html");
  } catch (const std::exception& e) {
    std::fprintf(stderr, "page_samples: %s\n", e.what());
    return 1;
  }
  return 0;
}
