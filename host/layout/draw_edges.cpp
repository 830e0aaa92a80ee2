#include "host/layout/draw_edges.h"

#include <cairo.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "host/layout/edge_ink.h"
#include "host/picture/marker.h"

namespace sluice::layout {
namespace {

using graph::Vertex;
using picture::Point;

constexpr picture::Rgb kEdge{0x33, 0x3f, 0x50};
constexpr double kLeast = 0.035, kMost = 0.55;  // opacity of an edge
constexpr double kFaintest = 0.008;             // of a vector where most of them cross
constexpr double kDark = 0.17;                  // part of the page that edges may darken
constexpr double kDarkest = 0.85;               // of a place where vectors cross
constexpr std::size_t kClasses = 4;             // of lengths: long edges are fainter
constexpr std::array<double, kClasses> kWeight = {1.25, 1, 0.75, 0.5};
constexpr std::int64_t kPathLength = 50;  // edges in a path: long ones take viewers minutes where edges cross
constexpr std::int64_t kFew = 3000;       // edges, of which it is not looked for where they cross
constexpr int kArcSteps = 24;
constexpr double kSteepest = 2;  // height of an arc over half its width

double length_of(const Point& a, const Point& b, const Arcs& arcs) {
  return (arcs.on ? 1.4 : 1.0) * std::hypot(a.x - b.x, a.y - b.y);
}

struct Lengths {
  double total = 0, mean = 0;
};

template <class F>
void each_edge(const graph::Graph& g, const F& edge) {
  for (Vertex v = 0; v < g.vertices(); ++v)
    for (const Vertex u : g.of(v))
      if (u > v) edge(std::size_t(v), std::size_t(u));
}

Lengths lengths(const graph::Graph& g, const std::vector<Point>& at, const Arcs& arcs) {
  Lengths l;
  each_edge(g, [&](std::size_t v, std::size_t u) { l.total += length_of(at[v], at[u], arcs); });
  l.mean = g.edges() > 0 ? l.total / double(g.edges()) : 0;
  return l;
}

std::size_t class_of(double length, double mean) {
  return length <= mean ? 0 : length <= 2 * mean ? 1 : length <= 4 * mean ? 2 : 3;
}

/// The more ink there is, the fainter an edge.
double opacity_for(const Lengths& l, const Pen& pen, double area) {
  return std::clamp(kDark * area / std::max(l.total * pen.edge, 1.0), kLeast, kMost);
}

/// Of vectors, which lie one on top of the other: where most cross, something is still to be seen.
double opacity_of_vectors(const graph::Graph& g, const std::vector<Point>& at, const Lengths& l,
                          const Arcs& arcs, const Pen& pen, double area) {
  const double opacity = opacity_for(l, pen, area);
  if (arcs.on || g.edges() < kFew) return opacity;
  double right = 1, bottom = 1;
  for (const Point& p : at) right = std::max(right, p.x), bottom = std::max(bottom, p.y);
  EdgeInk ink(std::int64_t(right) + 2, std::int64_t(bottom) + 2);
  each_edge(g, [&](std::size_t v, std::size_t u) {
    ink.line(at[v], at[u], pen.edge * kWeight[class_of(length_of(at[v], at[u], arcs), l.mean)]);
  });
  const double crossing = std::max(1.0, ink.densest());
  return std::max(kFaintest, std::min(opacity, -std::expm1(std::log1p(-kDarkest) / crossing)));
}

/// Coordinates in steps of 1/16 or, of many edges, 1/4 of a unit: short in the file.
struct Rounded {
  double step;
  double operator()(double x) const { return std::round(x * step) / step; }
};

}  // namespace

Arcs arcs_for(const graph::Graph& g, const std::vector<Point>& at, double room) {
  double longest = 0;
  each_edge(
      g, [&](std::size_t v, std::size_t u) { longest = std::max(longest, std::abs(at[v].x - at[u].x) / 2); });
  Arcs arcs{true, std::min(kSteepest, room / std::max(longest, 1.0)), 0};
  arcs.height = arcs.flat * longest;
  return arcs;
}

void ink_edges(cairo_surface_t* surface, double scale, Point shift, const Drawing& drawing,
               const std::vector<Point>& at, const Arcs& arcs, const Pen& pen, double area) {
  const Lengths l = lengths(*drawing.graph, at, arcs);
  cairo_surface_flush(surface);
  const picture::PixelGrid grid{reinterpret_cast<std::uint32_t*>(cairo_image_surface_get_data(surface)),
                                cairo_image_surface_get_width(surface),
                                cairo_image_surface_get_height(surface),
                                cairo_image_surface_get_stride(surface) / 4};
  EdgeInk ink(grid.width, grid.height);
  const auto place = [&](double x, double y) { return Point{(x + shift.x) * scale, (y + shift.y) * scale}; };
  each_edge(*drawing.graph, [&](std::size_t v, std::size_t u) {
    const double weight = pen.edge * scale * kWeight[class_of(length_of(at[v], at[u], arcs), l.mean)];
    if (!arcs.on) {
      ink.line(place(at[v].x, at[v].y), place(at[u].x, at[u].y), weight);
      return;
    }
    const double radius = (at[u].x - at[v].x) / 2, middle = at[v].x + radius;
    Point last = at[v];
    for (int k = 1; k <= kArcSteps; ++k) {
      const double angle = std::numbers::pi * k / kArcSteps;
      const Point next{middle - radius * std::cos(angle),
                       at[v].y - std::abs(radius) * arcs.flat * std::sin(angle)};
      ink.line(place(last.x, last.y), place(next.x, next.y), weight);
      last = next;
    }
  });
  ink.print(grid, kEdge, opacity_for(l, pen, area));
  cairo_surface_mark_dirty(surface);
}

void path_edges(cairo_t* cr, const Drawing& drawing, const std::vector<Point>& at, const Arcs& arcs,
                const Pen& pen, double area) {
  const Lengths l = lengths(*drawing.graph, at, arcs);
  const double opacity = opacity_of_vectors(*drawing.graph, at, l, arcs, pen, area);
  const Rounded rounded{drawing.graph->edges() > 20000 ? 4.0 : 16.0};
  cairo_set_line_cap(cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width(cr, pen.edge);
  // Long edges lie below, so that they do not hide the short ones.
  for (std::size_t c = kClasses; c-- > 0;) {
    picture::set_color(cr, kEdge, std::min(1.0, opacity * kWeight[c]));
    std::int64_t held = 0;
    each_edge(*drawing.graph, [&](std::size_t v, std::size_t u) {
      if (class_of(length_of(at[v], at[u], arcs), l.mean) != c) return;
      cairo_move_to(cr, rounded(at[v].x), rounded(at[v].y));
      if (arcs.on) {
        // A half ellipse by two curves of Bezier (0.5523 of a radius: the usual approximation of a circle).
        const double x0 = at[v].x, x1 = at[u].x, y = at[v].y, middle = (x0 + x1) / 2, k = 0.5523;
        const double top = y - std::abs(x1 - x0) / 2 * arcs.flat;
        cairo_curve_to(cr, x0, y + k * (top - y), middle + k * (x0 - middle), top, middle, top);
        cairo_curve_to(cr, middle + k * (x1 - middle), top, x1, y + k * (top - y), x1, y);
      } else {
        cairo_line_to(cr, rounded(at[u].x), rounded(at[u].y));
      }
      if (++held % kPathLength == 0) cairo_stroke(cr);
    });
    cairo_stroke(cr);
  }
}

}  // namespace sluice::layout
