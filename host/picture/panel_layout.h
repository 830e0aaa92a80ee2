// Where the parts of a panel go in its place on the sheet. Room for text is measured first; in a small place
// labels are left out, in a fixed order, rather than letting anything overlap.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/picture/axes.h"
#include "host/picture/colorbar.h"
#include "host/picture/panel.h"

namespace sluice::picture {

/// Room around a plot, between it and the borders of its place.
struct Rooms {
  double left = 0, right = 0, above = 0, below = 0;
};

struct PanelPage {
  Box plot;  // whole pixels
  Axis bottom, left;
  std::vector<std::string> title;  // at most one line
  double title_y = 0;              // its top
  std::optional<ColorBar> bar;
  double bar_x = 0, bar_top = 0, bar_bottom = 0;
  double top = 0;       // of all that belongs to the panel
  double legend_x = 0;  // of a legend beside the plot; 0: there is no room
  Rooms rooms;
};

/// least: room to leave at least, so that the plots of a sheet line up. legend: width of one beside the plot,
/// or 0.
PanelPage lay_out_panel(cairo_t* cr, const Panel& panel, const PanelScales& scales,
                        const std::optional<ColorKey>& key, const Box& place, const Style& style,
                        const Rooms& least, double legend = 0);

/// "flux (×10^-7 Jy)", "time (UTC, 2024-03-05)".
std::string axis_title(const AxisSpec& spec, const ScaleTicks& ticks);

}  // namespace sluice::picture
