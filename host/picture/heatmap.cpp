// Drawing of a heat map: what the page shows is decided in heatmap_layout, the colours in value_range and
// colormap. Here the parts are put on the canvas.
#include "host/picture/heatmap.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/picture/canvas.h"
#include "host/picture/cells.h"
#include "host/picture/heatmap_layout.h"
#include "host/picture/text.h"

namespace sluice::picture {
namespace {

void draw_title(cairo_t* cr, const HeatMapLayout& page, double width, const Style& style) {
  ink(cr);
  choose_font(cr, true);
  double baseline = page.title_y + kCapHeight * style.title;
  for (const std::string& line : page.title) {  // over the plot where that leaves it on the page
    const double half = text_width(cr, line, style.title) / 2, middle = page.plot.x + page.plot.width / 2;
    const double left = style.margin + half, right = width - style.margin - half;
    draw_text(cr, line, style.title, left < right ? std::clamp(middle, left, right) : width / 2, baseline,
              Align::kCenter);
    baseline += kTitleLine * style.title;
  }
  choose_font(cr);
}

void draw_empty(cairo_t* cr, const HeatMap& map, const Box& plot, const Style& style) {
  ink(cr);
  const std::string text =
      "no entries: " + std::to_string(map.full_rows) + " \u00d7 " + std::to_string(map.full_columns);
  for (const std::string& line : fit_text(cr, text, style.font, plot.width - 2 * style.gap, 1))
    draw_text(cr, line, style.font, plot.x + plot.width / 2, plot.y + plot.height / 2, Align::kCenter);
}

/// What the picture shows, for those who cannot see it.
std::string described(const HeatMap& map, const ValueRange& range, const Colormap& colormap) {
  std::string text = map.description;
  if (!text.empty()) text += text.back() == '.' ? " " : ". ";
  text += "Heat map of " + std::to_string(map.full_rows) + " \u00d7 " + std::to_string(map.full_columns) +
          " entries";
  if (range.finite == 0) return text + ", none of them finite.";
  text += "; colours (" + colormap.name() + ") span " + short_number(range.low) + " to " +
          short_number(range.high) + ", values of cells " + short_number(range.smallest) + " to " +
          short_number(range.largest) + ".";
  if (range.missing > 0)
    text += " Cells without a value (" + std::to_string(range.missing) + ") are set apart.";
  return text;
}

}  // namespace

void check_request(const std::string& path, int width, int height, const std::string& colormap) {
  picture_format(path);
  check_extents(width, height);
  Colormap(colormap, true);
}

void draw(const HeatMap& map, const std::string& path, int width, int height,
          const std::string& colormap_name) {
  const bool extents_fit = map.rows >= 0 && map.columns >= 0 && map.full_rows >= 0 && map.full_columns >= 0;
  if (!extents_fit || map.cells.size() != std::size_t(map.rows) * std::size_t(map.columns))
    throw Error(ErrorKind::kUsage, path + ": heat map: expected " + std::to_string(map.rows) + " x " +
                                       std::to_string(map.columns) + " cells, found " +
                                       std::to_string(map.cells.size()));
  const Colormap colormap(colormap_name, map.diverging);
  const ValueRange range = value_range(map.cells, colormap.diverging(), map.limit);
  Canvas canvas(path, width, height);
  cairo_t* cr = canvas.context();
  const HeatMapLayout page = lay_out(cr, map, range, width, height, canvas.style());
  draw_title(cr, page, width, canvas.style());
  map.cells.empty() ? draw_empty(cr, map, page.plot, canvas.style())
                    : draw_cells(canvas, {map.cells, map.rows, map.columns}, colormap, range, page.plot);
  draw_frame(cr, page.plot, canvas.style());
  draw_bottom_axis(cr, page.bottom, page.plot, canvas.style());
  draw_left_axis(cr, page.left, page.plot, canvas.style());
  draw_colorbar(cr, page.bar, colormap, range, page.bar_x, page.bar_top, page.bar_bottom, canvas.style());
  canvas.save(map.title.empty() ? "Heat map" : map.title, described(map, range, colormap));
}

}  // namespace sluice::picture
