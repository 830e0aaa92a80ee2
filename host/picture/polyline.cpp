#include "host/picture/polyline.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace sluice::picture {
namespace {

bool broken(const Point& p) {
  return !std::isfinite(p.x) || !std::isfinite(p.y);
}

constexpr double kFar = 1e6;  // nearer ends are cut by arithmetic of doubles

unsigned sides_of(const Point& p, const Box& box) {
  return unsigned(p.x < box.x) | unsigned(p.x > box.right()) << 1 | unsigned(p.y < box.y) << 2 |
         unsigned(p.y > box.bottom()) << 3;
}

/// Brings a far end of a segment near to the box, by halves, which lose no digits. False where the segment
/// misses the box.
bool bring_near(Point& end, Point other, const Box& box) {
  const Box near = grown(box, kFar);
  constexpr int halvings = 2200;  // of the largest double down to the smallest
  for (int i = 0; i < halvings; ++i) {
    const unsigned side = sides_of(end, near);
    if (side == 0) return true;
    if ((side & sides_of(other, near)) != 0) return false;
    const Point middle{end.x / 2 + other.x / 2, end.y / 2 + other.y / 2};
    if ((sides_of(middle, near) & side) != 0)
      end = middle;
    else
      other = middle;
    if (sides_of(middle, near) == 0 && std::abs(middle.x - end.x) <= kFar &&
        std::abs(middle.y - end.y) <= kFar) {
      end = middle;
      return true;
    }
  }
  return false;
}

/// The part of a segment inside the box (Liang and Barsky); false where there is none.
bool cut(Point& a, Point& b, const Box& box) {
  const Point first = a;
  if (!bring_near(a, b, box) || !bring_near(b, first, box)) return false;
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
  a = {std::clamp(start.x + from * dx, box.x, box.right()),
       std::clamp(start.y + from * dy, box.y, box.bottom())};
  b = {std::clamp(start.x + to * dx, box.x, box.right()), std::clamp(start.y + to * dy, box.y, box.bottom())};
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

std::vector<Point> cut_far(const std::vector<Point>& points, const Box& box) {
  constexpr double far = 1000;
  const Box near = grown(box, far * std::max(box.width, box.height));
  const auto is_far = [&](const Point& p) { return !broken(p) && sides_of(p, near) != 0; };
  if (std::none_of(points.begin(), points.end(), is_far)) return points;
  constexpr double none = std::numeric_limits<double>::quiet_NaN();
  std::vector<Point> kept;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const bool after = i > 0 && !broken(points[i - 1]);
    if (after && !broken(points[i]) && (is_far(points[i - 1]) || is_far(points[i]))) {
      Point a = points[i - 1], b = points[i];
      if (cut(a, b, box)) kept.insert(kept.end(), {{none, none}, a, b});
    }
    if (is_far(points[i]))
      kept.push_back({none, none});
    else
      kept.push_back(points[i]);
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
