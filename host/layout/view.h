// Where positions lie on a page: one scale for both directions, y upwards. One dimension lies on a line
// across the page; of more than two the first two are shown.
#pragma once
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "host/graph/graph.h"
#include "host/picture/layout.h"
#include "host/picture/polyline.h"

namespace sluice::layout {

/// A rectangle in the units of the positions.
struct Extent {
  double x_low = std::numeric_limits<double>::infinity(), x_high = -x_low, y_low = x_low, y_high = -x_low;

  void add(double x, double y) {
    x_low = std::min(x_low, x), x_high = std::max(x_high, x);
    y_low = std::min(y_low, y), y_high = std::max(y_high, y);
  }
  double width() const { return x_high - x_low; }
  double height() const { return y_high - y_low; }
};

inline Extent extent_of(const graph::Positions& at) {
  Extent e;
  for (std::int64_t v = 0; v < at.vertices(); ++v) e.add(at.of(v)[0], at.dimensions > 1 ? at.of(v)[1] : 0);
  if (at.vertices() == 0) e.add(0, 0);
  return e;
}

/// How far a quarter of the vertices at most are from their nearest, in shares of the longer side of the
/// extent; 0 of many vertices, whose dots are small anyway, and of one dimension.
double apart_of(const graph::Positions& positions);

class View {
 public:
  /// The extent in the middle of the box, as large as fits with `margin` left free on all sides.
  View(const Extent& extent, const picture::Box& box, double margin) {
    const double width = std::max(box.width - 2 * margin, 1.0),
                 height = std::max(box.height - 2 * margin, 1.0);
    const double across = extent.width() > 0 ? width / extent.width() : std::numeric_limits<double>::max();
    const double down = extent.height() > 0 ? height / extent.height() : std::numeric_limits<double>::max();
    scale_ = std::min(across, down);
    if (!(scale_ < std::numeric_limits<double>::max())) scale_ = 1;  // all at one place
    middle_x_ = extent.x_low + extent.width() / 2, middle_y_ = extent.y_low + extent.height() / 2;
    page_x_ = box.x + box.width / 2, page_y_ = box.y + box.height / 2;
  }
  picture::Point at(double x, double y) const {
    return {page_x_ + (x - middle_x_) * scale_, page_y_ - (y - middle_y_) * scale_};
  }
  std::vector<picture::Point> of(const graph::Positions& positions) const {
    std::vector<picture::Point> points(std::size_t(positions.vertices()));
    for (std::int64_t v = 0; v < positions.vertices(); ++v)
      points[std::size_t(v)] = at(positions.of(v)[0], positions.dimensions > 1 ? positions.of(v)[1] : 0);
    return points;
  }

 private:
  double scale_, middle_x_, middle_y_, page_x_, page_y_;
};

}  // namespace sluice::layout
