// A grid of values on a grid of pixels. Fewer cells than pixels: each pixel takes the cell under its centre
// (sharp edges). More: each pixel is the mean of the cells it covers, by area. Each direction on its own.
#pragma once
#include <cstdint>
#include <vector>

#include "host/picture/colormap.h"
#include "host/picture/value_range.h"

typedef struct _cairo_surface cairo_surface_t;

namespace sluice::picture {

/// Computes the picture's values a row of pixels at a time, from a grid that outlives it.
class Resampler {
 public:
  Resampler(const std::vector<double>& cells, std::int64_t rows, std::int64_t columns, std::int64_t height,
            std::int64_t width);
  std::int64_t height() const { return std::int64_t(down_.size()); }
  std::int64_t width() const { return std::int64_t(across_.size()); }
  /// Row y of the pixels. Means are over the cells that are not NaN; NaN where all are.
  void row(std::int64_t y, std::vector<double>& values) const;

 private:
  /// The cells that one pixel covers in one direction, with the parts of the first and last that lie in it.
  struct Cover {
    std::int64_t first = 0, last = 0;  // inclusive
    double first_part = 1, last_part = 1;
    double part(std::int64_t i) const { return i == first ? first_part : i == last ? last_part : 1; }
  };
  static std::vector<Cover> covers(std::int64_t cells, std::int64_t pixels);

  const std::vector<double>& cells_;
  std::int64_t columns_;
  std::vector<Cover> down_, across_;
};

/// An image surface of Cairo with the colours of the values; the caller destroys it. Check its status.
cairo_surface_t* colour_image(const Resampler& values, const Colormap& colormap, const ValueRange& range,
                              bool log);

/// log: of the value's logarithm to base 10; where it has none, as if it were missing.
Rgb colour_of(double value, const Colormap& colormap, const ValueRange& range, bool log);

}  // namespace sluice::picture
