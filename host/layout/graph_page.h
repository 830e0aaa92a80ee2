// A layout as an interactive page: moved, enlarged, and pointed at, which shows a vertex with its neighbours.
#pragma once
#include <string>

#include "host/layout/drawing.h"
#include "host/page/page.h"

namespace sluice::layout {

/// Coordinates are floats around their middle: 16 bytes a vertex beside its name, 8 an edge.
page::Page page_of(const Drawing& drawing, const graph::Positions& positions, const std::string& title,
                   const std::string& description, const std::string& note);

}  // namespace sluice::layout
