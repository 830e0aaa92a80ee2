// Resampling is exact in which cells it takes: borders of pixels are computed in integers, so that a cell on
// a border is shared by area and counted once in total.
#include "host/picture/raster.h"

#include <cairo.h>

#include <cmath>
#include <cstring>

namespace sluice::picture {

std::vector<Resampler::Cover> Resampler::covers(std::int64_t cells, std::int64_t pixels) {
  std::vector<Cover> result;
  for (std::int64_t p = 0; p < pixels; ++p) {
    Cover cover;
    if (cells <= pixels) {
      cover.first = cover.last = (2 * p + 1) * cells / (2 * pixels);
    } else {  // pixel p spans [p, p + 1) * cells / pixels
      const std::int64_t from = p * cells, to = (p + 1) * cells;
      cover.first = from / pixels;
      cover.last = (to - 1) / pixels;
      cover.first_part = double((cover.first + 1) * pixels - from) / double(pixels);
      cover.last_part = double(to - cover.last * pixels) / double(pixels);
    }
    result.push_back(cover);
  }
  return result;
}

Resampler::Resampler(const std::vector<double>& cells, std::int64_t rows, std::int64_t columns,
                     std::int64_t height, std::int64_t width)
    : cells_(cells), columns_(columns), down_(covers(rows, height)), across_(covers(columns, width)) {}

void Resampler::row(std::int64_t line, std::vector<double>& values) const {
  const Cover& y = down_[std::size_t(line)];
  values.clear();
  for (const Cover& x : across_) {
    if (y.first == y.last && x.first == x.last) {  // one cell: exact, whatever its size
      values.push_back(cells_[std::size_t(y.first * columns_ + x.first)]);
      continue;
    }
    double sum = 0, weight = 0;
    for (std::int64_t i = y.first; i <= y.last; ++i) {
      for (std::int64_t j = x.first; j <= x.last; ++j) {
        const double value = cells_[std::size_t(i * columns_ + j)];
        if (std::isnan(value)) continue;
        const double part = y.part(i) * x.part(j);
        weight += part;
        sum += part * value;
      }
    }
    values.push_back(sum / weight);  // 0 / 0: NaN
  }
}

Rgb colour_of(double value, const Colormap& colormap, const ValueRange& range, bool log) {
  if (std::isnan(value) || (log && !(value > 0))) return colormap.missing();
  return colormap.at(fraction_of(range, log ? std::log10(value) : value));
}

cairo_surface_t* colour_image(const Resampler& resampler, const Colormap& colormap, const ValueRange& range,
                              bool log) {
  std::vector<double> values;
  values.reserve(std::size_t(resampler.width()));  // nothing below throws
  cairo_surface_t* image =
      cairo_image_surface_create(CAIRO_FORMAT_RGB24, int(resampler.width()), int(resampler.height()));
  if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS) return image;
  cairo_surface_flush(image);
  unsigned char* pixels = cairo_image_surface_get_data(image);
  const std::int64_t stride = cairo_image_surface_get_stride(image);
  for (std::int64_t y = 0; y < resampler.height(); ++y) {
    resampler.row(y, values);
    for (std::size_t x = 0; x < values.size(); ++x) {
      const Rgb c = colour_of(values[x], colormap, range, log);
      const std::uint32_t packed =
          std::uint32_t(c.red) << 16 | std::uint32_t(c.green) << 8 | std::uint32_t(c.blue);
      std::memcpy(pixels + y * stride + 4 * std::int64_t(x), &packed, sizeof packed);
    }
  }
  cairo_surface_mark_dirty(image);
  return image;
}

}  // namespace sluice::picture
