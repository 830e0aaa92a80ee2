// Ranks share the height, boxes of a rank the width; arrows are curves that leave and arrive upright.
#include "host/picture/flow.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/picture/canvas.h"
#include "host/picture/text.h"

namespace sluice::picture {
namespace {

struct Place {
  double x = 0, y = 0, width = 0, height = 0;
};

void check(const Flow& flow) {
  for (const auto& [from, to] : flow.arrows)
    if (from >= flow.boxes.size() || to >= flow.boxes.size() || flow.boxes[from].rank >= flow.boxes[to].rank)
      throw Error(ErrorKind::kUsage, "a chart's arrow: expected one to a later rank");
}

std::vector<Place> places_of(const Flow& flow, double top, double width, double height, double font) {
  std::size_t ranks = 0;
  for (const FlowBox& box : flow.boxes) ranks = std::max(ranks, box.rank + 1);
  std::vector<std::vector<std::size_t>> by_rank(ranks);
  for (std::size_t i = 0; i < flow.boxes.size(); ++i) by_rank[flow.boxes[i].rank].push_back(i);
  const double step = height / double(std::max<std::size_t>(1, ranks));
  std::vector<Place> places(flow.boxes.size());
  for (std::size_t r = 0; r < ranks; ++r) {
    const double each = width / double(std::max<std::size_t>(1, by_rank[r].size()));
    for (std::size_t k = 0; k < by_rank[r].size(); ++k) {
      Place& p = places[by_rank[r][k]];
      p.width = std::min(each * 0.9, 26 * font);
      p.height = std::min(step * 0.6, 3.2 * font);
      p.x = each * (double(k) + 0.5) - p.width / 2;
      p.y = top + step * (double(r) + 0.5) - p.height / 2;
    }
  }
  return places;
}

void draw_arrow(cairo_t* cr, const Place& from, const Place& to, double font, bool maybe) {
  const double x0 = from.x + from.width / 2, y0 = from.y + from.height;
  const double x1 = to.x + to.width / 2, y1 = to.y - 0.5 * font, bend = (y1 - y0) / 2;
  cairo_set_source_rgb(cr, 0.35, 0.35, 0.35);
  cairo_set_line_width(cr, font / 10);
  const double dash = font / 3;
  if (maybe) cairo_set_dash(cr, &dash, 1, 0);
  cairo_move_to(cr, x0, y0);
  cairo_curve_to(cr, x0, y0 + bend, x1, y1 - bend, x1, y1);
  cairo_stroke(cr);
  cairo_set_dash(cr, nullptr, 0, 0);
  cairo_move_to(cr, x1, to.y);
  cairo_line_to(cr, x1 - 0.28 * font, to.y - 0.6 * font);
  cairo_line_to(cr, x1 + 0.28 * font, to.y - 0.6 * font);
  cairo_close_path(cr);
  cairo_fill(cr);
}

void draw_box(cairo_t* cr, const FlowBox& box, const Place& p, double font) {
  const double corner = box.round ? p.height / 2 : font / 4;
  cairo_new_sub_path(cr);
  cairo_arc(cr, p.x + p.width - corner, p.y + corner, corner, -M_PI / 2, 0);
  cairo_arc(cr, p.x + p.width - corner, p.y + p.height - corner, corner, 0, M_PI / 2);
  cairo_arc(cr, p.x + corner, p.y + p.height - corner, corner, M_PI / 2, M_PI);
  cairo_arc(cr, p.x + corner, p.y + corner, corner, M_PI, 3 * M_PI / 2);
  cairo_close_path(cr);
  if (box.round)
    cairo_set_source_rgb(cr, 0.93, 0.96, 0.99);
  else
    cairo_set_source_rgb(cr, 1, 0.96, 0.88);
  cairo_fill_preserve(cr);
  cairo_set_source_rgb(cr, 0.25, 0.25, 0.25);
  cairo_set_line_width(cr, font / 9);
  const double dash = font / 3;
  if (box.maybe) cairo_set_dash(cr, &dash, 1, 0);
  cairo_stroke(cr);
  cairo_set_dash(cr, nullptr, 0, 0);
  cairo_set_source_rgb(cr, 0.1, 0.1, 0.1);
  const double middle = p.x + p.width / 2, room = p.width - font;
  const auto line = [&](const std::string& text, double size, double baseline) {
    const auto lines = fit_text(cr, clean_text(text), size, room, 1);
    if (!lines.empty()) draw_text(cr, lines[0], size, middle, baseline, Align::kCenter);
  };
  const double small = 0.82 * font, centre = p.y + p.height / 2;
  if (box.detail.empty()) {
    line(box.text, font, centre + kCapHeight * font / 2);
  } else {
    line(box.text, font, centre - 0.25 * font);
    line(box.detail, small, centre + 1.05 * font);
  }
}

}  // namespace

void draw(const Flow& flow, const std::string& path, int width, int height) {
  check(flow);
  Canvas canvas(path, width, height);
  cairo_t* cr = canvas.context();
  choose_font(cr);
  const double title = canvas.style().title, top = 2.2 * title,
               bottom = flow.caption.empty() ? 0 : 2.5 * title;
  std::size_t ranks = 1;
  for (const FlowBox& box : flow.boxes) ranks = std::max(ranks, box.rank + 1);
  const double font = std::min(canvas.style().font, (height - top - bottom) / double(ranks) / 5.4);
  const std::vector<Place> places = places_of(flow, top, width, height - top - bottom, font);
  for (const auto& [from, to] : flow.arrows)
    draw_arrow(cr, places[from], places[to], font, flow.boxes[from].maybe || flow.boxes[to].maybe);
  for (std::size_t i = 0; i < flow.boxes.size(); ++i) draw_box(cr, flow.boxes[i], places[i], font);
  cairo_set_source_rgb(cr, 0.1, 0.1, 0.1);
  for (const std::string& line : fit_text(cr, clean_text(flow.title), title, width - 2 * title, 1))
    draw_text(cr, line, title, width / 2.0, 1.5 * title, Align::kCenter);
  for (const std::string& line : fit_text(cr, clean_text(flow.caption), font, width - 2 * title, 1))
    draw_text(cr, line, canvas.style().small, width / 2.0, height - title, Align::kCenter);
  std::string description = "Work from top to bottom: ";
  for (const FlowBox& box : flow.boxes)
    description += box.text + (box.detail.empty() ? "; " : " (" + box.detail + "); ");
  canvas.save(flow.title, description + flow.caption);
}

}  // namespace sluice::picture
