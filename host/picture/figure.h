// A figure: a sheet of panels, each with two axes and layers of data, as PNG, SVG or PDF (by the extension).
// This is the data alone; draw() decides where everything goes.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "host/picture/colormap.h"
#include "host/picture/marker.h"
#include "host/picture/scale.h"

namespace sluice::picture {

/// A layer with a name has an entry in the legend; one without a colour takes the next of the categories.
/// NaN breaks a line; a point without a place on its axes is not drawn, and the description counts it.

struct LineLayer {
  std::string name;
  std::vector<double> x, y;
  std::optional<Rgb> color;
};

/// Lengths of error bars to either side, or one for both (`above` empty). NaN: none.
struct ErrorBars {
  std::vector<double> below, above;
};

struct ScatterLayer {
  std::string name;
  std::vector<double> x, y;
  std::optional<Rgb> color;
  std::optional<Marker> marker;
  double size = 1;             // of the marks, 1: as the page suggests
  std::vector<double> sizes;   // one a point, times `size`; or none
  std::vector<double> values;  // one a point, coloured by viridis with a colour bar; or none
  std::string values_label;
  ErrorBars x_errors, y_errors;
};

struct HistogramLayer {
  std::string name;
  std::vector<double> edges;    // ascending
  std::vector<double> heights;  // one fewer
  std::optional<Rgb> color;
};

/// Cells of equal size on the page, from (x_low, y_low) to (x_high, y_high) of the axes.
struct ImageLayer {
  std::vector<double> cells;  // rows x columns, row-major, row 0 at y_low; NaN cells are grey
  std::int64_t rows = 0, columns = 0;
  double x_low = 0, x_high = 1, y_low = 0, y_high = 1;
  std::string colormap = "auto", bar_label;
  bool diverging = false;      // centred on 0
  double limit = 0;            // diverging: half-range; 0: the 99.9th percentile of |cells|
  bool log_colors = false;     // cells that are not positive stay white
  bool blank_missing = false;  // NaN cells stay white too, and no key names them
};

struct ReferenceLine {
  std::string name;
  double at = 0;
  bool vertical = false;
};

using Layer = std::variant<LineLayer, ScatterLayer, HistogramLayer, ImageLayer, ReferenceLine>;

struct AxisSpec {
  std::string label, unit;
  ScaleKind scale = ScaleKind::kLinear;
  std::int64_t origin = 0;  // of times, in seconds since 1970-01-01 UTC (TimeValues)
  bool utc = true;          // of times: false where their zone is not known
  bool reversed = false;    // values grow to the left, or downwards as a matrix's rows
  double low = std::numeric_limits<double>::quiet_NaN();  // NaN: from the data
  double high = low;
  std::vector<std::string> names =
      {};  // of kIndex, upwards: in place of the numbers 1, 2, ..., where they fit
};

struct Panel {
  std::string title;
  AxisSpec x, y;
  std::vector<Layer> layers;  // drawn in this order
  double aspect = 0;          // width over height of the plot; 0: as its place is
  std::string empty;          // stands in a plot without layers
};

struct Figure {
  std::string title, caption, description;  // description: SVG <desc>, PNG text
  std::string kind = "Figure";              // what the description calls it
  int rows = 1, columns = 1;                // of the sheet
  std::vector<Panel> panels;                // row by row; places left over stay empty
};

/// In an SVG or PDF with more marks than this (points and vertices of lines) the marks become an image.
constexpr std::int64_t kMostMarks = 50000;

/// Error{kUsage}: lengths that do not match, more panels than places, two colour bars in a panel, and what
/// Canvas refuses. Error{kOutput}: cannot be written.
void draw(const Figure& figure, const std::string& path, int width, int height);

}  // namespace sluice::picture
