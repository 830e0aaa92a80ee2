// The legend of a panel: inside its plot where it hides least of the data, or beside the plot where every
// place inside hides too much.
#pragma once
#include <string>
#include <vector>

#include "host/picture/layers.h"

namespace sluice::picture {

struct LegendEntry {
  enum class Kind { kLine, kMarks, kBars, kReference } kind = Kind::kLine;
  std::string name;
  SeriesStyle look;
};

struct Legend {
  std::vector<LegendEntry> entries;  // shortened to what fits
  Box box;                           // empty where there are no entries
  double hidden = 0;                 // part of the points that the box covers
};

/// Entries of the layers that have a name.
std::vector<LegendEntry> legend_entries(const Panel& panel, const std::vector<SeriesStyle>& styles);

/// Points that stand for what the layers draw, evenly taken from all of them.
std::vector<Point> covered_points(const Panel& panel, const PlotArea& area);

/// Above this part of the points hidden a legend belongs beside its plot.
constexpr double kMostHidden = 0.02;

/// At (0, 0), as wide as its names, but within these limits; empty where not even short names fit. Entries
/// that do not fit are replaced by one that counts them.
Legend size_legend(cairo_t* cr, std::vector<LegendEntry> entries, double most_width, double most_height,
                   const Style& style);

/// Of the corners, sides and the centre of the plot the first that hides the fewest points.
Legend place_legend(cairo_t* cr, std::vector<LegendEntry> entries, const std::vector<Point>& points,
                    const Box& plot, const Style& style);

void draw_legend(cairo_t* cr, const Legend& legend, const Style& style);

}  // namespace sluice::picture
