// Where the parts of a heat map go on its page. Room for text is measured before the plot gets the rest; on a
// small page labels are left out, in a fixed order, rather than letting anything overlap.
#pragma once
#include <string>
#include <vector>

#include "host/picture/axes.h"
#include "host/picture/colorbar.h"
#include "host/picture/heatmap.h"

namespace sluice::picture {

struct HeatMapLayout {
  Box plot;  // whole pixels
  Axis bottom, left;
  ColorBar bar;
  double bar_x = 0, bar_top = 0, bar_bottom = 0;
  std::vector<std::string> title;  // lines
  double title_y = 0;              // top of the first
};

constexpr double kTitleLine = 1.35;  // of the size of the title

/// Square matrices come out square; others keep their shape up to 4 to 1.
HeatMapLayout lay_out(cairo_t* cr, const HeatMap& map, const ValueRange& range, double width, double height,
                      const Style& style);

}  // namespace sluice::picture
