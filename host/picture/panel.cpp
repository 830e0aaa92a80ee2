#include "host/picture/panel.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "host/error.h"
#include "host/picture/ticks.h"

namespace sluice::picture {
namespace {

void expect(std::size_t expected, std::size_t found, const char* what) {
  if (expected == found) return;
  throw Error(ErrorKind::kUsage, std::string(what) + ": expected " + std::to_string(expected) + ", found " +
                                     std::to_string(found));
}

void check_errors(const ErrorBars& errors, std::size_t n) {
  if (!errors.below.empty()) expect(n, errors.below.size(), "error bars of a scatter layer");
  if (!errors.above.empty()) {
    expect(n, errors.above.size(), "error bars of a scatter layer");
    expect(n, errors.below.size(), "error bars of a scatter layer");
  }
}

void check(const LineLayer& line) {
  expect(line.x.size(), line.y.size(), "y values of a line layer");
}

void check(const ScatterLayer& points) {
  const std::size_t n = points.x.size();
  expect(n, points.y.size(), "y values of a scatter layer");
  if (!points.sizes.empty()) expect(n, points.sizes.size(), "sizes of a scatter layer");
  if (!points.values.empty()) expect(n, points.values.size(), "colour values of a scatter layer");
  check_errors(points.x_errors, n);
  check_errors(points.y_errors, n);
}

void check(const HistogramLayer& histogram) {
  const std::vector<double>& edges = histogram.edges;
  expect(histogram.heights.size() + 1, edges.size(), "edges of a histogram layer");
  for (std::size_t i = 0; i < edges.size(); ++i)
    if (!std::isfinite(edges[i]) || (i > 0 && !(edges[i - 1] < edges[i])))
      throw Error(ErrorKind::kUsage, "edges of a histogram layer: expected finite ones that ascend, found " +
                                         short_number(edges[i]) + " as number " + std::to_string(i));
}

void check(const ImageLayer& image) {
  const bool extents_fit =
      image.rows >= 0 && image.columns >= 0 && image.rows < 1LL << 31 && image.columns < 1LL << 31;
  expect(extents_fit ? std::size_t(image.rows) * std::size_t(image.columns) : 0, image.cells.size(),
         "cells of an image layer");
  const auto ordered = [](double low, double high, const char* which) {
    if (std::isfinite(low) && std::isfinite(high) && low < high) return;
    throw Error(ErrorKind::kUsage, std::string("ends of an image layer along ") + which +
                                       ": expected low < high, found " + short_number(low) + " and " +
                                       short_number(high));
  };
  ordered(image.x_low, image.x_high, "x"), ordered(image.y_low, image.y_high, "y");
}

void check(const ReferenceLine&) {}

/// The values of a layer along one axis.
struct Reach {
  DataRange& range;
  bool along_x;
  bool log;

