// Heat maps as files: what is in them, that nothing is cut, and what happens when they cannot be written.
#include "host/picture/heatmap.h"

#include <cairo/cairo.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <string>
#include <vector>

#include "host/error.h"
#include "host/io/sys.h"
#include "host/picture/colormap.h"
#include "host/picture/sheet.h"
#include "host/picture/text.h"
#include "host/picture/value_range.h"
#include "picture_support.h"

namespace sluice::picture {
namespace {

namespace fs = std::filesystem;

HeatMap sample(std::int64_t rows, std::int64_t columns) {
  HeatMap map;
  map.rows = map.full_rows = rows, map.columns = map.full_columns = columns;
  for (std::int64_t k = 0; k < rows * columns; ++k) map.cells.push_back(std::sin(double(k) * 0.7) * 0.09);
  map.title = "Covariance of X.npy", map.description = "A <small> sample & more.";
  map.x_label = "variable", map.y_label = "variable", map.bar_label = "covariance";
  return map;
}

/// Where draw() puts things: the same layout, measured on a page of its own.
PanelPage layout_of(const HeatMap& map, int width, int height, const char* colormap = "auto") {
  cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
  cairo_t* cr = cairo_create(surface);
  choose_font(cr);
  const Figure figure = figure_of(map, colormap);
  const PanelPage page =
      lay_out(cr, figure, width, height, Style::for_page(width, height)).panels.front().page;
  cairo_destroy(cr);
  cairo_surface_destroy(surface);
  return page;
}

class HeatMapFile : public PictureFolder {
 protected:
  ~HeatMapFile() override { sys::set_fault_hook(nullptr); }
};

TEST_F(HeatMapFile, PngHasItsSizeAndText) {
  draw(sample(9, 9), path("a.png"), 640, 480, "auto");
  const std::string png = bytes_of(path("a.png"));
  ASSERT_GT(png.size(), 100u);
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  auto number = [&](std::size_t at) {
    std::uint32_t x = 0;
    for (std::size_t i = 0; i < 4; ++i) x = x << 8 | static_cast<unsigned char>(png[at + i]);
    return x;
  };
  EXPECT_EQ(png.substr(12, 4), "IHDR");
  EXPECT_EQ(number(16), 640u);
  EXPECT_EQ(number(20), 480u);
  std::vector<std::string> types;  // every chunk, with its check sum computed bit by bit
  for (std::size_t at = 8; at < png.size();) {
    const std::size_t length = number(at);
    std::uint32_t crc = 0xffffffff;
    for (std::size_t i = at + 4; i < at + 8 + length; ++i) {
      crc ^= static_cast<unsigned char>(png[i]);
      for (int k = 0; k < 8; ++k) crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    EXPECT_EQ(~crc, number(at + 8 + length)) << png.substr(at + 4, 4);
    types.push_back(png.substr(at + 4, 4));
    at += 12 + length;
  }
  EXPECT_EQ(types[1], "iTXt");
  EXPECT_EQ(types[2], "iTXt");
  EXPECT_EQ(types.back(), "IEND");
  EXPECT_NE(png.find("Covariance of X.npy"), std::string::npos);
  EXPECT_FALSE(fs::exists(path("a.png.partial")));
}

TEST_F(HeatMapFile, EveryCellHasTheColourOfItsValue) {
  HeatMap map = sample(5, 5);
  map.cells[7] = kNan, map.cells[11] = kInf, map.cells[12] = -kInf, map.cells[13] = 0;
  for (const char* name : {"diverging", "viridis", "gray"}) {
    draw(map, path("c.png"), 400, 300, name);
    const Pixels pixels = read_png(path("c.png"));
    const Colormap colormap(name, true);
    const ValueRange range = value_range(map.cells, colormap.diverging(), 0);
    const Box plot = layout_of(map, 400, 300, name).plot;
    EXPECT_EQ(plot.width, plot.height);
    for (int i = 0; i < 5; ++i)
      for (int j = 0; j < 5; ++j) {
        const double value = map.cells[std::size_t(5 * i + j)];
        const Rgb wanted = std::isnan(value) ? colormap.missing() : colormap.at(fraction_of(range, value));
        for (const double off : {0.06, 0.5, 0.94}) {  // sharp from edge to edge
          const int x = int(plot.x + (j + off) * plot.width / 5),
                    y = int(plot.y + (i + off) * plot.height / 5);
          EXPECT_EQ(pixels.at(x, y), packed(wanted)) << name << " cell " << i << ", " << j;
        }
      }
  }
}

TEST_F(HeatMapFile, MoreCellsThanPixelsAreAveraged) {
  HeatMap map = sample(1200, 1200);
  for (std::size_t k = 0; k < map.cells.size(); ++k) map.cells[k] = (k / 1200 + k % 1200) % 2 ? 1 : -1;
  draw(map, path("c.png"), 300, 250, "diverging");  // a chessboard too fine to see: its mean is 0
  const Pixels pixels = read_png(path("c.png"));
  const Box plot = layout_of(map, 300, 250).plot;
  const Rgb zero = Colormap("diverging", true).at(0.5);
  for (int d = 1; d < int(plot.width) - 1; d += 7) {
    const std::uint32_t pixel = pixels.at(int(plot.x) + d, int(plot.y) + d * 3 % int(plot.height));
    EXPECT_NEAR(double(pixel >> 16), zero.red, 45);
    EXPECT_NEAR(double(pixel & 255), zero.blue, 45);
  }
}

TEST_F(HeatMapFile, NothingIsCutAtAnySize) {
  HeatMap wide = sample(3, 500), tall = sample(500, 2), one = sample(1, 1), none = sample(0, 5),
          nan = sample(4, 4);
  wide.full_columns = 123456789, tall.full_rows = 98765432;
  wide.title = "A title that is much longer than the page is wide: /a/b/" + std::string(300, 'x') + ".npy";
  wide.diverging = one.diverging = false;
  tall.x_label = "a long name of an axis, in furlongs per fortnight", tall.bar_label = std::string(200, 'm');
  for (double& x : nan.cells) x = kNan;
  HeatMap huge = sample(40, 40), tiny = sample(40, 40), constant = sample(7, 7);
  for (double& x : huge.cells) x *= 1e308;
  for (double& x : tiny.cells) x *= 1e-300;
  for (double& x : constant.cells) x = -123456.789;
  constant.diverging = false;
  const int sizes[][2] = {{120, 90}, {200, 150}, {150, 900}, {900, 150}, {640, 480}, {1200, 1000}};
  for (const HeatMap& map : {wide, tall, one, none, nan, huge, tiny, constant, sample(30, 30)})
    for (const auto [width, height] : sizes) {
      draw(map, path("a.png"), width, height, "auto");
      const Margin margin = margin_of(read_png(path("a.png")));
      EXPECT_TRUE(margin.clean) << map.title.substr(0, 40) << " " << map.rows << " x " << map.columns
                                << " on " << width << " x " << height;
      EXPECT_TRUE(margin.any);
    }
}

TEST_F(HeatMapFile, TickLabelsDoNotTouch) {
  cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 8, 8);
  cairo_t* cr = cairo_create(surface);
  choose_font(cr);
  for (const std::int64_t count : {1, 2, 9, 77, 1000, 99999, 123456789})
    for (const int side : {120, 200, 333, 1000, 4000}) {
      HeatMap map = sample(20, 20);
      map.full_columns = map.full_rows = count;
      const PanelPage page = layout_of(map, side, side);
      const Style style = Style::for_page(side, side);
      for (std::size_t i = 1; i < page.bottom.ticks.size(); ++i) {
        const AxisTick &a = page.bottom.ticks[i - 1], &b = page.bottom.ticks[i];
        const double room = (b.at - a.at) * page.plot.width;
        EXPECT_GT(room, (text_width(cr, a.label, style.small) + text_width(cr, b.label, style.small)) / 2);
        EXPECT_GT((b.at - a.at) * page.plot.height, style.small);
      }
      EXPECT_GE(page.plot.x, room_left(cr, page.left, style));
      EXPECT_GT(page.bar_x, page.plot.right());
      EXPECT_LE(page.bar_x + bar_room(cr, *page.bar, style), side);
    }
  cairo_destroy(cr);
  cairo_surface_destroy(surface);
}

TEST_F(HeatMapFile, SameBytesEachTime) {
  for (const char* name : {"a.png", "a.pdf"}) {
    draw(sample(30, 30), path(name), 400, 300, "auto");
    const std::string first = bytes_of(path(name));
    draw(sample(30, 30), path(name), 400, 300, "auto");
    EXPECT_TRUE(first == bytes_of(path(name))) << name;
  }
}

TEST_F(HeatMapFile, SvgHasTitleDescriptionAndOneImage) {
  HeatMap map = sample(12, 12);
  map.title = "x < y & \"z\" \xff\x01 \xce\xa3";  // a name of a file may hold any bytes
  draw(map, path("a.svg"), 500, 400, "auto");
  const std::string svg = bytes_of(path("a.svg"));
  EXPECT_NE(svg.find("<title id=\"picture-title\">x &lt; y &amp; \"z\" \ufffd\ufffd \u03a3</title>"),
            std::string::npos);
  EXPECT_NE(svg.find("<desc id=\"picture-desc\">A &lt;small&gt; sample &amp; more. Heat map of 12"),
            std::string::npos);
  const std::size_t image = svg.find("<image ");
  ASSERT_NE(image, std::string::npos);
  EXPECT_EQ(svg.find("<image ", image + 1), std::string::npos);
  EXPECT_NE(svg.find("data:image/png;base64,"), std::string::npos);
}

TEST_F(HeatMapFile, SvgIsXml) {
  HeatMap map = sample(12, 12);
  map.title = "x < y & \"z\" \xff\x01\x7f \xce\xa3 \xed\xa0\x80 \xef\xbf\xbf]]>";
  map.description = map.title;
  draw(map, path("a.svg"), 500, 400, "auto");
  if (std::system("python3 -c 'import xml.dom.minidom' >/dev/null 2>&1") != 0)
    GTEST_SKIP() << "python3 is not here to parse the SVG";
  const std::string parse =
      "python3 -c 'import sys, xml.dom.minidom as m; m.parse(sys.argv[1])' " + path("a.svg");
  EXPECT_EQ(std::system(parse.c_str()), 0);
}

TEST_F(HeatMapFile, PdfIsOne) {
  draw(sample(12, 12), path("a.PDF"), 500, 400, "auto");
  const std::string pdf = bytes_of(path("a.PDF"));
  EXPECT_EQ(pdf.substr(0, 5), "%PDF-");
  EXPECT_NE(pdf.find("%%EOF"), std::string::npos);
  EXPECT_EQ(pdf.find("CreationDate"), std::string::npos);
}

void expect_error(ErrorKind kind, const std::string& part, const std::function<void()>& call) {
  try {
    call();
    ADD_FAILURE() << "no error: " << part;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), kind) << error.what();
    EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
  }
}

