#include "host/picture/legend.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>

#include "host/picture/axes.h"
#include "host/picture/text.h"

namespace sluice::picture {
namespace {

constexpr std::size_t kMostPoints = 5000;  // of a layer

double row_height(const Style& style) {
  return 1.45 * style.small;
}
double swatch_width(const Style& style) {
  return 1.9 * style.small;
}

/// Points along the segments of a line, about `apart` pixels from each other.
void cover_line(const std::vector<Point>& line, double apart, std::vector<Point>& covered) {
  const std::size_t stride = std::max<std::size_t>(1, line.size() / kMostPoints);
  for (std::size_t i = 0; i + stride < line.size(); i += stride) {
    const Point a = line[i], b = line[i + stride];
    const double length = std::hypot(b.x - a.x, b.y - a.y);
    if (!std::isfinite(length)) continue;
    const int parts = int(std::clamp(length / apart, 1.0, 200.0));
    for (int k = 0; k < parts; ++k)
      covered.push_back({a.x + (b.x - a.x) * k / parts, a.y + (b.y - a.y) * k / parts});
  }
}

void cover_bars(const HistogramLayer& bars, const PlotArea& area, double apart, std::vector<Point>& covered) {
  const std::size_t stride = std::max<std::size_t>(1, bars.heights.size() / 1000);
  for (std::size_t i = 0; i < bars.heights.size(); i += stride) {
    const double left = area.at(bars.edges[i], 1).x, right = area.at(bars.edges[i + 1], 1).x;
    const double top = area.at(1, bars.heights[i]).y;
    if (!std::isfinite(left + right + top)) continue;
    const int parts = int(std::clamp((right - left) / apart, 1.0, 200.0));
    for (int k = 0; k < parts; ++k)
      for (double y = area.box.bottom(); y > std::max(top, area.box.y); y -= apart)
        covered.push_back({left + (right - left) * (k + 0.5) / parts, y});
  }
}

/// The mark, and what its error bars reach.
void cover_point(const ScatterLayer& points, std::size_t i, const PlotArea& area,
                 std::vector<Point>& covered) {
  const double x = points.x[i], y = points.y[i];
  covered.push_back(area.at(x, y));
  const auto bar = [&](const ErrorBars& errors, bool along_y) {
    if (errors.below.empty()) return;
    const double below = errors.below[i], above = errors.above.empty() ? below : errors.above[i];
    for (const double part : {0.5, 1.0})
      for (const double off : {-part * below, part * above})
        covered.push_back(along_y ? area.at(x, y + off) : area.at(x + off, y));
  };
  bar(points.y_errors, true), bar(points.x_errors, false);
}

void cover_cells(const ImageLayer& image, const PlotArea& area, std::vector<Point>& covered) {
  const Point low = area.at(image.x_low, image.y_low), high = area.at(image.x_high, image.y_high);
  std::size_t stride = std::max<std::size_t>(1, image.cells.size() / kMostPoints);
  while (stride > 1 && image.columns % std::int64_t(stride) == 0) ++stride;  // not down one column
  for (std::size_t i = 0; i < image.cells.size(); i += stride) {
    if (image.log_colors && !(image.cells[i] > 0)) continue;  // white
    const auto row = std::int64_t(i) / image.columns, column = std::int64_t(i) % image.columns;
    covered.push_back({low.x + (double(column) + 0.5) / double(image.columns) * (high.x - low.x),
                       low.y + (double(row) + 0.5) / double(image.rows) * (high.y - low.y)});
  }
}

double hidden_by(const Box& box, const std::vector<Point>& points) {
  double hidden = 0;
  for (const Point& p : points)
    hidden += p.x >= box.x && p.x <= box.right() && p.y >= box.y && p.y <= box.bottom();
  return hidden;
}

void draw_swatch(cairo_t* cr, const LegendEntry& entry, double x, double y, const Style& style) {
  const double width = swatch_width(style);
  set_color(cr, entry.look.color);
  cairo_set_line_width(cr, line_width(style));
  switch (entry.kind) {
    case LegendEntry::Kind::kMarks:
      draw_marker(cr, entry.look.marker, x + width / 2, y, 0.32 * style.font, 0.15 * style.font);
      return;
    case LegendEntry::Kind::kBars: {
      const double height = 0.7 * style.small;
      cairo_rectangle(cr, x + 0.15 * width, y - height / 2, 0.7 * width, height);
      set_color(cr, entry.look.color, 0.35);
      cairo_fill_preserve(cr);
      set_color(cr, entry.look.color);
      break;
    }
    case LegendEntry::Kind::kReference:
    case LegendEntry::Kind::kLine:
      cairo_move_to(cr, x, y);
      cairo_line_to(cr, x + width, y);
  }
  cairo_save(cr);
  if (entry.kind == LegendEntry::Kind::kReference) set_dashes(cr, style);
  cairo_stroke(cr);
  cairo_restore(cr);
}

}  // namespace

std::vector<LegendEntry> legend_entries(const Panel& panel, const std::vector<SeriesStyle>& styles) {
  std::vector<LegendEntry> entries;
  for (std::size_t i = 0; i < panel.layers.size(); ++i) {
    const Layer& layer = panel.layers[i];
    LegendEntry entry;
    entry.look = styles[i];
    if (const auto* line = std::get_if<LineLayer>(&layer)) entry.name = line->name;
    if (const auto* points = std::get_if<ScatterLayer>(&layer))
      entry.name = points->name, entry.kind = LegendEntry::Kind::kMarks;
    if (const auto* bars = std::get_if<HistogramLayer>(&layer))
      entry.name = bars->name, entry.kind = LegendEntry::Kind::kBars;
    if (const auto* reference = std::get_if<ReferenceLine>(&layer))
      entry.name = reference->name, entry.kind = LegendEntry::Kind::kReference;
    entry.name = clean_text(entry.name);
    if (!entry.name.empty()) entries.push_back(entry);
  }
  return entries;
}

std::vector<Point> covered_points(const Panel& panel, const PlotArea& area) {
  std::vector<Point> covered;
  const double apart = std::max(2.0, std::max(area.box.width, area.box.height) / 100);
  for (const Layer& layer : panel.layers) {
    if (const auto* line = std::get_if<LineLayer>(&layer))
      cover_line(line_points(*line, area), apart, covered);
    if (const auto* bars = std::get_if<HistogramLayer>(&layer)) cover_bars(*bars, area, apart, covered);
    if (const auto* reference = std::get_if<ReferenceLine>(&layer)) {
      const Box& box = area.box;
      const Point p = area.at(reference->at, reference->at);
      cover_line(reference->vertical ? std::vector<Point>{{p.x, box.y}, {p.x, box.bottom()}}
                                     : std::vector<Point>{{box.x, p.y}, {box.right(), p.y}},
                 apart, covered);
    }
    if (const auto* image = std::get_if<ImageLayer>(&layer)) cover_cells(*image, area, covered);
    const auto* points = std::get_if<ScatterLayer>(&layer);
    if (!points) continue;
    const std::size_t stride = std::max<std::size_t>(1, points->x.size() / kMostPoints);
    for (std::size_t i = 0; i < points->x.size(); i += stride) cover_point(*points, i, area, covered);
  }
  return covered;
}

Legend size_legend(cairo_t* cr, std::vector<LegendEntry> entries, double most_width, double most_height,
                   const Style& style) {
  Legend legend;
  const double beside = swatch_width(style) + 3 * style.gap, around = 1.2 * style.gap;
  const auto most_rows = std::size_t(std::max(0.0, (most_height - around) / row_height(style)));
  const double most_text = most_width - beside;
  if (entries.empty() || most_rows == 0 || most_text < 5 * style.small) return legend;
  if (entries.size() > most_rows) {
    const std::size_t left_out = entries.size() - most_rows + 1;
    entries.resize(most_rows);
    entries.back().name = "\u2026 " + std::to_string(left_out) + " more";
  }
  double widest = 0;
  for (LegendEntry& entry : entries) {
    const std::vector<std::string> fitted = fit_text(cr, entry.name, style.small, most_text, 1);
    entry.name = fitted.empty() ? "" : fitted.front();
    widest = std::max(widest, text_width(cr, entry.name, style.small));
  }
  legend.entries = std::move(entries);
  legend.box.width = std::ceil(widest + beside);
  legend.box.height = std::ceil(row_height(style) * double(legend.entries.size()) + around);
  return legend;
}

Legend place_legend(cairo_t* cr, std::vector<LegendEntry> entries, const std::vector<Point>& points,
                    const Box& plot, const Style& style) {
  Legend legend = size_legend(cr, std::move(entries), 0.6 * plot.width, 0.7 * plot.height, style);
  if (legend.entries.empty()) return legend;
  const double width = legend.box.width, height = legend.box.height;
  const double inset = style.gap;
  const double xs[] = {plot.x + inset, plot.x + (plot.width - width) / 2, plot.right() - inset - width};
  const double ys[] = {plot.y + inset, plot.y + (plot.height - height) / 2, plot.bottom() - inset - height};
  constexpr int order[][2] = {{2, 0}, {0, 0}, {2, 2}, {0, 2}, {2, 1}, {0, 1}, {1, 0}, {1, 2}, {1, 1}};
  double least = -1;
  for (const auto& [column, row] : order) {
    const Box box{std::round(xs[column]), std::round(ys[row]), std::ceil(width), std::ceil(height)};
    const Box with_marks{box.x - inset, box.y - inset, box.width + 2 * inset, box.height + 2 * inset};
    const double hidden = hidden_by(with_marks, points);
    if (least >= 0 && hidden >= least) continue;
    least = hidden;
    legend.box = box;
    legend.hidden = points.empty() ? 0 : hidden / double(points.size());
  }
  return legend;
}

void draw_legend(cairo_t* cr, const Legend& legend, const Style& style) {
  if (legend.entries.empty()) return;
  cairo_rectangle(cr, legend.box.x + 0.5, legend.box.y + 0.5, legend.box.width - 1, legend.box.height - 1);
  cairo_set_source_rgba(cr, 1, 1, 1, 0.85);
  cairo_fill_preserve(cr);
  cairo_set_source_rgb(cr, 0.8, 0.8, 0.8);
  cairo_set_line_width(cr, style.stroke);
  cairo_stroke(cr);
  double y = legend.box.y + 0.6 * style.gap + row_height(style) / 2;
  const double x = legend.box.x + style.gap;
  for (const LegendEntry& entry : legend.entries) {
    draw_swatch(cr, entry, x, y, style);
    ink(cr);
    draw_text(cr, entry.name, style.small, x + swatch_width(style) + style.gap,
              y + kCapHeight * style.small / 2, Align::kLeft);
    y += row_height(style);
  }
}

}  // namespace sluice::picture
