// Axes of a plot: frame, ticks outside, their labels, a title for each axis. The room that they need is
// measured first (room_below, room_left), so that the plot can be placed and nothing is cut.
#pragma once
#include <string>
#include <vector>

#include "host/picture/layout.h"

typedef struct _cairo cairo_t;

namespace sluice::picture {

struct AxisTick {
  double at = 0;  // 0: left or top end of the axis, 1: right or bottom end
  std::string label;
};

struct Axis {
  std::vector<AxisTick> ticks;
  std::vector<double> minor;  // places of small ticks without a label
  std::string label;
  double label_room = 0;  // how long the label may be; 0: as long as the plot
};

/// The width of the widest tick label.
double widest(cairo_t* cr, const std::vector<AxisTick>& ticks, double size);
/// Room that an axis needs beside the plot: below it, or to its left.
double room_below(const Axis& axis, const Style& style);
double room_left(cairo_t* cr, const Axis& axis, const Style& style);

void draw_frame(cairo_t* cr, const Box& plot, const Style& style);
void draw_bottom_axis(cairo_t* cr, const Axis& axis, const Box& plot, const Style& style);
void draw_left_axis(cairo_t* cr, const Axis& axis, const Box& plot, const Style& style);

void ink(cairo_t* cr);  // the colour of text and lines

}  // namespace sluice::picture
