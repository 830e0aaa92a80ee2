// A page with one layout, or several side by side: title, panels, the key of colours, a caption. For canvases
// (picture.h) and for the frames of an animation (animation.h).
#pragma once
#include <string>
#include <vector>

#include "host/layout/drawing.h"
#include "host/layout/view.h"
#include "host/picture/layout.h"

typedef struct _cairo cairo_t;

namespace sluice::layout {

struct GraphPanel {
  const graph::Positions* positions = nullptr;
  Extent extent;      // what is shown: extent_of(*positions), or one that many frames share
  std::string title;  // under several panels; not of one
  bool best = false;  // set apart
  double apart = 0;   // apart_of() the layout that sizes follow from
};

struct GraphPage {
  const Drawing* drawing = nullptr;
  std::string title, caption;
  std::vector<GraphPanel> panels;
};

/// On a page that is white already. Returns how many panels became images (draw_graph()).
int draw_page(cairo_t* cr, bool vector, const GraphPage& page, double width, double height,
              const picture::Style& style);

}  // namespace sluice::layout
