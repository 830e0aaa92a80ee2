// Points of the page are the vertices in the drawing's order, from back to front: hubs lie on top.
#include "host/layout/graph_page.h"

#include <algorithm>
#include <cmath>

#include "host/layout/view.h"

namespace sluice::layout {
namespace {

using graph::Vertex;

constexpr double kSmallestArea = 0.35, kLargestArea = 30;  // of a mark, times that of the mean degree

std::vector<float> degrees_of(const Drawing& drawing) {
  std::vector<float> degrees;
  degrees.reserve(drawing.order.size());
  for (const Vertex v : drawing.order) degrees.push_back(float(drawing.graph->degree(v)));
  return degrees;
}

page::Segments segments_of(const Drawing& drawing) {
  const graph::Graph& g = *drawing.graph;
  std::vector<std::uint32_t> place(drawing.order.size());
  for (std::size_t k = 0; k < place.size(); ++k) place[std::size_t(drawing.order[k])] = std::uint32_t(k);
  page::Segments edges;
  edges.name = "edges";
  edges.points = 1;
  edges.pairs.reserve(std::size_t(2 * g.edges()));
  for (Vertex v = 0; v < g.vertices(); ++v)
    for (const Vertex u : g.of(v))
      if (u > v) edges.pairs.insert(edges.pairs.end(), {place[std::size_t(v)], place[std::size_t(u)]});
  edges.opacity = std::clamp(1.5 / std::sqrt(1 + double(g.edges()) / 500), 0.12, 0.6);
  return edges;
}

page::Points points_of(const Drawing& drawing) {
  const graph::Graph& g = *drawing.graph;
  page::Points points;
  points.name = "vertices";
  for (const Vertex v : drawing.order) points.labels.push_back(g.name(v));
  const std::vector<float> degrees = degrees_of(drawing);
  const double mean = g.vertices() > 0 ? 2 * double(g.edges()) / double(g.vertices()) : 0;
  if (mean > 0) {
    std::vector<float> sizes = degrees;
    for (float& size : sizes) size = float(std::clamp(double(size) / mean, kSmallestArea, kLargestArea));
    points.sizes = std::move(sizes);
    points.size_label = "degree";
  }
  if (drawing.color_by == ColorBy::kComponent) {
    page::Categories categories;
    categories.label = "component";
    for (std::size_t k = 0; k < drawing.palette.size(); ++k)
      categories.names.push_back(k + 1 < drawing.palette.size() ? std::to_string(k + 1) : "others");
    for (const Vertex v : drawing.order) categories.data.push_back(drawing.color[std::size_t(v)]);
    points.categories = std::move(categories);
    points.columns.push_back({"degree", degrees});
  } else if (drawing.color_by == ColorBy::kDegree) {
    page::ColorRule rule;
    rule.label = "degree", rule.log = drawing.log && drawing.low > 0;
    rule.low = drawing.low, rule.high = drawing.high;
    points.values = page::ColoredValues{degrees, rule};
  } else {
    points.columns.push_back({"degree", degrees});
    points.color = drawing.palette.front();
  }
  return points;
}

}  // namespace

page::Page page_of(const Drawing& drawing, const graph::Positions& positions, const std::string& title,
                   const std::string& description, const std::string& note) {
  page::Page page;
  page.title = title, page.description = description, page.note = note;
  page.axes = false, page.equal = true;
  const Extent extent = extent_of(positions);
  page.x.origin = extent.x_low + extent.width() / 2, page.y.origin = extent.y_low + extent.height() / 2;
  page::Points points = points_of(drawing);
  std::vector<float> x, y;
  for (const Vertex v : drawing.order) {
    x.push_back(float(positions.of(v)[0] - page.x.origin));
    y.push_back(float(positions.dimensions > 1 ? positions.of(v)[1] - page.y.origin : 0));
  }
  points.x = std::move(x), points.y = std::move(y);
  page.layers.emplace_back(segments_of(drawing));
  page.layers.emplace_back(std::move(points));
  return page;
}

}  // namespace sluice::layout
