#include "host/picture/cells.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>

#include "host/picture/marker.h"
#include "host/picture/raster.h"

namespace sluice::picture {
namespace {

constexpr double kMostPixels = 8192;

/// Pixels for so many cells on so many points of an SVG or PDF: about two a point. Few cells are repeated, as
/// not every viewer keeps the edges of an enlarged image; more cells than points stay, up to two a point.
std::int64_t pixels_for(std::int64_t cells, double points) {
  const double most = std::min(2 * points, kMostPixels);
  if (double(cells) > points) return std::max<std::int64_t>(1, std::min(cells, std::int64_t(most)));
  return cells * std::max<std::int64_t>(1, std::llround(most / double(cells)));
}

constexpr double kMuchLarger = 1.5;

/// A few cells are seen of a box much larger than the plot: each is a rectangle.
void draw_large_cells(cairo_t* cr, const Cells& cells, const Colormap& colormap, const ValueRange& range,
                      const Box& box, bool upward) {
  cairo_save(cr);
  cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
  const double width = box.width / double(cells.columns), height = box.height / double(cells.rows);
  for (std::int64_t i = 0; i < cells.rows; ++i)
    for (std::int64_t j = 0; j < cells.columns; ++j) {
      set_color(cr, colour_of(cells.values[std::size_t(i * cells.columns + j)], colormap, range, cells.log));
      const std::int64_t down = upward ? cells.rows - 1 - i : i;
      cairo_rectangle(cr, box.x + double(j) * width, box.y + double(down) * height, width, height);
      cairo_fill(cr);
    }
  cairo_restore(cr);
}

std::int64_t whole(double pixels) {
  return std::llround(std::clamp(pixels, 1.0, 2 * kMostPixels));
}

}  // namespace

void draw_cells(Canvas& canvas, const Cells& cells, const Colormap& colormap, const ValueRange& range,
                const Box& box, bool upward, const Box& plot) {
  if (box.width > kMuchLarger * plot.width || box.height > kMuchLarger * plot.height)
    return draw_large_cells(canvas.context(), cells, colormap, range, box, upward);
  cairo_t* cr = canvas.context();
  std::int64_t height = whole(box.height), width = whole(box.width);
  bool sharp = true;  // no viewer is to blend cells
  if (canvas.vector()) {
    height = pixels_for(cells.rows, box.height);
    width = pixels_for(cells.columns, box.width);
    sharp = height > cells.rows && width > cells.columns;
  }
  const Resampler values(cells.values, cells.rows, cells.columns, height, width);
  cairo_surface_t* image = colour_image(values, colormap, range, cells.log);
  cairo_save(cr);
  cairo_translate(cr, box.x, upward ? box.bottom() : box.y);
  cairo_scale(cr, box.width / double(width), (upward ? -1 : 1) * box.height / double(height));
  cairo_set_source_surface(cr, image, 0, 0);
  cairo_pattern_set_filter(cairo_get_source(cr), sharp ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
  cairo_paint(cr);
  cairo_restore(cr);
  canvas.image_was_drawn(canvas.vector() && sharp);
  cairo_surface_destroy(image);  // the page's own status says whether this worked
}

}  // namespace sluice::picture
