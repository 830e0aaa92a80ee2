// How a graph looks, whatever draws it: colours, sizes and order of its vertices, and which of them are
// named. Nothing here knows where the vertices lie, so one Drawing serves all frames of an animation.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/graph/graph.h"
#include "host/picture/colormap.h"

namespace sluice::layout {

enum class ColorBy { kAuto, kDegree, kComponent, kNone };
enum class Labels { kAuto, kAll, kHubs, kNone };

struct Drawing {
  const graph::Graph* graph = nullptr;  // lives longer
  ColorBy color_by = ColorBy::kNone;    // what was chosen: not kAuto
  std::vector<picture::Rgb> palette;
  std::vector<std::uint8_t> color;  // of each vertex, into `palette`
  double low = 0, high = 0;         // degrees at the ends of the colours, of kDegree
  bool log = false;                 // colours go by the logarithm of 1 + degree
  std::int64_t components = 0;

  std::vector<float> radii;          // times the page's usual one, ascending
  std::vector<std::uint8_t> radius;  // of each vertex, into `radii`: hubs are large
  std::vector<graph::Vertex> order;  // from back to front: large ones last

  std::vector<graph::Vertex> labelled;  // those that may have a name beside them, the most important first
};

/// `component` of each vertex, from 0. kAuto colours by component where there are several and none of them
/// is nearly everything, else by degree, and not at all where all degrees are equal.
Drawing make_drawing(const graph::Graph& graph, const std::vector<graph::Vertex>& component, ColorBy color_by,
                     Labels labels);

/// Colours by degree: from 0 to 1.
double degree_fraction(const Drawing& drawing, double degree);

}  // namespace sluice::layout
