#include "host/page/figure_page.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstddef>

#include "host/picture/data_range.h"

namespace sluice::page {
namespace {

using picture::HistogramLayer;
using picture::ImageLayer;
using picture::LineLayer;
using picture::ReferenceLine;
using picture::ScaleKind;
using picture::ScatterLayer;

struct Extents {
  picture::DataRange x, y;
  std::size_t marks = 0;

  void add(const ScatterLayer& l) { add(l.x, l.y); }
  void add(const LineLayer& l) { add(l.x, l.y); }
  void add(const HistogramLayer& l) { add(l.edges, l.heights); }
  void add(const ImageLayer& l) {
    for (const double v : {l.x_low, l.x_high}) x.add(v);
    for (const double v : {l.y_low, l.y_high}) y.add(v);
  }
  void add(const ReferenceLine& l) { (l.vertical ? x : y).add(l.at); }

 private:
  void add(const std::vector<double>& xs, const std::vector<double>& ys) {
    x.add(xs.data(), xs.size()), y.add(ys.data(), ys.size());
    marks += xs.size();
  }
};

/// An axis with the values that are stored for it: offsets as float or double.
struct Coordinate {
  Axis axis;
  bool single = false;

  Coordinate(const picture::AxisSpec& spec, const picture::DataRange& range, bool many) {
    axis.label = spec.label, axis.unit = spec.unit, axis.scale = spec.scale, axis.reversed = spec.reversed,
    axis.utc = spec.utc;
    constexpr std::int64_t most = 9000000000;  // seconds that int64 holds as nanoseconds
    if (spec.scale == ScaleKind::kTime && std::abs(spec.origin) <= most) {
      axis.origin_ns = spec.origin * 1000000000;
    } else if (spec.scale == ScaleKind::kTime) {
      axis.scale = ScaleKind::kLinear;
      shift_ = double(spec.origin), axis.unit = "seconds since 1970";
    }
    single = many && spec.scale != ScaleKind::kTime;
    if (single && axis.scale == ScaleKind::kLinear && range.finite > 0)
      axis.origin = range.low / 2 + range.high / 2;
    if (!std::isnan(spec.low)) axis.low = offset(spec.low);
    if (!std::isnan(spec.high)) axis.high = offset(spec.high);
  }

  double offset(double value) const { return value + shift_ - axis.origin; }
  Numbers offsets(const std::vector<double>& values) const {
    if (single) return converted<float>(values);
    return converted<double>(values);
  }

 private:
  template <class T>
  std::vector<T> converted(const std::vector<double>& values) const {
    std::vector<T> result;
    result.reserve(values.size());
    for (const double value : values) result.push_back(T(offset(value)));
    return result;
  }

  double shift_ = 0;
};

Numbers plain(const std::vector<double>& values, bool single) {
  if (single) return std::vector<float>(values.begin(), values.end());
  return values;
}

struct Converter {
  Coordinate x, y;
  Extents extents;
  Page page;

  void add(const LineLayer& l) {
    Lines lines;
    lines.name = l.name, lines.color = l.color;
    lines.x = x.offsets(l.x), lines.y = y.offsets(l.y);
    page.layers.emplace_back(std::move(lines));
  }

  void add(const ScatterLayer& l) {
    Points p;
    const bool single = x.single;
    p.name = l.name, p.color = l.color, p.size = l.size;
    p.x = x.offsets(l.x), p.y = y.offsets(l.y);
    p.sizes = plain(l.sizes, single);
    if (!l.values.empty()) p.values = ColoredValues{plain(l.values, single), {l.values_label}};
    p.x_errors = {plain(l.x_errors.below, single), plain(l.x_errors.above, single)};
    p.y_errors = {plain(l.y_errors.below, single), plain(l.y_errors.above, single)};
    page.layers.emplace_back(std::move(p));
  }

  /// Each layer a category of one.
  void add_categories(const std::vector<picture::Layer>& layers) {
    std::vector<double> xs, ys, below, above;
    Points p;
    Categories c;
    for (const picture::Layer& layer : layers) {
      const auto& l = std::get<ScatterLayer>(layer);
      xs.insert(xs.end(), l.x.begin(), l.x.end());
      ys.insert(ys.end(), l.y.begin(), l.y.end());
      below.insert(below.end(), l.y_errors.below.begin(), l.y_errors.below.end());
      above.insert(above.end(), l.y_errors.above.begin(), l.y_errors.above.end());
      c.data.insert(c.data.end(), l.x.size(), std::uint32_t(c.names.size()));
      c.names.push_back(l.name);
    }
    p.x = x.offsets(xs), p.y = y.offsets(ys);
    p.y_errors = {plain(below, x.single), plain(above, x.single)};
    p.categories = std::move(c);
    page.layers.emplace_back(std::move(p));
  }

