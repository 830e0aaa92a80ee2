#include "host/picture/points.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "host/picture/stamp.h"

namespace sluice::picture {
namespace {

struct Pen {
  cairo_t* cr;
  const PlotArea& area;
  const Style& style;
};

/// Half of an error bar, from a mark to its end, with a cap there.
void draw_half_bar(const Pen& pen, Point mark, Point end, double cap, bool upright) {
  const Box box = grown(pen.area.box, 2 * cap);
  const Point from{end.x - (upright ? cap : 0), end.y - (upright ? 0 : cap)},
      to{end.x + (upright ? cap : 0), end.y + (upright ? 0 : cap)};
  if (!std::isfinite(mark.x + mark.y + end.x + end.y)) return;
  trace_line(pen.cr, {mark, end}, box);
  trace_line(pen.cr, {from, to}, box);
}

void draw_bars(const Pen& pen, const ScatterLayer& points, double cap) {
  const ErrorBars &across = points.x_errors, &along = points.y_errors;
  if (across.below.empty() && along.below.empty()) return;
  const auto above = [](const ErrorBars& errors, std::size_t i) {
    return errors.above.empty() ? errors.below[i] : errors.above[i];
  };
  // On a log scale a bar may reach down to 0 and below: it then ends outside of the plot.
  const auto low = [](const Scale& scale, double end) {
    return scale.kind() == ScaleKind::kLog && end <= 0 ? scale.low() * 0.1 : end;
  };
  cairo_set_line_width(pen.cr, std::max(0.7, 0.7 * line_width(pen.style)));
  cairo_new_path(pen.cr);
  for (std::size_t i = 0; i < points.x.size(); ++i) {
    const double x = points.x[i], y = points.y[i];
    const Point mark = pen.area.at(x, y);
    if (!along.below.empty()) {
      draw_half_bar(pen, mark, pen.area.at(x, low(pen.area.scales.y, y - along.below[i])), cap, true);
      draw_half_bar(pen, mark, pen.area.at(x, y + above(along, i)), cap, true);
    }
    if (!across.below.empty()) {
      draw_half_bar(pen, mark, pen.area.at(low(pen.area.scales.x, x - across.below[i]), y), cap, false);
      draw_half_bar(pen, mark, pen.area.at(x + above(across, i), y), cap, false);
    }
    if (i % 1000 == 999) cairo_stroke(pen.cr);
  }
  cairo_stroke(pen.cr);
}

double stroke_of(double radius) {
  return std::max(0.8, 0.45 * radius);
}

/// Hands on the marks that can be seen: place, radius, colour, layer.
template <class Take>
void go_over(const PointGroup& group, const PlotArea& area, const std::optional<ColorKey>& key,
             const Style& style, const Take& take) {
  const double radius = mark_radius(group.points(), area.box, style);
  std::size_t longest = 0;
  for (const ScatterLayer* layer : group.layers) longest = std::max(longest, layer->x.size());
  const auto mark = [&](std::size_t l, std::size_t i) {
    const ScatterLayer& points = *group.layers[l];
    const Point p = area.at(points.x[i], points.y[i]);
    const double size = radius * points.size * (points.sizes.empty() ? 1 : points.sizes[i]);
    const Box near = grown(area.box, 1.5 * size);
    if (!(size > 0 && p.x >= near.x && p.x <= near.right() && p.y >= near.y && p.y <= near.bottom())) return;
    Rgb color = group.styles[l].color;
    if (key && !points.values.empty())
      color = std::isnan(points.values[i]) ? key->colormap.missing()
                                           : key->colormap.at(fraction_of(key->range, points.values[i]));
    take(p, size, color, l);
  };
  for (std::size_t turn = 0; turn < longest; ++turn)
    for (std::size_t l = 0; l < group.layers.size(); ++l) {
      const std::size_t n = group.layers[l]->x.size();
      const std::size_t end = n == longest ? turn + 1 : std::size_t(__int128(turn + 1) * n / longest);
      for (std::size_t i = n == longest ? turn : std::size_t(__int128(turn) * n / longest); i < end; ++i)
        mark(l, i);
    }
}

}  // namespace

std::size_t PointGroup::points() const {
  std::size_t points = 0;
  for (const ScatterLayer* layer : layers) points += layer->x.size();
  return points;
}

double mark_radius(std::size_t points, const Box& plot, const Style& style) {
  const double crowd = std::pow(std::max(1.0, double(points) / 300), -0.25);
  const double full = std::min(0.32 * style.font, 0.02 * std::min(plot.width, plot.height));
  return std::max(0.6, full * std::max(0.25, crowd));
}

void draw_error_bars(cairo_t* cr, const PointGroup& group, const PlotArea& area, const Style& style) {
  const double cap = mark_radius(group.points(), area.box, style);
  for (std::size_t l = 0; l < group.layers.size(); ++l) {
    set_color(cr, group.styles[l].color);
    draw_bars({cr, area, style}, *group.layers[l], cap * group.layers[l]->size);
  }
}

void draw_marks(cairo_t* cr, const PointGroup& group, const PlotArea& area,
                const std::optional<ColorKey>& key, const Style& style) {
  go_over(group, area, key, style, [&](const Point& p, double radius, Rgb color, std::size_t l) {
    set_color(cr, color);
    draw_marker(cr, group.styles[l].marker, p.x, p.y, radius, stroke_of(radius));
  });
}

void stamp_marks(cairo_surface_t* pixels, double scale, const PointGroup& group, const PlotArea& area,
                 const std::optional<ColorKey>& key, const Style& style) {
  cairo_surface_flush(pixels);
  const PixelGrid grid{reinterpret_cast<std::uint32_t*>(cairo_image_surface_get_data(pixels)),
                       cairo_image_surface_get_width(pixels), cairo_image_surface_get_height(pixels),
                       cairo_image_surface_get_stride(pixels) / 4};
  if (grid.data == nullptr) return;  // the surface's own status says why
  constexpr double step = 32;        // sizes to 2 %
  std::map<std::pair<Marker, int>, Stamp> stamps;
  std::vector<std::pair<double, const Stamp*>> last(group.layers.size(), {-1, nullptr});
  go_over(group, area, key, style, [&](const Point& p, double radius, Rgb color, std::size_t l) {
    auto& [of_radius, stamp] = last[l];
    if (radius != of_radius) {
      const Marker marker = group.styles[l].marker;
      const int size = int(std::lround(step * std::log2(radius)));
      const double rounded = std::exp2(size / step) * scale;
      stamp = &stamps.try_emplace({marker, size}, marker, rounded, scale * stroke_of(rounded / scale))
                   .first->second;
      of_radius = radius;
    }
    stamp->put(grid, (p.x - area.box.x) * scale, (p.y - area.box.y) * scale, color);
  });
  cairo_surface_mark_dirty(pixels);
}

}  // namespace sluice::picture
