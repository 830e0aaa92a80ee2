// A graph into a box of a page. On pixels edges are ink that adds up and vertices are stamped; in SVG and PDF
// edges are a few paths by length and vertices one path a colour and size, so that 100,000 of each stay
// usable.
#pragma once
#include "host/layout/drawing.h"
#include "host/layout/view.h"
#include "host/picture/layout.h"

typedef struct _cairo cairo_t;

namespace sluice::layout {

/// Sizes on the page: they follow from the room that a vertex has.
struct Pen {
  double radius = 4;     // of a usual vertex
  double edge = 1;       // width of an edge
  double font = 10;      // of names
  double largest = 4.2;  // radius of the largest vertex, times the usual one, and its rim
  double margin() const { return largest * radius + edge; }
};
/// `apart`: how far most vertices are from their nearest, on the page; 0: not known.
Pen pen_for(const Drawing& drawing, const picture::Box& box, double apart, const picture::Style& style);

/// Vectors beyond so many edges and vertices together would make a file of 100 MB: they become an image.
constexpr std::int64_t kMostVectors = 1000000;

/// vector: the page is SVG or PDF. Returns true where vectors became an image (see Canvas::image_was_drawn).
bool draw_graph(cairo_t* cr, bool vector, const Drawing& drawing, const graph::Positions& positions,
                const View& view, const Pen& pen, const picture::Box& box);

}  // namespace sluice::layout
