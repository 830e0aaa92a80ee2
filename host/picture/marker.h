// What tells series apart: colours that read without full colour vision (Okabe and Ito), each with a shape.
#pragma once
#include <cstddef>

#include "host/picture/colormap.h"

typedef struct _cairo cairo_t;

namespace sluice::picture {

enum class Marker { kCircle, kSquare, kTriangle, kDiamond, kCross };

/// Of series i. Colours come again after 8 series, shapes after 5: 40 pairs.
Rgb category_color(std::size_t i);
Marker category_marker(std::size_t i);

/// Around (x, y); shapes of one radius look equally large. stroke: of the cross.
void draw_marker(cairo_t* cr, Marker marker, double x, double y, double radius, double stroke);

void set_color(cairo_t* cr, Rgb color, double opacity = 1);

}  // namespace sluice::picture
