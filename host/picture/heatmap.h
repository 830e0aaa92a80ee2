// A matrix as a heat map with axes and a colour bar: PNG, SVG or PDF by the file's extension (Cairo).
// Callers give a grid already averaged down to about the size of the picture (block means).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/picture/figure.h"

namespace sluice::picture {

struct HeatMap {
  std::vector<double> cells;  // rows x columns, row-major; NaN cells are drawn grey and said in the legend
  std::int64_t rows = 0, columns = 0;
  std::int64_t full_rows = 0, full_columns = 0;  // extents of the matrix that the grid stands for (axes)
  std::string title, description;                // description: SVG <desc>, PNG text
  std::string x_label, y_label, bar_label;
  bool diverging = true;  // centred on 0 (covariance), else viridis
  double limit = 0;       // diverging: half-range; 0: the 99.9th percentile of |cells|
};

/// The heat map as a figure. Square matrices come out square; others keep their shape up to 4 to 1.
Figure figure_of(const HeatMap& map, const std::string& colormap);

/// width, height: pixels of a PNG, points of an SVG or PDF. Written to `path` through a temporary file and a
/// rename. Error{kUsage}: an extension that is none of png, svg, pdf. Error{kOutput}: cannot be written.
void draw(const HeatMap& map, const std::string& path, int width, int height, const std::string& colormap);

/// Throws what draw() would throw for these arguments whatever the map: before hours of computing.
void check_request(const std::string& path, int width, int height, const std::string& colormap);

}  // namespace sluice::picture