TEST_F(HeatMapFile, RefusesWhatMakesNoSense) {
  const HeatMap map = sample(3, 3);
  for (const char* name : {"a.jpg", "a", "png", ".png", "x.png/a"})
    expect_error(ErrorKind::kUsage, ".png, .svg or .pdf", [&] { draw(map, path(name), 400, 300, "auto"); });
  expect_error(ErrorKind::kUsage, "120x90 to 16384x16384",
               [&] { draw(map, path("a.png"), 100, 300, "auto"); });
  expect_error(ErrorKind::kUsage, "found 400x20000", [&] { draw(map, path("a.png"), 400, 20000, "auto"); });
  expect_error(ErrorKind::kUsage, "colour map", [&] { draw(map, path("a.png"), 400, 300, "jet"); });
  expect_error(ErrorKind::kUsage, "svg", [&] { check_request(path("a.gif"), 400, 300, "auto"); });
  expect_error(ErrorKind::kUsage, "120x90", [&] { check_request(path("a.png"), 400, 3, "auto"); });
  expect_error(ErrorKind::kUsage, "colour map", [&] { check_request(path("a.png"), 400, 300, "hot"); });
  EXPECT_NO_THROW(check_request(path("no/a.png"), 400, 300, "gray"));
  HeatMap wrong = map;
  wrong.cells.pop_back();
  expect_error(ErrorKind::kUsage, "found 8", [&] { draw(wrong, path("a.png"), 400, 300, "auto"); });
  EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(HeatMapFile, AFolderThatIsNotThere) {
  expect_error(ErrorKind::kOutput, "no/a.png",
               [&] { draw(sample(3, 3), path("no/a.png"), 400, 300, "auto"); });
}

TEST_F(HeatMapFile, AFailedWriteKeepsWhatWasThere) {
  std::ofstream(path("a.png")) << "old";
  for (const sys::Call call : {sys::Call::kOpen, sys::Call::kWrite, sys::Call::kSync, sys::Call::kRename}) {
    static sys::Call failing;
    failing = call;
    sys::set_fault_hook([](sys::Call c, const char*) { return c == failing ? EIO : 0; });
    expect_error(ErrorKind::kOutput, "a.png", [&] { draw(sample(3, 3), path("a.png"), 400, 300, "auto"); });
    sys::set_fault_hook(nullptr);
    EXPECT_EQ(bytes_of(path("a.png")), "old");
    EXPECT_FALSE(fs::exists(path("a.png.partial")));
  }
}

}  // namespace
}  // namespace sluice::picture
