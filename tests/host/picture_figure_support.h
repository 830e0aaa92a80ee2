// What the tests of figures share: a figure of one panel, and where its parts are drawn.
#pragma once
#include "host/picture/axes.h"
#include "host/picture/figure.h"
#include "host/picture/layers.h"
#include "host/picture/panel_layout.h"
#include "host/picture/text.h"
#include "picture_samples.h"

namespace sluice::picture {
using Figures = PictureFolder;

inline constexpr int kWidth = 400, kHeight = 300;

inline Figure one_panel(std::vector<Layer> layers) {
  Figure figure;
  figure.panels.emplace_back();
  figure.panels.front().layers = std::move(layers);
  return figure;
}

/// A page to measure text on.
struct Page {
  cairo_surface_t* surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, 8, 8);
  cairo_t* cr = cairo_create(surface);
  Page() { choose_font(cr); }
  ~Page() {
    cairo_destroy(cr);
    cairo_surface_destroy(surface);
  }
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;
};

/// Where draw() puts the panel of a figure that has one and neither title nor caption.
inline PlotArea area_of(const Figure& figure, int width = kWidth, int height = kHeight) {
  const Page page;
  const Style style = Style::for_page(width, height);
  const Panel& panel = figure.panels.front();
  const PanelScales scales = panel_scales(panel);
  const Box place{style.margin, style.margin, width - 2 * style.margin, height - 2 * style.margin};
  return {lay_out_panel(page.cr, panel, scales, color_key(panel), place, style, {}).plot, scales};
}

inline std::uint32_t pixel(const Pixels& pixels, Point p) {
  return pixels.at(int(std::floor(p.x)), int(std::floor(p.y)));
}

}  // namespace sluice::picture
