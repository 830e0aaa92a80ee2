// The descent as an animated GIF: a layout, or several side by side, from their starts to their ends.
#pragma once
#include <string>
#include <vector>

#include "host/layout/drawing.h"
#include "host/layout/frames.h"
#include "host/run.h"

namespace sluice::layout {

struct Moving {
  const Frames* frames = nullptr;  // at least one
  std::string title;               // of the panel, where there are several
  bool best = false;
};

struct AnimationText {
  std::string title;
  std::string passing = "loss", loss = "loss";  // what the captions call a frame's loss, and that of the last
};

/// Each panel follows its layout: the extent is that of its frames, smoothed. Panels with fewer frames wait
/// at their last. Error{kUsage, kOutput} as picture::GifWriter; {kInterrupted} where run.stop is set.
void draw_animation(const Drawing& drawing, const std::vector<Moving>& panels, const AnimationText& text,
                    const std::string& path, int width, int height, const RunOptions& run);

}  // namespace sluice::layout
