#include "host/picture/polyline.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace sluice::picture {
namespace {

bool broken(const Point& p) {
  return !std::isfinite(p.x) || !std::isfinite(p.y);
}

/// The part of a segment inside the box (Liang and Barsky); false where there is none.
bool cut(Point& a, Point& b, const Box& box) {
  double from = 0, to = 1;
  const double dx = b.x - a.x, dy = b.y - a.y;
  const double sides[4][2] = {
      {-dx, a.x - box.x}, {dx, box.right() - a.x}, {-dy, a.y - box.y}, {dy, box.bottom() - a.y}};
  for (const auto& [direction, distance] : sides) {
    if (direction == 0) {
      if (distance < 0) return false;
    } else if (direction < 0) {
      from = std::max(from, distance / direction);
    } else {
      to = std::min(to, distance / direction);
    }
  }
  if (from > to) return false;
  const Point start = a;
  a = {start.x + from * dx, start.y + from * dy};
  b = {start.x + to * dx, start.y + to * dy};
  return true;
}

void keep_extremes(const std::vector<Point>& points, std::size_t first, std::size_t last,
                   std::vector<Point>& kept) {
  std::size_t low = first, high = first;
  for (std::size_t i = first; i <= last; ++i) {
    if (points[i].y < points[low].y) low = i;
    if (points[i].y > points[high].y) high = i;
  }
  std::size_t order[] = {first, std::min(low, high), std::max(low, high), last};
  const auto end = std::unique(order, order + 4);
  for (auto i = order; i != end; ++i) kept.push_back(points[*i]);
}

}  // namespace

std::vector<Point> thin_line(const std::vector<Point>& points, double column) {
  if (!(column > 0)) return points;
  std::vector<Point> kept;
  for (std::size_t i = 0; i < points.size();) {
    if (broken(points[i])) {
      kept.push_back(points[i++]);
      continue;
    }
    const double place = std::floor(points[i].x / column);
    std::size_t last = i;
    while (last + 1 < points.size() && !broken(points[last + 1]) &&
           std::floor(points[last + 1].x / column) == place)
      ++last;
    keep_extremes(points, i, last, kept);
    i = last + 1;
  }
  return kept;
}

void trace_line(cairo_t* cr, const std::vector<Point>& points, const Box& box) {
  bool joined = false;  // the path ends at points[i - 1]
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool before = i > 0 && !broken(points[i - 1]);
    if (broken(points[i])) {
      joined = false;
      continue;
    }
    Point a = before ? points[i - 1] : points[i], b = points[i];
    const bool alone = !before && (i + 1 == points.size() || broken(points[i + 1]));
    if ((!before && !alone) || !cut(a, b, box)) {
      joined = false;
      continue;
    }
    if (!joined) cairo_move_to(cr, a.x, a.y);
    cairo_line_to(cr, b.x, b.y);
    joined = b.x == points[i].x && b.y == points[i].y;
  }
}

}  // namespace sluice::picture
