// Sizes that every picture shares: type, strokes and gaps follow from the size of the page alone, so a
// picture looks the same at 640 x 480 and at 4000 x 3000. Units are pixels (PNG) or points (SVG, PDF).
#pragma once
#include <algorithm>

namespace sluice::picture {

struct Box {
  double x = 0, y = 0, width = 0, height = 0;
  double right() const { return x + width; }
  double bottom() const { return y + height; }
};

/// With this much more room on every side.
inline Box grown(const Box& box, double room) {
  return {box.x - room, box.y - room, box.width + 2 * room, box.height + 2 * room};
}

struct Style {
  double font = 12;   // axis labels
  double small = 11;  // tick labels, legends
  double title = 14;
  double stroke = 1;   // frames and ticks
  double tick = 5;     // length of a tick
  double gap = 6;      // between a tick and its label, a label and a title
  double margin = 12;  // around everything

  static Style for_page(double width, double height) {
    const double unit = std::max(8.0, std::min({width / 52, height / 46, (width + height) / 92}));
    Style style;
    style.font = unit;
    style.small = std::max(7.5, 0.88 * unit);
    style.title = 1.15 * unit;
    style.stroke = std::max(0.8, 0.07 * unit);
    style.tick = 0.35 * unit;
    style.gap = 0.4 * unit;
    style.margin = 0.9 * unit;
    return style;
  }
};

}  // namespace sluice::picture
