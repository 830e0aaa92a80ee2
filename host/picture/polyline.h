// A line of many points as what can be seen of it: cut at the plot, and of points in one column of pixels
// only the first, lowest, highest and last.
#pragma once
#include <vector>

typedef struct _cairo cairo_t;

#include "host/picture/layout.h"

namespace sluice::picture {

struct Point {
  double x = 0, y = 0;  // NaN: the line breaks here
};

/// In pixels. `column`: their width; 0 keeps every point.
std::vector<Point> thin_line(const std::vector<Point>& points, double column);

/// Where a point lies far outside of the box (1000 times its extent), the segments at it are cut at the box;
/// what is left out becomes a break.
std::vector<Point> cut_far(const std::vector<Point>& points, const Box& box);

/// Adds the line to the path, cut at the box: Cairo takes no coordinates far outside. A point between two
/// breaks becomes a dot.
void trace_line(cairo_t* cr, const std::vector<Point>& points, const Box& box);

}  // namespace sluice::picture
