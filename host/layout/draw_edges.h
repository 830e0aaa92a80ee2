// The edges of a drawing, in both ways: ink on pixels, paths in vectors.
#pragma once
#include <vector>

#include "host/layout/draw_graph.h"
#include "host/picture/polyline.h"

typedef struct _cairo cairo_t;
typedef struct _cairo_surface cairo_surface_t;

namespace sluice::layout {

/// One dimension: edges are arcs above the line.
struct Arcs {
  bool on = false;
  double flat = 1;    // height of an arc over half its width
  double height = 0;  // of the highest
};
/// The highest arc fits into `room`.
Arcs arcs_for(const graph::Graph& graph, const std::vector<picture::Point>& at, double room);

/// `shift` of the page's units, then `scale` of them, are pixels of the surface.
void ink_edges(cairo_surface_t* surface, double scale, picture::Point shift, const Drawing& drawing,
               const std::vector<picture::Point>& at, const Arcs& arcs, const Pen& pen, double area);
void path_edges(cairo_t* cr, const Drawing& drawing, const std::vector<picture::Point>& at, const Arcs& arcs,
                const Pen& pen, double area);

}  // namespace sluice::layout
