#include "host/picture/stamp.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>

namespace sluice::picture {
namespace {

/// a * b / 255 for each of the four bytes of b, rounded.
std::uint32_t scaled(std::uint32_t b, std::uint32_t a) {
  constexpr std::uint32_t even = 0x00ff00ff, half = 0x00800080;
  std::uint32_t low = (b & even) * a + half, high = (b >> 8 & even) * a + half;
  low = (low + (low >> 8 & even)) >> 8 & even;
  high = (high + (high >> 8 & even)) & ~even;
  return low | high;
}

}  // namespace

Stamp::Stamp(Marker marker, double radius, double stroke) {
  centre_ = int(std::ceil(1.4 * radius + stroke)) + 1;
  size_ = 2 * centre_ + 2;
  const auto square = std::size_t(size_ * size_);
  masks_.resize(square * kPhases * kPhases);
  cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_A8, size_, size_);
  for (int phase = 0; phase < kPhases * kPhases; ++phase) {
    cairo_t* cr = cairo_create(surface);
    cairo_set_operator(cr, CAIRO_OPERATOR_CLEAR);
    cairo_paint(cr);
    cairo_set_operator(cr, CAIRO_OPERATOR_OVER);
    cairo_set_source_rgba(cr, 0, 0, 0, 1);
    const double across = (phase % kPhases + 0.5) / kPhases, down = (phase / kPhases + 0.5) / kPhases;
    draw_marker(cr, marker, centre_ + across, centre_ + down, radius, stroke);
    cairo_destroy(cr);
    cairo_surface_flush(surface);
    const unsigned char* pixels = cairo_image_surface_get_data(surface);
    const int stride = cairo_image_surface_get_stride(surface);
    for (int y = 0; y < size_; ++y)
      std::copy_n(pixels + y * stride, size_, masks_.data() + std::size_t(phase) * square + y * size_);
  }
  cairo_surface_destroy(surface);
}

void Stamp::put(const PixelGrid& grid, double x, double y, Rgb color) const {
  if (!(std::abs(x) < 1e6 && std::abs(y) < 1e6)) return;
  const double column = std::floor(x), row = std::floor(y);
  const int phase = int((y - row) * kPhases) * kPhases + int((x - column) * kPhases);
  const std::uint8_t* mask = masks_.data() + std::size_t(phase) * std::size_t(size_ * size_);
  const std::int64_t left = std::int64_t(column) - centre_, top = std::int64_t(row) - centre_;
  const std::int64_t first = std::max<std::int64_t>(0, -left),
                     last = std::min<std::int64_t>(size_, grid.width - left);
  const std::int64_t end = std::min<std::int64_t>(size_, grid.height - top);
  const std::uint32_t opaque = 0xff000000u | std::uint32_t(color.red) << 16 |
                               std::uint32_t(color.green) << 8 | std::uint32_t(color.blue);
  for (std::int64_t i = std::max<std::int64_t>(0, -top); i < end; ++i) {
    std::uint32_t* line = grid.data + (top + i) * grid.stride + left;
    for (std::int64_t j = first; j < last; ++j) {
      const std::uint32_t opacity = mask[i * size_ + j];
      if (opacity == 0) continue;
      line[j] = opacity == 255 ? opaque : scaled(opaque, opacity) + scaled(line[j], 255 - opacity);
    }
  }
}

}  // namespace sluice::picture
