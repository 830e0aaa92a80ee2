// A chart of work: boxes in ranks, from top to bottom, with arrows from what comes first to what needs it, as
// task graphs are drawn.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "host/picture/colormap.h"

namespace sluice::picture {

struct FlowBox {
  std::string text, detail;  // two lines; the second smaller, may be empty
  std::size_t rank = 0;      // boxes of a rank stand side by side, in their order
  bool round = false;        // data rather than work
  bool maybe = false;        // dashed: only where it turns out to be needed
};

struct Flow {
  std::string title, caption;
  std::vector<FlowBox> boxes;
  std::vector<std::pair<std::size_t, std::size_t>> arrows;  // of boxes, each to a later rank
};

/// Error{kUsage}: an arrow that leads nowhere or upwards, and what Canvas refuses; {kOutput}.
void draw(const Flow& flow, const std::string& path, int width, int height);

}  // namespace sluice::picture
