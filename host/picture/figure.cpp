#include "host/picture/figure.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/picture/canvas.h"
#include "host/picture/sheet.h"
#include "host/picture/text.h"

namespace sluice::picture {
namespace {

/// The sheet's title stands over a single plot, close to it, where that leaves it on the page.
void draw_title(cairo_t* cr, const Sheet& sheet, double width, const Style& style) {
  ink(cr);
  choose_font(cr, true);
  double baseline = style.margin + kCapHeight * style.title, middle = width / 2;
  if (sheet.panels.size() == 1) {
    const PlacedPanel& only = sheet.panels.front();
    baseline += only.page.top - only.place.y;
    middle = only.page.plot.x + only.page.plot.width / 2;
  }
  for (const std::string& line : sheet.title) {
    const double half = text_width(cr, line, style.title) / 2;
    const double left = style.margin + half, right = width - style.margin - half;
    draw_text(cr, line, style.title, left < right ? std::clamp(middle, left, right) : width / 2, baseline,
              Align::kCenter);
    baseline += kTextLine * style.title;
  }
  choose_font(cr);
}

void draw_caption(cairo_t* cr, const Sheet& sheet, double height, const Style& style) {
  double baseline = height - style.margin - kDescent * style.small -
                    kTextLine * style.small * (double(sheet.caption.size()) - 1);
  for (const std::string& line : sheet.caption) {
    draw_text(cr, line, style.small, style.margin, baseline, Align::kLeft);
    baseline += kTextLine * style.small;
  }
}

void draw_empty(cairo_t* cr, const std::string& text, const Box& plot, const Style& style) {
  ink(cr);
  for (const std::string& line : fit_text(cr, clean_text(text), style.font, plot.width - 2 * style.gap, 1))
    draw_text(cr, line, style.font, plot.x + plot.width / 2, plot.y + plot.height / 2, Align::kCenter);
}

/// Over the plot where that leaves the title in the panel's place.
double title_middle(cairo_t* cr, const std::string& title, const PlacedPanel& placed, const Style& style) {
  const double half = text_width(cr, title, style.font) / 2,
               middle = placed.page.plot.x + placed.page.plot.width / 2;
  const double left = placed.place.x + half, right = placed.place.right() - half;
  return left < right ? std::clamp(middle, left, right) : placed.place.x + placed.place.width / 2;
}

void draw_panel(Canvas& canvas, const PlacedPanel& placed, const Style& style, bool as_image) {
  cairo_t* cr = canvas.context();
  const PanelPage& page = placed.page;
  draw_layers(canvas, *placed.panel, placed.area(), placed.styles, placed.key, style, as_image);
  if (placed.panel->layers.empty()) draw_empty(cr, placed.panel->empty, page.plot, style);
  draw_frame(cr, page.plot, style);
  draw_bottom_axis(cr, page.bottom, page.plot, style);
  draw_left_axis(cr, page.left, page.plot, style);
  if (page.bar)
    draw_colorbar(cr, *page.bar, placed.key->colormap, placed.key->range, page.bar_x, page.bar_top,
                  page.bar_bottom, style);
  choose_font(cr, true);
  ink(cr);
  for (const std::string& line : page.title)
    draw_text(cr, line, style.font, title_middle(cr, line, placed, style),
              page.title_y + kCapHeight * style.font, Align::kCenter);
  choose_font(cr);
  Legend legend = placed.beside;
  if (legend.entries.empty() || page.legend_x == 0)
    legend = legend_inside(cr, placed, style);
  else
    legend.box.x = std::round(page.legend_x), legend.box.y = page.plot.y;
  draw_legend(cr, legend, style);
}

void append_count(std::string& text, std::int64_t count, const std::string& what) {
  if (count > 0) text += " " + std::to_string(count) + (count == 1 ? " point " : " points ") + what + ".";
}

/// What the figure shows, for those who cannot see it.
std::string described(const Figure& figure, const std::vector<PlacedPanel>& panels, std::int64_t marks,
                      bool as_image) {
  std::string text = figure.description;
  if (!text.empty()) text += text.back() == '.' ? " " : ". ";
  text +=
      figure.kind + " of " + std::to_string(panels.size()) + (panels.size() == 1 ? " panel." : " panels.");
  Unseen unseen;
  for (const PlacedPanel& placed : panels) {
    const Panel& panel = *placed.panel;
    if (!panel.title.empty()) text += " " + panel.title + ":";
    if (!panel.y.label.empty() || !panel.x.label.empty())
      text += " " + panel.y.label + " over " + panel.x.label + ";";
    text += " " + std::to_string(panel.layers.size()) + (panel.layers.size() == 1 ? " layer." : " layers.");
    for (const Layer& layer : panel.layers) {
      const Unseen more = unseen_points(layer, placed.scales);
      unseen.placeless += more.placeless, unseen.outside += more.outside;
    }
  }
  append_count(text, unseen.placeless, "without a place on the axes or without a size: not drawn");
  append_count(text, unseen.outside, "outside of the axes: not drawn");
  if (as_image)
    text += " The " + std::to_string(marks) + " marks are drawn as an image, as they are more than " +
            std::to_string(kMostMarks) + ".";
  if (!figure.caption.empty()) text += " " + figure.caption;
  return text;
}

void check_figure(const Figure& figure) {
  const bool sheet = figure.rows >= 1 && figure.columns >= 1 && figure.rows <= 100 && figure.columns <= 100;
  if (!sheet || figure.panels.empty() || figure.panels.size() > std::size_t(figure.rows * figure.columns))
    throw Error(ErrorKind::kUsage, "panels of a figure: expected from 1 to " +
                                       (sheet ? std::to_string(figure.rows * figure.columns) : "100 x 100") +
                                       ", found " + std::to_string(figure.panels.size()) + " on a sheet of " +
                                       std::to_string(figure.rows) + " x " + std::to_string(figure.columns));
  for (const Panel& panel : figure.panels) check_panel(panel);
}

}  // namespace

void draw(const Figure& figure, const std::string& path, int width, int height) {
  check_figure(figure);
  Canvas canvas(path, width, height);
  cairo_t* cr = canvas.context();
  const Sheet sheet = lay_out(cr, figure, width, height, canvas.style());
  std::int64_t marks = 0;
  for (const PlacedPanel& placed : sheet.panels)
    if (canvas.vector()) marks += marks_of(*placed.panel, placed.area());
  const bool as_image = marks > kMostMarks;
  draw_title(cr, sheet, width, canvas.style());
  draw_caption(cr, sheet, height, canvas.style());
  for (const PlacedPanel& placed : sheet.panels) draw_panel(canvas, placed, sheet.style, as_image);
  canvas.save(figure.title.empty() ? figure.kind : figure.title,
              described(figure, sheet.panels, marks, as_image));
}

}  // namespace sluice::picture
