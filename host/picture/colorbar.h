// The scale of colours beside a plot: a vertical bar with ticks, a title, arrows where values lie beyond its
// ends, and below it the colour of cells without a value.
#pragma once
#include <string>

#include "host/picture/axes.h"
#include "host/picture/colormap.h"
#include "host/picture/ticks.h"
#include "host/picture/value_range.h"

namespace sluice::picture {

struct ColorBar {
  std::string label;
  Ticks ticks;
  bool shown = true;    // false: no finite value, only the entry for missing cells
  bool legend = false;  // cells without a value exist
};

/// As many ticks as fit a bar of this height.
Ticks bar_ticks(const ValueRange& range, double height, const Style& style);

/// Room that the bar needs: in all to the right of a plot, and above and below the bar itself.
double bar_room(cairo_t* cr, const ColorBar& bar, const Style& style);
double bar_room_above(const ColorBar& bar, const Style& style);
double bar_room_below(const ColorBar& bar, const Style& style);

/// Draws with its left edge at `x`, from `top` to `bottom`.
void draw_colorbar(cairo_t* cr, const ColorBar& bar, const Colormap& colormap, const ValueRange& range,
                   double x, double top, double bottom, const Style& style);

}  // namespace sluice::picture
