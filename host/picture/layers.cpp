// Marks of an SVG or PDF that are too many are drawn by the same code on a surface of pixels.
#include "host/picture/layers.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>

#include "host/picture/axes.h"
#include "host/picture/cells.h"
#include "host/picture/points.h"

namespace sluice::picture {
namespace {

constexpr double kImageScale = 3;     // pixels a point of an SVG or PDF: 216 dpi
constexpr double kMostPixels = 8192;  // of an image on a large page, in either direction

struct Pen {
  cairo_t* cr;
  const PlotArea& area;
  const Style& style;
};

void clip_to(cairo_t* cr, const Box& box) {
  cairo_rectangle(cr, box.x, box.y, box.width, box.height);
  cairo_clip(cr);
}

/// In pieces: Cairo's strokes of long paths are slow.
void stroke(const Pen& pen, const std::vector<Point>& points, const Box& box) {
  constexpr std::size_t piece = 100;
  for (std::size_t from = 0; from < points.size(); from += piece) {
    const auto first = points.begin() + std::ptrdiff_t(from > 0 ? from - 1 : 0);
    const auto last = points.begin() + std::ptrdiff_t(std::min(points.size(), from + piece));
    cairo_new_path(pen.cr);
    trace_line(pen.cr, {first, last}, box);
    cairo_stroke(pen.cr);
  }
}

void draw_line(const Pen& pen, const LineLayer& line, const SeriesStyle& look) {
  set_color(pen.cr, look.color);
  cairo_set_line_width(pen.cr, line_width(pen.style));
  cairo_set_line_join(pen.cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(pen.cr, CAIRO_LINE_CAP_ROUND);
  stroke(pen, line_points(line, pen.area), grown(pen.area.box, 4 * line_width(pen.style)));
}

void draw_histogram(const Pen& pen, const HistogramLayer& histogram, const SeriesStyle& look) {
  const std::vector<Point> outline = bar_points(histogram, pen.area);
  if (outline.empty()) return;
  cairo_new_path(pen.cr);
  for (const Point& p : outline) cairo_line_to(pen.cr, p.x, p.y);
  cairo_close_path(pen.cr);
  set_color(pen.cr, look.color, 0.35);
  cairo_fill(pen.cr);
  set_color(pen.cr, look.color);
  cairo_set_line_width(pen.cr, std::max(1.0, 0.8 * line_width(pen.style)));
  cairo_set_line_join(pen.cr, CAIRO_LINE_JOIN_MITER);
  cairo_set_line_cap(pen.cr, CAIRO_LINE_CAP_ROUND);
  stroke(pen, outline, grown(pen.area.box, 4 * line_width(pen.style)));
}

void draw_reference(const Pen& pen, const ReferenceLine& line, const SeriesStyle& look) {
  const Box& box = pen.area.box;
  const double fraction = (line.vertical ? pen.area.scales.x : pen.area.scales.y).fraction(line.at);
  if (!(fraction >= 0 && fraction <= 1)) return;
  cairo_save(pen.cr);
  set_color(pen.cr, look.color);
  cairo_set_line_width(pen.cr, std::max(1.0, 0.8 * line_width(pen.style)));
  set_dashes(pen.cr, pen.style);
  const double x = box.x + fraction * box.width, y = box.bottom() - fraction * box.height;
  cairo_move_to(pen.cr, line.vertical ? x : box.x, line.vertical ? box.bottom() : y);
  cairo_line_to(pen.cr, line.vertical ? x : box.right(), line.vertical ? box.y : y);
  cairo_stroke(pen.cr);
  cairo_restore(pen.cr);
}

/// The cells that can be seen along one axis, and where they lie on the page.
struct Window {
  std::int64_t first = 0, last = 0;  // last is the one behind
  double begin = 0, end = 0;
};

/// Cells from `begin` to `end` of the page, of which `low` to `high` are in the plot.
Window visible(std::int64_t cells, double begin, double end, double low, double high) {
  const double each = (end - begin) / double(cells);
  const auto cell = [&](double at) {
    return std::int64_t(std::clamp(std::floor((at - begin) / each), 0.0, double(cells - 1)));
  };
  Window w;
  w.first = std::min(cell(low), cell(high)), w.last = std::max(cell(low), cell(high)) + 1;
  w.begin = begin + double(w.first) * each;
  w.end = w.last == cells ? end : begin + double(w.last) * each;
  return w;
}

void draw_image(Canvas& canvas, const ImageLayer& image, const PlotArea& area, const ColorKey& key) {
  if (image.cells.empty()) return;
  const Point low = area.at(image.x_low, image.y_low), high = area.at(image.x_high, image.y_high);
  const Box& plot = area.box;
  if (std::max(low.x, high.x) <= plot.x || std::min(low.x, high.x) >= plot.right() ||
      std::max(low.y, high.y) <= plot.y || std::min(low.y, high.y) >= plot.bottom())
    return;
  const Window x = visible(image.columns, low.x, high.x, plot.x, plot.right());
  const Window y = visible(image.rows, low.y, high.y, plot.bottom(), plot.y);
  std::vector<double> cells;
  const bool left = x.end < x.begin;  // of a reversed axis
  for (std::int64_t i = y.first; i < y.last; ++i) {
    const auto row = image.cells.begin() + i * image.columns;
    cells.insert(cells.end(), row + x.first, row + x.last);
    if (left) std::reverse(cells.end() - (x.last - x.first), cells.end());
  }
  draw_cells(canvas, {cells, y.last - y.first, x.last - x.first, image.log_colors}, key.colormap, key.range,
             {std::min(x.begin, x.end), std::min(y.begin, y.end), std::abs(x.end - x.begin),
              std::abs(y.end - y.begin)},
             y.begin > y.end, plot);
}

double image_scale(const Box& box) {
  return std::min({kImageScale, kMostPixels / box.width, kMostPixels / box.height});
}

/// Pixels over the plot that go onto the page as one image.
class Overlay {
 public:
  Overlay(const Box& box, double scale) : box_(box), scale_(scale) {
    surface_ = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, int(std::ceil(box.width * scale)),
                                          int(std::ceil(box.height * scale)));
    cr_ = cairo_create(surface_);
    cairo_scale(cr_, scale, scale);
    cairo_translate(cr_, -box.x, -box.y);
  }
  ~Overlay() {
    cairo_destroy(cr_);
    cairo_surface_destroy(surface_);
  }
  Overlay(const Overlay&) = delete;
  Overlay& operator=(const Overlay&) = delete;

  cairo_t* context() const { return cr_; }
  cairo_surface_t* surface() const { return surface_; }
  double scale() const { return scale_; }
  void put_on(cairo_t* page) const {
    cairo_save(page);
    cairo_translate(page, box_.x, box_.y);
    cairo_scale(page, 1 / scale_, 1 / scale_);
    cairo_set_source_surface(page, surface_, 0, 0);
    cairo_paint(page);
    cairo_restore(page);
  }

 private:
  Box box_;
  double scale_;
  cairo_surface_t* surface_;
  cairo_t* cr_;
};

/// The scatter layers from this one on that follow each other.
PointGroup points_from(const Panel& panel, const std::vector<SeriesStyle>& styles, std::size_t first) {
  PointGroup group;
  for (std::size_t i = first; i < panel.layers.size(); ++i) {
    const auto* points = std::get_if<ScatterLayer>(&panel.layers[i]);
    if (points == nullptr) break;
    group.layers.push_back(points), group.styles.push_back(styles[i]);
  }
  return group;
}

bool is_marks(const Layer& layer) {
  return std::holds_alternative<LineLayer>(layer) || std::holds_alternative<ScatterLayer>(layer) ||
         std::holds_alternative<HistogramLayer>(layer);
}

}  // namespace

double line_width(const Style& style) {
  return 1.6 * style.stroke;
}

void set_dashes(cairo_t* cr, const Style& style) {
  const double dashes[] = {5 * style.stroke, 3 * style.stroke};
  cairo_set_dash(cr, dashes, 2, 0);
}

std::vector<Point> bar_points(const HistogramLayer& histogram, const PlotArea& area) {
  const Box& box = area.box;
  const double zero = area.scales.y.fraction(0);
  const double base =
      std::isnan(zero) ? box.bottom() : box.bottom() - std::clamp(zero, 0.0, 1.0) * box.height;
  const auto across = [&](double edge) {
    const double fraction = area.scales.x.fraction(edge);  // NaN: left of all of a log scale
    return box.x + std::clamp(std::isnan(fraction) ? -1 : fraction, -1.0, 2.0) * box.width;
  };
  std::vector<Point> points;
  for (std::size_t i = 0; i < histogram.heights.size(); ++i) {
    const double fraction = area.scales.y.fraction(histogram.heights[i]);
    const double top =
        std::isnan(fraction) ? base : box.bottom() - std::clamp(fraction, -1.0, 2.0) * box.height;
    const double left = across(histogram.edges[i]), right = across(histogram.edges[i + 1]);
    if (i == 0) points.push_back({left, base});
    points.push_back({left, top}), points.push_back({right, top});
    if (i + 1 == histogram.heights.size()) points.push_back({right, base});
  }
  return points.size() > kMostVertices ? thin_line(points, 0.5) : points;
}

std::vector<Point> line_points(const LineLayer& line, const PlotArea& area) {
  std::vector<Point> points;
  points.reserve(line.x.size());
  for (std::size_t i = 0; i < line.x.size(); ++i)
    points.push_back({area.scales.x.fraction(line.x[i]), area.scales.y.fraction(line.y[i])});
  points = cut_far(points, {-1, -1, 3, 3});  // of the axes: on the page far places have lost their digits
  for (Point& p : points) p = {area.box.x + p.x * area.box.width, area.box.bottom() - p.y * area.box.height};
  return points.size() > kMostVertices ? thin_line(points, 0.5) : points;
}

void draw_layers(Canvas& canvas, const Panel& panel, const PlotArea& area,
                 const std::vector<SeriesStyle>& styles, const std::optional<ColorKey>& key,
                 const Style& style, bool as_image) {
  cairo_t* cr = canvas.context();
  cairo_save(cr);
  clip_to(cr, area.box);
  std::optional<Overlay> overlay;  // of the marks since the last layer that has none
  const auto overlaid = [&]() -> Overlay& {
    if (!overlay) overlay.emplace(area.box, canvas.vector() ? image_scale(area.box) : 1);
    return *overlay;
  };
  const auto put_overlay = [&] {
    overlay->put_on(cr);
    canvas.image_was_drawn(false);
    overlay.reset();
  };
  for (std::size_t i = 0; i < panel.layers.size(); ++i) {
    const Layer& layer = panel.layers[i];
    if (as_image && is_marks(layer)) overlaid();
    if (overlay && !is_marks(layer)) {
      put_overlay();
    }
    const Pen pen{overlay ? overlay->context() : cr, area, style};
    if (std::holds_alternative<ScatterLayer>(layer)) {
      const PointGroup group = points_from(panel, styles, i);
      i += group.layers.size() - 1;
      draw_error_bars(pen.cr, group, area, style);
      if (as_image || (!canvas.vector() && group.points() > kMostDrawn))
        stamp_marks(overlaid().surface(), overlaid().scale(), group, area, key, style);
      else
        draw_marks(pen.cr, group, area, key, style);
    }
    if (const auto* line = std::get_if<LineLayer>(&layer)) draw_line(pen, *line, styles[i]);
    if (const auto* bars = std::get_if<HistogramLayer>(&layer)) draw_histogram(pen, *bars, styles[i]);
    if (const auto* image = std::get_if<ImageLayer>(&layer)) draw_image(canvas, *image, area, *key);
    if (const auto* reference = std::get_if<ReferenceLine>(&layer))
      draw_reference(pen, *reference, styles[i]);
  }
  if (overlay) put_overlay();
  cairo_restore(cr);
}

std::int64_t marks_of(const Panel& panel, const PlotArea& area) {
  std::size_t marks = 0;
  for (const Layer& layer : panel.layers) {
    if (const auto* line = std::get_if<LineLayer>(&layer)) marks += line_points(*line, area).size();
    if (const auto* bars = std::get_if<HistogramLayer>(&layer)) marks += bar_points(*bars, area).size();
    const auto* points = std::get_if<ScatterLayer>(&layer);
    if (points == nullptr) continue;
    constexpr std::size_t segments = 4;  // of the bars along one axis, with their caps
    const std::size_t bars = !points->x_errors.below.empty() + !points->y_errors.below.empty();
    marks += points->x.size() * (1 + segments * bars);
  }
  return std::int64_t(marks);
}

}  // namespace sluice::picture
