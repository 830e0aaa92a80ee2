// One layout, or a sheet of several, as a picture: PNG, SVG, PDF.
#pragma once
#include <string>

#include "host/layout/page_of_graphs.h"

namespace sluice::layout {

/// Error{kUsage, kOutput} as picture::Canvas. `description` stands in the file, for those who cannot see it.
void draw_picture(const GraphPage& page, const std::string& description, const std::string& path, int width,
                  int height);

}  // namespace sluice::layout
