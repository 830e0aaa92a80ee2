#include "host/layout/draw_graph.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "host/layout/draw_edges.h"
#include "host/picture/marker.h"
#include "host/picture/stamp.h"
#include "host/picture/text.h"

namespace sluice::layout {
namespace {

using graph::Vertex;
using picture::Point;

constexpr std::int64_t kMostStrokes = 3000;  // edges, and vertices, that Cairo draws one by one
constexpr double kLeastRim = 1.5;            // radius from which on a vertex has a rim
constexpr std::size_t kPathDots = 100;       // with rims, in a path
constexpr double kImageScale = 2;            // pixels to a unit of a page of vectors
constexpr std::size_t kLongestName = 24;     // bytes, about
constexpr std::size_t kFewVertices = 2000;   // names keep off all of them
constexpr double kMostHidden = 3;            // usual radii of them under a name

/// White, half of it outside: vertices that overlap stay apart.
double rim_of(double radius) {
  return std::clamp(0.14 * radius, 0.3, 1.6);
}

void paint_vertices(cairo_t* cr, const Drawing& drawing, const std::vector<Point>& at, const Pen& pen) {
  for (const Vertex v : drawing.order) {
    const Point p = at[std::size_t(v)];
    const double radius = pen.radius * double(drawing.radii[drawing.radius[std::size_t(v)]]);
    cairo_arc(cr, p.x, p.y, radius, 0, 6.283185307179586);
    picture::set_color(cr, drawing.palette[drawing.color[std::size_t(v)]]);
    cairo_fill_preserve(cr);
    picture::set_color(cr, {255, 255, 255});
    cairo_set_line_width(cr, rim_of(radius));
    cairo_stroke(cr);
  }
}

/// Dots are lines without length and with round ends: one path for all of a colour and size, or for some of
/// them where each has a rim.
void path_vertices(cairo_t* cr, const Drawing& drawing, const std::vector<Point>& at, const Pen& pen) {
  const auto rounded = [](double x) { return std::round(x * 4) / 4; };
  const auto dots = [&](const Vertex* first, const Vertex* last, picture::Rgb color, double radius) {
    picture::set_color(cr, color);
    cairo_set_line_width(cr, 2 * radius);
    for (; first != last; ++first) {
      cairo_move_to(cr, rounded(at[std::size_t(*first)].x), rounded(at[std::size_t(*first)].y));
      cairo_close_path(cr);
    }
    cairo_stroke(cr);
  };
  cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
  std::vector<std::vector<Vertex>> groups(drawing.radii.size() * drawing.palette.size());
  for (const Vertex v : drawing.order)
    groups[drawing.radius[std::size_t(v)] * drawing.palette.size() + drawing.color[std::size_t(v)]].push_back(
        v);
  for (std::size_t k = 0; k < groups.size(); ++k) {
    const std::vector<Vertex>& group = groups[k];
    const double radius = pen.radius * double(drawing.radii[k / drawing.palette.size()]);
    const bool rims = radius >= kLeastRim;
    const std::size_t step = rims ? kPathDots : group.size();
    for (std::size_t i = 0; i < group.size(); i += step) {
      const Vertex *first = group.data() + i, *last = group.data() + std::min(group.size(), i + step);
      if (rims) dots(first, last, {255, 255, 255}, radius + rim_of(radius) / 2);
      dots(first, last, drawing.palette[k % drawing.palette.size()],
           radius - (rims ? rim_of(radius) / 2 : 0));
    }
  }
}

void stamp_vertices(cairo_surface_t* surface, double scale, Point shift, const Drawing& drawing,
                    const std::vector<Point>& at, const Pen& pen) {
  cairo_surface_flush(surface);
  const picture::PixelGrid grid{reinterpret_cast<std::uint32_t*>(cairo_image_surface_get_data(surface)),
                                cairo_image_surface_get_width(surface),
                                cairo_image_surface_get_height(surface),
                                cairo_image_surface_get_stride(surface) / 4};
  std::vector<std::optional<picture::Stamp>> stamps(drawing.radii.size()), rims(drawing.radii.size());
  for (const Vertex v : drawing.order) {
    const std::size_t r = drawing.radius[std::size_t(v)];
    const double radius = std::max(0.5, pen.radius * scale * double(drawing.radii[r]));
    const double rim = radius >= kLeastRim ? rim_of(radius) / 2 : 0;
    if (!stamps[r]) {
      stamps[r].emplace(picture::Marker::kCircle, radius - rim, 0.0);
      if (rim > 0) rims[r].emplace(picture::Marker::kCircle, radius + rim, 0.0);
    }
    const double x = (at[std::size_t(v)].x + shift.x) * scale, y = (at[std::size_t(v)].y + shift.y) * scale;
    if (rims[r]) rims[r]->put(grid, x, y, {255, 255, 255});
    stamps[r]->put(grid, x, y, drawing.palette[drawing.color[std::size_t(v)]]);
  }
  cairo_surface_mark_dirty(surface);
}

std::string short_name(const std::string& name) {
  const std::string clean = picture::clean_text(name);
  if (clean.size() <= kLongestName) return clean;
  std::size_t end = kLongestName - 1;
  while (end > 0 && (static_cast<unsigned char>(clean[end]) & 0xc0) == 0x80) --end;
  return clean.substr(0, end) + "\u2026";
}

bool overlap(const picture::Box& a, const picture::Box& b) {
  return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
}

/// How much of a name's place is on vertices: a name there is hard to read and hides them.
double covered(const picture::Box& place, const Drawing& drawing, const std::vector<Point>& at,
               const Pen& pen) {
  double sum = 0;
  for (std::size_t v = 0; v < at.size(); ++v) {
    const double radius = pen.radius * double(drawing.radii[drawing.radius[v]]);
    const double dx = at[v].x - std::clamp(at[v].x, place.x, place.right());
    const double dy = at[v].y - std::clamp(at[v].y, place.y, place.bottom());
    sum += std::max(0.0, radius - std::hypot(dx, dy));
  }
  return sum;
}

/// Of the places beside a vertex the one that covers no other name and, where vertices are few, least of
/// them: none where that hides several, unless all are to be named.
std::optional<picture::Box> place_for(Vertex v, double width, double height, const Drawing& drawing,
                                      const std::vector<Point>& at, const Pen& pen, const picture::Box& box,
                                      const std::vector<picture::Box>& taken) {
  const Point p = at[std::size_t(v)];
  const double radius = pen.radius * double(drawing.radii[drawing.radius[std::size_t(v)]]);
  const double gap = 0.25 * pen.font, slant = 0.7 * radius;
  const Point corners[] = {{p.x + radius + gap, p.y - height / 2},
                           {p.x - radius - gap - width, p.y - height / 2},
                           {p.x - width / 2, p.y - radius - gap - height},
                           {p.x - width / 2, p.y + radius + gap},
                           {p.x + slant, p.y - slant - height},
                           {p.x + slant, p.y + slant},
                           {p.x - slant - width, p.y - slant - height},
                           {p.x - slant - width, p.y + slant}};
  std::optional<picture::Box> best;
  double least = std::numeric_limits<double>::infinity();
  for (const Point& corner : corners) {
    const picture::Box place{corner.x, corner.y, width, height};
    const bool free =
        place.x >= box.x && place.y >= box.y && place.right() <= box.right() &&
        place.bottom() <= box.bottom() &&
        std::none_of(taken.begin(), taken.end(), [&](const picture::Box& b) { return overlap(b, place); });
    if (!free) continue;
    const double cover = at.size() <= kFewVertices ? covered(place, drawing, at, pen) : 0;
    if (cover < least - 1e-9) least = cover, best = place;
  }
  if (drawing.labelled.size() < at.size() && least > kMostHidden * pen.radius) return {};
  return best;
}

/// Names beside their vertices, each on a white ground that lets it stand out of the edges; one that would
/// cover another is left out.
void draw_names(cairo_t* cr, const Drawing& drawing, const std::vector<Point>& at, const Pen& pen,
                const picture::Box& box) {
  std::vector<picture::Box> taken;
  const double height = pen.font * (picture::kCapHeight + picture::kDescent);
  for (const Vertex v : drawing.labelled) {
    const std::string name = short_name(drawing.graph->name(v));
    if (name.empty()) continue;
    const double width = picture::text_width(cr, name, pen.font);
    const auto place = place_for(v, width, height, drawing, at, pen, box, taken);
    if (!place) continue;
    taken.push_back(*place);
    picture::set_color(cr, {255, 255, 255}, 0.85);
    cairo_rectangle(cr, place->x, place->y, width, height);
    cairo_fill(cr);
    picture::set_color(cr, {0x22, 0x22, 0x22});
    picture::draw_text(cr, name, pen.font, place->x, place->y + picture::kCapHeight * pen.font,
                       picture::Align::kLeft);
  }
}

/// Both on pixels of their own that go onto the page as one image.
void draw_as_image(cairo_t* cr, const Drawing& drawing, const std::vector<Point>& at, const Arcs& arcs,
                   const Pen& pen, const picture::Box& box) {
  cairo_surface_t* surface = cairo_image_surface_create(
      CAIRO_FORMAT_ARGB32, int(std::ceil(box.width * kImageScale)), int(std::ceil(box.height * kImageScale)));
  const Point shift{-box.x, -box.y};
  ink_edges(surface, kImageScale, shift, drawing, at, arcs, pen, box.width * box.height);
  stamp_vertices(surface, kImageScale, shift, drawing, at, pen);
  cairo_save(cr);
  cairo_translate(cr, box.x, box.y);
  cairo_scale(cr, 1 / kImageScale, 1 / kImageScale);
  cairo_set_source_surface(cr, surface, 0, 0);
  cairo_paint(cr);
  cairo_restore(cr);
  cairo_surface_destroy(surface);
}

}  // namespace

Pen pen_for(const Drawing& drawing, const picture::Box& box, double apart, const picture::Style& style) {
  const double unit = style.font / 20;
  const double room = std::sqrt(box.width * box.height / std::max(1.0, double(drawing.graph->vertices())));
  Pen pen;
  // Where many vertices lie in crowds, dots are smaller, by a third at most: edges within are to be seen.
  const double usual = 0.15 * room;
  const double wanted = apart > 0 ? std::clamp(0.35 * apart, 0.65 * usual, usual) : usual;
  pen.radius = std::clamp(wanted, 0.55 * unit, 10 * unit);
  pen.largest = 1.1 * double(drawing.radii.back());
  pen.edge = std::clamp(0.06 * room, 0.6 * unit, 1.8 * unit);
  pen.font = std::clamp(0.16 * room, 0.85 * style.small, style.small);
  return pen;
}

bool draw_graph(cairo_t* cr, bool vector, const Drawing& drawing, const graph::Positions& positions,
                const View& view, const Pen& pen, const picture::Box& box) {
  const graph::Graph& g = *drawing.graph;
  std::vector<Point> at = view.of(positions);
  const std::int64_t marks = g.vertices() + g.edges();
  const double area = box.width * box.height;
  Arcs arcs;
  if (positions.dimensions == 1) {  // vertices, arcs and names in the middle of the box
    arcs = arcs_for(g, at, std::max(1.0, box.height - 2 * pen.margin() - pen.font));
    for (Point& p : at) p.y = box.y + (box.height + arcs.height - pen.font) / 2;
  }
  bool image = false;
  if (vector && marks > kMostVectors) {
    draw_as_image(cr, drawing, at, arcs, pen, box);
    image = true;
  } else {
    cairo_surface_t* const surface = cairo_get_target(cr);
    if (vector || g.edges() <= kMostStrokes)
      path_edges(cr, drawing, at, arcs, pen, area);
    else
      ink_edges(surface, 1, {0, 0}, drawing, at, arcs, pen, area);
    if (g.vertices() <= kMostStrokes)
      paint_vertices(cr, drawing, at, pen);
    else if (vector)
      path_vertices(cr, drawing, at, pen);
    else
      stamp_vertices(surface, 1, {0, 0}, drawing, at, pen);
  }
  draw_names(cr, drawing, at, pen, box);
  return image;
}

}  // namespace sluice::layout
