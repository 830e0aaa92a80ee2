// What a panel's data say before anything is placed: whether they make sense, the scales of the axes, the
// colour and shape of each layer, the scale of colours.
#pragma once
#include <optional>
#include <vector>

#include "host/picture/figure.h"
#include "host/picture/value_range.h"

namespace sluice::picture {

/// Error{kUsage}: see draw(Figure).
void check_panel(const Panel& panel);

struct PanelScales {
  Scale x, y;
};
PanelScales panel_scales(const Panel& panel);

struct SeriesStyle {
  Rgb color;
  Marker marker = Marker::kCircle;
};
/// One a layer.
std::vector<SeriesStyle> series_styles(const Panel& panel);

/// The colours of values, of the layer that has them.
struct ColorKey {
  Colormap colormap;
  ValueRange range;  // log: of the logarithms to base 10
  std::string label;
  bool log = false;
  bool legend = false;  // cells or points without a value are there
};
std::optional<ColorKey> color_key(const Panel& panel);

/// How many points of the layer have no place on the axes or no size, and how many lie outside of their
/// limits.
struct Unseen {
  std::int64_t placeless = 0, outside = 0;
};
Unseen unseen_points(const Layer& layer, const PanelScales& scales);

}  // namespace sluice::picture
