#include "host/picture/marker.h"

#include <cairo.h>

#include <cmath>

namespace sluice::picture {

Rgb category_color(std::size_t i) {
  static constexpr Rgb colors[] = {
      {0, 114, 178},    // blue
      {213, 94, 0},     // vermilion
      {0, 158, 115},    // bluish green
      {204, 121, 167},  // reddish purple
      {230, 159, 0},    // orange
      {86, 180, 233},   // sky blue
      {0, 0, 0},        // black
      {240, 228, 66},   // yellow: last, as it is faint on white
  };
  return colors[i % 8];
}

Marker category_marker(std::size_t i) {
  static constexpr Marker markers[] = {Marker::kCircle, Marker::kSquare, Marker::kTriangle, Marker::kDiamond,
                                       Marker::kCross};
  return markers[i % 5];
}

void draw_marker(cairo_t* cr, Marker marker, double x, double y, double radius, double stroke) {
  static const double full_turn = 2 * std::acos(-1.0);
  cairo_new_path(cr);
  if (marker == Marker::kCircle) {
    cairo_arc(cr, x, y, radius, 0, full_turn);
  } else if (marker == Marker::kSquare) {
    const double half = 0.886 * radius;  // the area of the circle
    cairo_rectangle(cr, x - half, y - half, 2 * half, 2 * half);
  } else if (marker == Marker::kTriangle) {
    const double tall = 1.35 * radius;  // from the centre to a corner
    cairo_move_to(cr, x, y - tall);
    cairo_line_to(cr, x + 0.866 * tall, y + tall / 2);
    cairo_line_to(cr, x - 0.866 * tall, y + tall / 2);
    cairo_close_path(cr);
  } else if (marker == Marker::kDiamond) {
    const double half = 1.253 * radius;
    cairo_move_to(cr, x, y - half);
    cairo_line_to(cr, x + half, y);
    cairo_line_to(cr, x, y + half);
    cairo_line_to(cr, x - half, y);
    cairo_close_path(cr);
  } else {
    const double half = 0.85 * radius;
    for (const double side : {-1.0, 1.0}) {
      cairo_move_to(cr, x - half, y - side * half);
      cairo_line_to(cr, x + half, y + side * half);
    }
    cairo_set_line_width(cr, stroke);
    cairo_stroke(cr);
    return;
  }
  cairo_fill(cr);
}

void set_color(cairo_t* cr, Rgb color, double opacity) {
  cairo_set_source_rgba(cr, color.red / 255.0, color.green / 255.0, color.blue / 255.0, opacity);
}

}  // namespace sluice::picture
