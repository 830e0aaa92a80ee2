#include "host/layout/page_of_graphs.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/layout/draw_graph.h"
#include "host/picture/axes.h"
#include "host/picture/colorbar.h"
#include "host/picture/marker.h"
#include "host/picture/sheet.h"
#include "host/picture/text.h"

namespace sluice::layout {
namespace {

using picture::Box;
using picture::Style;

constexpr double kBarHeight = 0.42;  // of the room for panels

struct DegreeKey {
  picture::Colormap colormap{"viridis", false};
  picture::ValueRange range;
  picture::ColorBar bar;
};

/// Degrees are whole numbers, so are the ticks.
std::vector<picture::Tick> degree_ticks(const Drawing& drawing) {
  std::vector<double> degrees;
  if (drawing.log) {
    for (double ten = 1; ten <= drawing.high; ten *= 10)
      for (const double step : {1.0, drawing.high > 3000 ? 1.0 : 3.0})
        if (degrees.empty() || step * ten > degrees.back()) degrees.push_back(step * ten);
  } else {
    const double step =
        double(picture::nice_step(std::max(1.0L, (long double)(drawing.high - drawing.low) / 5)));
    for (double d = std::ceil(drawing.low / step) * step; d <= drawing.high; d += step) degrees.push_back(d);
  }
  std::vector<picture::Tick> ticks;
  for (const double d : degrees)
    if (d >= drawing.low && d <= drawing.high)
      ticks.push_back({drawing.log ? std::log1p(d) : d, picture::short_number(d, 6)});
  return ticks;
}

std::optional<DegreeKey> degree_key(const Drawing& drawing) {
  if (drawing.color_by != ColorBy::kDegree) return {};
  DegreeKey key;
  key.range.low = drawing.log ? std::log1p(drawing.low) : drawing.low;
  key.range.high = drawing.log ? std::log1p(drawing.high) : drawing.high;
  key.range.finite = drawing.graph->vertices();
  key.bar.label = "degree";
  key.bar.ticks.ticks = degree_ticks(drawing);
  return key;
}

/// Columns that make the panels as large as can be.
int columns_for(int panels, const Box& box) {
  int best = 1;
  double largest = 0;
  for (int columns = 1; columns <= panels; ++columns) {
    const int rows = (panels + columns - 1) / columns;
    const double side = std::min(box.width / columns, box.height / rows);
    if (side > largest * 1.0001) largest = side, best = columns;
  }
  return best;
}

int draw_panels(cairo_t* cr, bool vector, const GraphPage& page, const Box& box, const Style& style) {
  const int n = int(page.panels.size());
  const int columns = columns_for(n, box), rows = (n + columns - 1) / columns;
  int images = 0;
  for (int k = 0; k < n; ++k) {
    const GraphPanel& panel = page.panels[std::size_t(k)];
    Box place{box.x + box.width / columns * (k % columns), box.y + box.height / rows * (k / columns),
              box.width / columns, box.height / rows};
    if (n > 1) {
      const double line = picture::kTextLine * style.small, baseline = place.bottom() - 0.35 * line;
      picture::choose_font(cr, panel.best);
      picture::ink(cr);
      for (const std::string& text :
           picture::fit_text(cr, picture::clean_text(panel.title), style.small, place.width - style.gap, 1))
        picture::draw_text(cr, text, style.small, place.x + place.width / 2, baseline,
                           picture::Align::kCenter);
      picture::choose_font(cr);
      place.height -= 1.4 * line;
      place = picture::grown(place, -0.4 * style.gap);
    }
    if (panel.best) {
      picture::set_color(cr, {0xd5, 0x5e, 0x00});
      cairo_set_line_width(cr, 2 * style.stroke);
      cairo_rectangle(cr, place.x, place.y, place.width, place.height);
      cairo_stroke(cr);
    }
    const Pen pen = pen_for(*page.drawing, place, panel.apart * std::min(place.width, place.height), style);
    images += draw_graph(cr, vector, *page.drawing, *panel.positions, View(panel.extent, place, pen.margin()),
                         pen, place);
  }
  return images;
}

}  // namespace

int draw_page(cairo_t* cr, bool vector, const GraphPage& page, double width, double height,
              const Style& style) {
  Box box{style.margin, style.margin, width - 2 * style.margin, height - 2 * style.margin};
  picture::ink(cr);
  picture::choose_font(cr, true);
  for (const std::string& line :
       picture::fit_text(cr, picture::clean_text(page.title), style.title, box.width, 1)) {
    picture::draw_text(cr, line, style.title, width / 2, box.y + picture::kCapHeight * style.title,
                       picture::Align::kCenter);
    box.y += picture::kTextLine * style.title, box.height -= picture::kTextLine * style.title;
  }
  picture::choose_font(cr);
  const std::vector<std::string> caption =
      page.caption.empty()
          ? std::vector<std::string>()
          : picture::fit_text(cr, picture::clean_text(page.caption), style.small, box.width, 2);
  const double line = picture::kTextLine * style.small;
  box.height -= double(caption.size()) * line + (caption.empty() ? 0 : style.gap);
  double baseline =
      height - style.margin - picture::kDescent * style.small - line * (double(caption.size()) - 1);
  for (const std::string& text : caption) {
    picture::draw_text(cr, text, style.small, style.margin, baseline, picture::Align::kLeft);
    baseline += line;
  }
  if (const auto key = degree_key(*page.drawing)) {
    const double room = picture::bar_room(cr, key->bar, style);
    const double top = box.y + picture::bar_room_above(key->bar, style);
    picture::draw_colorbar(cr, key->bar, key->colormap, key->range, box.right() - room + style.gap, top,
                           top + kBarHeight * box.height, style);
    box.width -= room + style.gap;
  }
  return draw_panels(cr, vector, page, box, style);
}

}  // namespace sluice::layout
