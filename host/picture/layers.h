// Drawing of a panel's layers into its plot. Nothing is drawn outside of the plot.
#pragma once
#include <vector>

#include "host/picture/canvas.h"
#include "host/picture/panel.h"
#include "host/picture/polyline.h"

namespace sluice::picture {

/// Where values lie on the page.
struct PlotArea {
  Box box;
  PanelScales scales;
  /// NaN where a value has no place (Scale::fraction).
  Point at(double x, double y) const {
    return {box.x + scales.x.fraction(x) * box.width, box.bottom() - scales.y.fraction(y) * box.height};
  }
};

/// Radius of a mark of size 1; smaller where there are many or the plot is small.
double mark_radius(std::size_t points, const Box& plot, const Style& style);
double line_width(const Style& style);

/// as_image: marks and lines become an image inside an SVG or PDF.
void draw_layers(Canvas& canvas, const Panel& panel, const PlotArea& area,
                 const std::vector<SeriesStyle>& styles, const std::optional<ColorKey>& key,
                 const Style& style, bool as_image);

/// Dashes of reference lines.
void set_dashes(cairo_t* cr, const Style& style);

/// Vertices of a line, and of a histogram's outline, on the page; more than these are thinned to what can be
/// seen.
constexpr std::size_t kMostVertices = 2000;
std::vector<Point> line_points(const LineLayer& line, const PlotArea& area);
std::vector<Point> bar_points(const HistogramLayer& histogram, const PlotArea& area);

/// Points, and vertices of lines, bars and error bars.
std::int64_t marks_of(const Panel& panel, const PlotArea& area);

}  // namespace sluice::picture
