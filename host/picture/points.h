// Marks of scatter layers that follow each other, with their error bars. Layers take turns, each in
// proportion to its points, so that where marks overlap the last layer does not hide the others.
#pragma once
#include <vector>

#include "host/picture/layers.h"

typedef struct _cairo cairo_t;
typedef struct _cairo_surface cairo_surface_t;

namespace sluice::picture {

struct PointGroup {
  std::vector<const ScatterLayer*> layers;
  std::vector<SeriesStyle> styles;
  std::size_t points() const;
};

/// Above this many points marks are copied from prepared ones (stamp.h) where the page is of pixels.
constexpr std::size_t kMostDrawn = 2000;

void draw_error_bars(cairo_t* cr, const PointGroup& group, const PlotArea& area, const Style& style);
void draw_marks(cairo_t* cr, const PointGroup& group, const PlotArea& area,
                const std::optional<ColorKey>& key, const Style& style);
/// The same on pixels (ARGB32) that begin at the plot's corner, `scale` to a unit of the page.
void stamp_marks(cairo_surface_t* pixels, double scale, const PointGroup& group, const PlotArea& area,
                 const std::optional<ColorKey>& key, const Style& style);

}  // namespace sluice::picture
