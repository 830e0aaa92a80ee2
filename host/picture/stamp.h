// Marks drawn once and copied many times: Cairo needs microseconds for a mark, a copy a few nanoseconds.
// Places are kept to a quarter of a pixel.
#pragma once
#include <cstdint>
#include <vector>

#include "host/picture/marker.h"

namespace sluice::picture {

/// Pixels to draw on, premultiplied ARGB of 32 bits.
struct PixelGrid {
  std::uint32_t* data = nullptr;
  std::int64_t width = 0, height = 0, stride = 0;  // stride in pixels
};

class Stamp {
 public:
  /// A marker of this radius, in pixels.
  Stamp(Marker marker, double radius, double stroke);
  /// Around (x, y), which are finite; what lies outside of the grid is left out.
  void put(const PixelGrid& grid, double x, double y, Rgb color) const;

 private:
  static constexpr int kPhases = 4;  // a pixel in each direction
  int size_, centre_;                // of the square that holds the mark
  std::vector<std::uint8_t> masks_;  // kPhases x kPhases squares of opacities
};

}  // namespace sluice::picture
