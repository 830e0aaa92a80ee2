// An interactive page: one HTML file that needs nothing beside it and no network, with layers of data that a
// reader moves, enlarges and points at. This is the data alone; write_page() puts the shell around it.
#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "host/picture/colormap.h"
#include "host/picture/scale.h"

namespace sluice::page {

constexpr double kFromData = std::numeric_limits<double>::quiet_NaN();

/// One number a mark; empty where there are none. float where its 24 bits are enough: half the size.
using Numbers = std::variant<std::vector<float>, std::vector<double>>;
std::size_t size_of(const Numbers& numbers);

/// Coordinates are offsets from an origin: value = origin + offset, of times origin_ns + seconds. So float
/// serves numbers far from 0, and double times to the nanosecond. A logarithmic axis has no origin.
struct Axis {
  std::string label, unit;
  picture::ScaleKind scale = picture::ScaleKind::kLinear;
  double origin = 0;
  std::int64_t origin_ns = 0;                // of times: nanoseconds since 1970-01-01 UTC
  bool utc = true;                           // of times: false where their zone is not known
  bool reversed = false;                     // values grow to the left, or downwards as a matrix's rows
  double low = kFromData, high = kFromData;  // offsets; what is shown at first
  std::vector<std::pair<double, std::string>> ticks = {};  // lanes with names, at offsets: no numbers then
};

/// The colours of values. Ends that are not given are those of picture::value_range().
struct ColorRule {
  std::string label, colormap = "auto";
  bool diverging = false;  // centred on 0
  bool log = false;        // values that are not positive count as missing
  bool blank = false;      // cells that are missing stay blank, as they do on a logarithmic scale
  double low = kFromData, high = kFromData;
};

struct ColoredValues {
  Numbers data;
  ColorRule rule = {};
};

struct Categories {
  std::string label;
  std::vector<std::uint32_t> data;  // indices of names, one a point
  std::vector<std::string> names;   // any text
};

struct Column {  // what a reader sees besides when pointing at a mark
  std::string name;
  Numbers data;
};

/// Lengths of error bars to either side, or one for both (`above` empty). NaN: none.
struct ErrorBars {
  Numbers below, above;
};

struct Points {
  std::string name;  // its button in the key; none where empty
  Numbers x, y;
  std::optional<ColoredValues> values;
  std::optional<Categories> categories;  // not beside values
  Numbers sizes;                         // areas of the marks, 1 as usual
  std::string size_label;
  std::vector<std::string> labels;  // headings when pointed at; drawn where there is room
  std::vector<Column> columns;
  ErrorBars x_errors, y_errors;
  std::optional<picture::Rgb> color = std::nullopt;
  double size = 1;
  double from_zoom = 0;  // shown from this magnification on: a sample behind a density
};

struct Lines {
  std::string name;
  Numbers x, y;       // NaN breaks the line
  bool bars = false;  // two vertices a bar, its ends at its height: filled down to 0
  std::optional<picture::Rgb> color = std::nullopt;
  double width = 1.5;
  std::string said = {};  // of it in the key and the summary, in place of how many vertices it has
};

/// Segments between points, such as the edges of a graph.
struct Segments {
  std::string name;
  std::size_t points = 0;            // the layer of Points, an earlier or later one
  std::vector<std::uint32_t> pairs;  // two indices of points a segment
  double opacity = 0.4;
  std::optional<picture::Rgb> color = std::nullopt;
};

/// Cells of equal size on the page, from (x_low, y_low) to (x_high, y_high) in offsets.
struct Cells {
  std::string name;
  std::vector<float> data;  // rows x columns, row-major, row 0 at y_low
  std::int64_t rows = 0, columns = 0;
  double x_low = 0, x_high = 1, y_low = 0, y_high = 1;
  ColorRule rule = {};
};

using Layer = std::variant<Points, Lines, Segments, Cells>;

struct Page {
  std::string title, description;
  std::string note;    // stands under the picture: what was left out, how much was read
  bool axes = true;    // none for layouts
  bool equal = false;  // one unit is as long along both axes
  Axis x, y;
  std::vector<Layer> layers;  // drawn in this order
};

/// Through `path`.partial and a rename. Memory beyond the page's own: 1 MiB, and 8 bytes a value whose
/// colours need their range. Error{kUsage}: lengths that differ, indices out of range, an axis that makes no
/// sense. Error{kOutput}: cannot be written.
void write_page(const Page& page, const std::string& path);

}  // namespace sluice::page
