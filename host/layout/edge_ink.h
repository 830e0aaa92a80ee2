// Many thin lines on pixels: each adds to what lies under it, so that places where lines are dense are
// darker, whatever their order. Some nanoseconds a pixel, where Cairo takes microseconds a line.
#pragma once
#include <cstdint>
#include <vector>

#include "host/picture/polyline.h"
#include "host/picture/stamp.h"

namespace sluice::layout {

class EdgeInk {
 public:
  EdgeInk(std::int64_t width, std::int64_t height);
  /// A line one pixel wide (Wu 1991), cut at the edges; `weight` of 1 is a line of full ink.
  void line(picture::Point from, picture::Point to, double weight);
  /// Lines over a pixel of the densest: all but one in 200 of the pixels with ink have fewer.
  double densest() const;
  /// Puts the ink on the pixels: one line covers `opacity` of what is below it, k lines 1 - (1 - opacity)^k.
  /// Where that would be nearly all in the densest places, k lines cover a share of log(1 + k / s) instead,
  /// s such that one line is as before: what lies in a crowd is still told apart.
  void print(const picture::PixelGrid& grid, picture::Rgb color, double opacity) const;

 private:
  static constexpr double kFull = 64;  // of one line in a pixel
  std::vector<double> covers(double opacity) const;
  void add(std::int64_t x, std::int64_t y, double amount);

  std::int64_t width_, height_;
  std::vector<std::uint16_t> ink_;
};

}  // namespace sluice::layout