  void add(const HistogramLayer& l) {
    Lines lines;
    lines.name = l.name, lines.color = l.color, lines.bars = true;
    std::vector<double> xs, ys;
    for (std::size_t k = 0; k < l.heights.size(); ++k) {
      xs.insert(xs.end(), {l.edges[k], l.edges[k + 1]});
      ys.insert(ys.end(), 2, l.heights[k]);
    }
    lines.x = x.offsets(xs), lines.y = y.offsets(ys);
    page.layers.emplace_back(std::move(lines));
  }

  void add(const ImageLayer& l) {
    Cells cells;
    cells.rows = l.rows, cells.columns = l.columns;
    cells.data.assign(l.cells.begin(), l.cells.end());
    cells.x_low = x.offset(l.x_low), cells.x_high = x.offset(l.x_high);
    cells.y_low = y.offset(l.y_low), cells.y_high = y.offset(l.y_high);
    cells.rule = {l.bar_label, l.colormap, l.diverging, l.log_colors, l.blank_missing};
    if (l.diverging && l.limit > 0) cells.rule.low = -l.limit, cells.rule.high = l.limit;
    page.layers.emplace_back(std::move(cells));
  }

  void add(const ReferenceLine& l) {
    Lines lines;
    lines.name = l.name, lines.color = picture::Rgb{0x80, 0x80, 0x80}, lines.width = 1;
    const picture::DataRange& across = l.vertical ? extents.y : extents.x;
    const std::vector<double> ends = {across.low, across.high}, at = {l.at, l.at};
    lines.x = x.offsets(l.vertical ? at : ends), lines.y = y.offsets(l.vertical ? ends : at);
    if (across.finite > 0) page.layers.emplace_back(std::move(lines));
  }
};

/// Points that differ by name alone, more than one kind of them.
bool are_categories(const std::vector<picture::Layer>& layers) {
  bool x_errors = false;
  std::size_t with_errors = 0, filled = 0;
  for (const picture::Layer& layer : layers) {
    const auto* l = std::get_if<ScatterLayer>(&layer);
    if (l == nullptr || l->name.empty() || !l->values.empty() || !l->sizes.empty() || l->color || l->marker)
      return false;
    x_errors |= !l->x_errors.below.empty() || !l->y_errors.above.empty();
    filled += !l->x.empty(), with_errors += !l->y_errors.below.empty();
  }
  return layers.size() > 1 && !x_errors && (with_errors == 0 || with_errors == filled);
}

}  // namespace

bool all_pages(const std::vector<std::string>& paths) {
  return !paths.empty() && std::all_of(paths.begin(), paths.end(), is_page);
}

bool is_page(const std::string& path) {
  const std::size_t dot = path.find_last_of("./");
  if (dot == std::string::npos || path[dot] != '.' || dot == 0 || path[dot - 1] == '/') return false;
  std::string extension = path.substr(dot + 1);
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return char(std::tolower(c)); });
  return extension == "html" || extension == "htm";
}

Page page_of(const picture::Figure& figure) {
  if (figure.panels.empty()) return {};
  const picture::Panel& panel = figure.panels.front();
  Extents extents;
  for (const picture::Layer& layer : panel.layers) std::visit([&](const auto& l) { extents.add(l); }, layer);
  const bool many = extents.marks > kExactMarks;
  Converter converter{{panel.x, extents.x, many}, {panel.y, extents.y, many}, extents, {}};
  converter.page.title = figure.title.empty() ? panel.title : figure.title;
  converter.page.description = figure.description;
  converter.page.note = figure.caption;
  if (are_categories(panel.layers))
    converter.add_categories(panel.layers);
  else
    for (const picture::Layer& layer : panel.layers)
      std::visit([&](const auto& l) { converter.add(l); }, layer);
  converter.page.x = converter.x.axis, converter.page.y = converter.y.axis;
  return std::move(converter.page);
}

}  // namespace sluice::page
