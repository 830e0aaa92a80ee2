// The bar is a gradient of Cairo (vectors in SVG and PDF). Arrows take their length from the bar, so that its
// outer ends line up with the plot.
#include "host/picture/colorbar.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>

#include "host/picture/marker.h"
#include "host/picture/text.h"

namespace sluice::picture {
namespace {

double bar_width(const Style& style) {
  return 1.1 * style.font;
}
double arrow(const Style& style) {
  return 1.0 * style.font;
}
double line_height(const Style& style) {
  return (kCapHeight + kDescent) * style.small;
}

/// What stands above the bar: "×10^-7", "+ 20000".
std::string power(const ColorBar& bar) {
  std::string text = bar.ticks.exponent == 0 ? "" : "\u00d710^" + std::to_string(bar.ticks.exponent);
  const std::string& offset = bar.ticks.offset;
  if (offset.empty()) return text;
  const bool negative = offset.rfind("\u2212", 0) == 0;
  return text + (text.empty() ? "" : " ") + (negative ? offset : "+ " + offset);
}

double widest_label(cairo_t* cr, const ColorBar& bar, const Style& style) {
  double width = 0;
  for (const Tick& tick : bar.ticks.ticks) width = std::max(width, text_width(cr, tick.label, style.small));
  return width;
}

void outline(cairo_t* cr, double x, double top, double bottom, bool above, bool below, const Style& style) {
  const double width = bar_width(style), tip = arrow(style);
  cairo_new_path(cr);
  cairo_move_to(cr, x, above ? top + tip : top);
  if (above) cairo_line_to(cr, x + width / 2, top);
  cairo_line_to(cr, x + width, above ? top + tip : top);
  cairo_line_to(cr, x + width, below ? bottom - tip : bottom);
  if (below) cairo_line_to(cr, x + width / 2, bottom);
  cairo_line_to(cr, x, below ? bottom - tip : bottom);
  cairo_close_path(cr);
}

cairo_pattern_t* gradient(const Colormap& colormap, double top, double bottom) {
  cairo_pattern_t* pattern = cairo_pattern_create_linear(0, bottom, 0, top);
  constexpr int stops = 64;
  for (int i = 0; i <= stops; ++i) {
    const double t = double(i) / stops;
    const Rgb c = colormap.at(t);
    cairo_pattern_add_color_stop_rgb(pattern, t, c.red / 255.0, c.green / 255.0, c.blue / 255.0);
  }
  return pattern;  // beyond its ends a gradient goes on in the end colours: the arrows
}

void draw_legend(cairo_t* cr, const Colormap& colormap, double x, double top, const Style& style) {
  const double side = kCapHeight * style.small * 1.15;
  cairo_rectangle(cr, x, top, side, side);
  set_color(cr, colormap.missing());
  cairo_fill_preserve(cr);
  ink(cr);
  cairo_set_line_width(cr, style.stroke);
  cairo_stroke(cr);
  draw_text(cr, "NaN", style.small, x + side + style.gap, top + side / 2 + kCapHeight * style.small / 2,
            Align::kLeft);
}

}  // namespace

Ticks bar_ticks(const ValueRange& range, double height, const Style& style) {
  const int at_most = std::clamp(int(height / (2.4 * style.small)), 2, 11);
  return value_ticks(range.low, range.high, at_most);
}

double bar_room(cairo_t* cr, const ColorBar& bar, const Style& style) {
  double room = 0;
  if (bar.shown) {
    room = bar_width(style) + style.tick + style.gap + widest_label(cr, bar, style);
    room = std::max(room, text_width(cr, power(bar), style.small));
    if (!bar.label.empty()) room += style.gap * 1.5 + (kCapHeight + kDescent) * style.font;
  }
  if (bar.legend)
    room = std::max(room, kCapHeight * style.small * 1.15 + style.gap + text_width(cr, "NaN", style.small));
  return room + style.stroke;
}

double bar_room_above(const ColorBar& bar, const Style& style) {
  if (!bar.shown) return 0;
  return power(bar).empty() ? kCapHeight * style.small / 2 : style.gap + 1.2 * line_height(style);
}

double bar_room_below(const ColorBar& bar, const Style& style) {
  if (bar.legend) return style.tick + style.gap + line_height(style);
  return bar.shown ? kCapHeight * style.small / 2 : 0;
}

void draw_colorbar(cairo_t* cr, const ColorBar& bar, const Colormap& colormap, const ValueRange& range,
                   double x, double top, double bottom, const Style& style) {
  if (bar.legend) draw_legend(cr, colormap, x, bar.shown ? bottom + style.tick + style.gap : top, style);
  if (!bar.shown) return;
  const bool above = range.beyond_high > 0, below = range.beyond_low > 0;
  const double high = above ? top + arrow(style) : top, low = below ? bottom - arrow(style) : bottom;
  outline(cr, x, top, bottom, above, below, style);
  cairo_pattern_t* pattern = gradient(colormap, high, low);
  cairo_set_source(cr, pattern);
  cairo_fill_preserve(cr);
  cairo_pattern_destroy(pattern);
  ink(cr);
  cairo_set_line_width(cr, style.stroke);
  cairo_stroke(cr);

  const double edge = x + bar_width(style) + style.stroke / 2;
  const double labels = widest_label(cr, bar, style);  // right-aligned: decimals line up
  for (const Tick& tick : bar.ticks.ticks) {
    const double y = low + fraction_of(range, tick.at) * (high - low);
    cairo_move_to(cr, edge, y);
    cairo_line_to(cr, edge + style.tick, y);
    cairo_stroke(cr);
    draw_text(cr, tick.label, style.small, edge + style.tick + style.gap + labels,
              y + kCapHeight * style.small / 2, Align::kRight);
  }
  draw_text(cr, power(bar), style.small, x, top - style.gap - kDescent * style.small, Align::kLeft);
  if (bar.label.empty()) return;
  const std::vector<std::string> label = fit_text(cr, bar.label, style.font, bottom - top, 1);
  const double baseline = edge + style.tick + style.gap + labels + 1.5 * style.gap + kCapHeight * style.font;
  if (!label.empty())
    draw_text(cr, label.front(), style.font, baseline, (top + bottom) / 2, Align::kCenter,
              -std::acos(-1.0) / 2);
}

}  // namespace sluice::picture