  void point_with_errors(double at, const ErrorBars& errors, std::size_t i) {
    range.add(at);
    if (errors.below.empty()) return;
    const double below = errors.below[i], above = errors.above.empty() ? below : errors.above[i];
    // On a logarithmic axis an end next to 0 would leave no room for the data; the bar is clipped.
    const bool next_to_zero = log && at - below < 1e-3 * at;
    if (std::isfinite(at - below) && !next_to_zero) range.add(at - below);
    if (std::isfinite(at + above)) range.add(at + above);
  }
  void operator()(const LineLayer& line) {
    const std::vector<double>& values = along_x ? line.x : line.y;
    range.add(values.data(), values.size());
  }
  void operator()(const ScatterLayer& points) {
    const std::vector<double>& values = along_x ? points.x : points.y;
    for (std::size_t i = 0; i < values.size(); ++i)
      point_with_errors(values[i], along_x ? points.x_errors : points.y_errors, i);
  }
  void operator()(const HistogramLayer& histogram) {
    const std::vector<double>& values = along_x ? histogram.edges : histogram.heights;
    range.add(values.data(), values.size());
    if (!along_x && !values.empty()) range.add(0);
  }
  void operator()(const ImageLayer& image) {
    range.add(along_x ? image.x_low : image.y_low);
    range.add(along_x ? image.x_high : image.y_high);
  }
  void operator()(const ReferenceLine& line) {
    if (line.vertical == along_x) range.add(line.at);
  }
};

template <class T>
bool holds(const Panel& panel) {
  return std::any_of(panel.layers.begin(), panel.layers.end(),
                     [](const Layer& layer) { return std::holds_alternative<T>(layer); });
}

Scale axis_scale(const Panel& panel, bool along_x) {
  const AxisSpec& spec = along_x ? panel.x : panel.y;
  DataRange data;
  for (const Layer& layer : panel.layers)
    std::visit(Reach{data, along_x, spec.scale == ScaleKind::kLog}, layer);
  const double padding = holds<ImageLayer>(panel) ? 0 : 0.04;
  const Scale around = Scale::around(spec.scale, data, padding, spec.origin);
  double low = around.low(), high = around.high();
  if (!along_x && holds<HistogramLayer>(panel) && spec.scale == ScaleKind::kLinear && data.finite > 0) {
    if (data.low == 0) low = 0;  // bars stand on the axis
    if (data.high == 0 && data.low < 0) high = 0;
  }
  const bool low_given = !std::isnan(spec.low), high_given = !std::isnan(spec.high);
  if (low_given) low = spec.low;
  if (high_given) high = spec.high;
  if (low >= high && low_given != high_given) {  // all data lie on the other side of the limit given
    const double room = std::max(1.0, std::abs(low_given ? low : high) / 10);
    if (low_given)
      high = spec.scale == ScaleKind::kLog ? low * 10 : low + room;
    else
      low = spec.scale == ScaleKind::kLog ? high / 10 : high - room;
  }
  return Scale(spec.scale, low, high, spec.origin, spec.reversed);
}

ColorKey key_of(const ImageLayer& image) {
  ColorKey key{Colormap(image.colormap, image.diverging), {}, image.bar_label, image.log_colors, false};
  if (image.log_colors) {
    DataRange data;
    for (const double cell : image.cells)
      if (cell > 0) data.add(std::log10(cell));
    const Scale scale = Scale::around(ScaleKind::kLinear, data, 0);
    key.range.low = scale.low(), key.range.high = scale.high();
    if (data.low == data.high) key.range.low = data.low, key.range.high = data.low + 1;
    key.range.smallest = data.low, key.range.largest = data.high;
    key.range.finite = std::int64_t(data.finite);
    key.colormap.set_missing({255, 255, 255});
  } else {
    key.range = value_range(image.cells, key.colormap.diverging(), image.limit);
    key.legend = key.range.missing > 0 && !image.blank_missing;
    if (image.blank_missing) key.colormap.set_missing({255, 255, 255});
  }
  return key;
}

}  // namespace

void check_panel(const Panel& panel) {
  int keys = 0;
  for (const Layer& layer : panel.layers) {
    std::visit([](const auto& any) { check(any); }, layer);
    const auto* points = std::get_if<ScatterLayer>(&layer);
    const auto* image = std::get_if<ImageLayer>(&layer);
    if (image && ((panel.x.scale == ScaleKind::kLog && image->x_low <= 0) ||
                  (panel.y.scale == ScaleKind::kLog && image->y_low <= 0)))
      throw Error(ErrorKind::kUsage,
                  "an image layer on a logarithmic axis: expected it to begin above 0, found " +
                      short_number(panel.x.scale == ScaleKind::kLog && image->x_low <= 0 ? image->x_low
                                                                                         : image->y_low));
    keys += image || (points && !points->values.empty());
  }
  if (keys > 1)
    throw Error(ErrorKind::kUsage,
                "layers with a colour bar: expected at most one in a panel, found " + std::to_string(keys));
}

PanelScales panel_scales(const Panel& panel) {
  return {axis_scale(panel, true), axis_scale(panel, false)};
}

std::vector<SeriesStyle> series_styles(const Panel& panel) {
  std::vector<SeriesStyle> styles;
  std::size_t next = 0;
  for (const Layer& layer : panel.layers) {
    SeriesStyle style{{90, 90, 90}};
    const auto categorised = [&](const std::optional<Rgb>& color) {
      style.marker = category_marker(next);
      style.color = color ? *color : category_color(next);
      ++next;
    };
    if (const auto* line = std::get_if<LineLayer>(&layer)) categorised(line->color);
    if (const auto* histogram = std::get_if<HistogramLayer>(&layer)) categorised(histogram->color);
    if (const auto* points = std::get_if<ScatterLayer>(&layer)) {
      if (points->values.empty()) categorised(points->color);
      if (points->marker) style.marker = *points->marker;
    }
    styles.push_back(style);
  }
  return styles;
}

std::optional<ColorKey> color_key(const Panel& panel) {
  for (const Layer& layer : panel.layers) {
    if (const auto* image = std::get_if<ImageLayer>(&layer)) return key_of(*image);
    const auto* points = std::get_if<ScatterLayer>(&layer);
    if (!points || points->values.empty()) continue;
    ColorKey key{Colormap("viridis", false), value_range(points->values, false, 0), points->values_label};
    key.legend = key.range.missing > 0;
    return key;
  }
  return std::nullopt;
}

Unseen unseen_points(const Layer& layer, const PanelScales& scales) {
  Unseen unseen;
  const std::vector<double> none;
  const auto count = [&](const std::vector<double>& xs, const std::vector<double>& ys,
                         const std::vector<double>& sizes) {
    for (std::size_t i = 0; i < xs.size(); ++i) {
      const double x = scales.x.fraction(xs[i]), y = scales.y.fraction(ys[i]);
      if (std::isnan(x) || std::isnan(y) || (!sizes.empty() && !(sizes[i] > 0)))
        ++unseen.placeless;
      else if (x < 0 || x > 1 || y < 0 || y > 1)
        ++unseen.outside;
    }
  };
  if (const auto* line = std::get_if<LineLayer>(&layer)) count(line->x, line->y, none);
  if (const auto* points = std::get_if<ScatterLayer>(&layer)) count(points->x, points->y, points->sizes);
  return unseen;
}

}  // namespace sluice::picture
