// A heat map is a figure of one panel with one layer of cells: figure.h draws it.
#include "host/picture/heatmap.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/picture/canvas.h"
#include "host/picture/colormap.h"
#include "host/picture/ticks.h"
#include "host/picture/value_range.h"

namespace sluice::picture {
namespace {

constexpr double kMostOblong = 4;

std::int64_t full_or(std::int64_t full, std::int64_t cells) {
  return full > 0 ? full : cells;
}

AxisSpec numbers(const std::string& label, std::int64_t count) {
  AxisSpec axis;
  axis.label = label;
  axis.scale = ScaleKind::kIndex;
  axis.low = -0.5;
  axis.high = count > 0 ? double(count) - 0.5 : -0.4;  // no number has a place
  return axis;
}

/// What the picture shows, for those who cannot see it.
std::string described(const HeatMap& map, std::int64_t rows, std::int64_t columns, const ValueRange& range,
                      const Colormap& colormap) {
  std::string text = map.description;
  if (!text.empty()) text += text.back() == '.' ? " " : ". ";
  text += "Heat map of " + std::to_string(rows) + " \u00d7 " + std::to_string(columns) + " entries";
  if (range.finite == 0) return text + ", none of them finite.";
  text += "; colours (" + colormap.name() + ") span " + short_number(range.low) + " to " +
          short_number(range.high) + ", values of cells " + short_number(range.smallest) + " to " +
          short_number(range.largest) + ".";
  if (range.missing > 0)
    text += " Cells without a value (" + std::to_string(range.missing) + ") are set apart.";
  return text;
}

}  // namespace

void check_request(const std::string& path, int width, int height, const std::string& colormap) {
  picture_format(path);
  check_extents(width, height);
  Colormap(colormap, true);
}

Figure figure_of(const HeatMap& map, const std::string& colormap_name) {
  const bool extents_fit = map.rows >= 0 && map.columns >= 0 && map.full_rows >= 0 && map.full_columns >= 0;
  if (!extents_fit || map.cells.size() != std::size_t(map.rows) * std::size_t(map.columns))
    throw Error(ErrorKind::kUsage, "heat map: expected " + std::to_string(map.rows) + " x " +
                                       std::to_string(map.columns) + " cells, found " +
                                       std::to_string(map.cells.size()));
  const std::int64_t rows = full_or(map.full_rows, map.rows),
                     columns = full_or(map.full_columns, map.columns);
  const Colormap colormap(colormap_name, map.diverging);
  Panel panel;
  panel.x = numbers(map.x_label, columns), panel.y = numbers(map.y_label, rows);
  panel.y.reversed = true;  // row 0 at the top, as matrices are written
  panel.aspect =
      rows > 0 && columns > 0 ? std::clamp(double(columns) / double(rows), 1 / kMostOblong, kMostOblong) : 1;
  if (map.cells.empty()) {
    panel.empty = "no entries: " + std::to_string(rows) + " \u00d7 " + std::to_string(columns);
  } else {
    ImageLayer image;
    image.cells = map.cells, image.rows = map.rows, image.columns = map.columns;
    image.x_low = image.y_low = -0.5;
    image.x_high = double(columns) - 0.5, image.y_high = double(rows) - 0.5;
    image.colormap = colormap_name, image.bar_label = map.bar_label;
    image.diverging = map.diverging, image.limit = map.limit;
    panel.layers.push_back(std::move(image));
  }
  Figure figure;
  figure.title = map.title;
  figure.kind = "Heat map";
  figure.description =
      described(map, rows, columns, value_range(map.cells, colormap.diverging(), map.limit), colormap);
  figure.panels = {std::move(panel)};
  return figure;
}

void draw(const HeatMap& map, const std::string& path, int width, int height, const std::string& colormap) {
  draw(figure_of(map, colormap), path, width, height);
}

}  // namespace sluice::picture
