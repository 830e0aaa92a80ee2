// Tick labels are as long as they are: an axis whose title is longer than the plot has it shortened, never
// cut.
#include "host/picture/axes.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>

#include "host/picture/text.h"

namespace sluice::picture {
namespace {

constexpr double kMinor = 0.55;  // length of small ticks, of a tick's
const double kQuarterTurn = std::acos(-1.0) / 2;

void line(cairo_t* cr, double x0, double y0, double x1, double y1, const Style& style) {
  cairo_move_to(cr, x0, y0);
  cairo_line_to(cr, x1, y1);
  cairo_set_line_width(cr, style.stroke);
  cairo_stroke(cr);
}

std::string fitted(cairo_t* cr, const std::string& label, double size, double length) {
  const std::vector<std::string> lines = fit_text(cr, label, size, length, 1);
  return lines.empty() ? std::string() : lines.front();
}

}  // namespace

void ink(cairo_t* cr) {
  cairo_set_source_rgb(cr, 0.13, 0.13, 0.13);
}

double widest(cairo_t* cr, const std::vector<AxisTick>& ticks, double size) {
  double width = 0;
  for (const AxisTick& tick : ticks) width = std::max(width, text_width(cr, tick.label, size));
  return width;
}

double room_below(const Axis& axis, const Style& style) {
  double room = style.stroke;
  if (!axis.ticks.empty()) room += style.tick + style.gap + (kCapHeight + kDescent) * style.small;
  if (!axis.label.empty()) room += style.gap + (kCapHeight + kDescent) * style.font;
  return room;
}

double room_left(cairo_t* cr, const Axis& axis, const Style& style) {
  double room = style.stroke;
  if (!axis.ticks.empty()) room += style.tick + style.gap + widest(cr, axis.ticks, style.small);
  if (!axis.label.empty()) room += 1.5 * style.gap + (kCapHeight + kDescent) * style.font;
  return room;
}

void draw_frame(cairo_t* cr, const Box& plot, const Style& style) {
  ink(cr);
  const double half = style.stroke / 2;  // outside: the frame covers no cell
  cairo_rectangle(cr, plot.x - half, plot.y - half, plot.width + style.stroke, plot.height + style.stroke);
  cairo_set_line_width(cr, style.stroke);
  cairo_stroke(cr);
}

void draw_bottom_axis(cairo_t* cr, const Axis& axis, const Box& plot, const Style& style) {
  ink(cr);
  const double top = plot.bottom() + style.stroke;
  double baseline = top + style.tick + style.gap + kCapHeight * style.small;
  for (const double at : axis.minor)
    line(cr, plot.x + at * plot.width, top, plot.x + at * plot.width, top + kMinor * style.tick, style);
  for (const AxisTick& tick : axis.ticks) {
    const double x = plot.x + tick.at * plot.width;
    line(cr, x, top, x, top + style.tick, style);
    draw_text(cr, tick.label, style.small, x, baseline, Align::kCenter);
  }
  if (axis.ticks.empty()) baseline = top;
  baseline += kDescent * style.small + style.gap + kCapHeight * style.font;
  draw_text(cr, fitted(cr, axis.label, style.font, std::max(axis.label_room, plot.width)), style.font,
            plot.x + plot.width / 2, baseline, Align::kCenter);
}

void draw_left_axis(cairo_t* cr, const Axis& axis, const Box& plot, const Style& style) {
  ink(cr);
  const double right = plot.x - style.stroke;
  for (const double at : axis.minor)
    line(cr, right - kMinor * style.tick, plot.y + at * plot.height, right, plot.y + at * plot.height, style);
  for (const AxisTick& tick : axis.ticks) {
    const double y = plot.y + tick.at * plot.height;
    line(cr, right - style.tick, y, right, y, style);
    draw_text(cr, tick.label, style.small, right - style.tick - style.gap, y + kCapHeight * style.small / 2,
              Align::kRight);
  }
  const double x = plot.x - room_left(cr, axis, style) + kCapHeight * style.font;
  draw_text(cr, fitted(cr, axis.label, style.font, std::max(axis.label_room, plot.height)), style.font, x,
            plot.y + plot.height / 2, Align::kCenter, -kQuarterTurn);
}

}  // namespace sluice::picture
