// A grid of values as coloured cells on a canvas: sharp where a cell is larger than a pixel, block means
// where it is smaller.
#pragma once
#include <cstdint>
#include <vector>

#include "host/picture/canvas.h"
#include "host/picture/colormap.h"
#include "host/picture/value_range.h"

namespace sluice::picture {

struct Cells {
  const std::vector<double>& values;  // row-major
  std::int64_t rows = 0, columns = 0;
  bool log = false;  // colours are of the logarithms to base 10; cells that are not positive have none
};

/// NaN cells take the map's colour for missing ones. upward: row 0 is at the bottom of the box. The box may
/// reach beyond the plot, which cuts it.
void draw_cells(Canvas& canvas, const Cells& cells, const Colormap& colormap, const ValueRange& range,
                const Box& box, bool upward, const Box& plot);

}  // namespace sluice::picture
