#include "host/layout/picture.h"

#include "host/picture/canvas.h"

namespace sluice::layout {

void draw_picture(const GraphPage& page, const std::string& description, const std::string& path, int width,
                  int height) {
  picture::Canvas canvas(path, width, height);
  const int images = draw_page(canvas.context(), canvas.vector(), page, width, height, canvas.style());
  for (int k = 0; k < images; ++k) canvas.image_was_drawn(false);
  canvas.save(page.title, description);
}

}  // namespace sluice::layout
