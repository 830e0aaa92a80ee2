// Where everything on a sheet goes: title, panels, caption. Plots in one row or column line up.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/picture/layers.h"
#include "host/picture/legend.h"
#include "host/picture/panel_layout.h"

namespace sluice::picture {

constexpr double kTextLine = 1.35;  // height of a line of text, of its size

/// A panel with its place. It points to the figure's.
struct PlacedPanel {
  const Panel* panel;
  PanelScales scales;
  std::optional<ColorKey> key;
  std::vector<SeriesStyle> styles;
  Box place;
  Legend beside;  // a legend for beside the plot, where inside it hid too much
  PanelPage page;
  PlotArea area() const { return {page.plot, scales}; }
};

struct Sheet {
  std::vector<std::string> title, caption;  // lines
  Box box;                                  // of the panels
  Style style;                              // of the panels: smaller where they are many
  std::vector<PlacedPanel> panels;
};

Sheet lay_out(cairo_t* cr, const Figure& figure, double width, double height, const Style& page);

/// The legend where it hides least inside the plot.
Legend legend_inside(cairo_t* cr, const PlacedPanel& placed, const Style& style);

}  // namespace sluice::picture
