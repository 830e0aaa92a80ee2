#include "host/layout/graph_page.h"

#include <algorithm>
#include <cmath>

#include "host/layout/view.h"

namespace sluice::layout {
namespace {

using graph::Vertex;

constexpr double kLargestArea = 30;  // of a hub's mark, times the mean one's

std::vector<float> degrees_of(const graph::Graph& g) {
  std::vector<float> degrees(std::size_t(g.vertices()));
  for (Vertex v = 0; v < g.vertices(); ++v) degrees[std::size_t(v)] = float(g.degree(v));
  return degrees;
}

page::Segments segments_of(const graph::Graph& g) {
  page::Segments edges;
  edges.name = "edges";
  edges.points = 1;
  edges.pairs.reserve(std::size_t(2 * g.edges()));
  for (Vertex v = 0; v < g.vertices(); ++v)
    for (const Vertex u : g.of(v))
      if (u > v) edges.pairs.insert(edges.pairs.end(), {std::uint32_t(v), std::uint32_t(u)});
  edges.opacity = std::clamp(1.5 / std::sqrt(1 + double(g.edges()) / 500), 0.12, 0.6);
  return edges;
}

page::Points points_of(const Drawing& drawing) {
  const graph::Graph& g = *drawing.graph;
  page::Points points;
  points.name = "vertices";
  for (Vertex v = 0; v < g.vertices(); ++v) points.labels.push_back(g.name(v));
  const std::vector<float> degrees = degrees_of(g);
  const double mean = g.vertices() > 0 ? 2 * double(g.edges()) / double(g.vertices()) : 0;
  if (mean > 0) {
    std::vector<float> sizes = degrees;
    for (float& size : sizes) size = float(std::min(double(size) / mean, kLargestArea));
    points.sizes = std::move(sizes);
    points.size_label = "degree";
  }
  if (drawing.color_by == ColorBy::kComponent) {
    page::Categories categories;
    categories.label = "component";
    for (std::size_t k = 0; k < drawing.palette.size(); ++k)
      categories.names.push_back(k + 1 < drawing.palette.size() ? std::to_string(k + 1) : "others");
    categories.data.assign(drawing.color.begin(), drawing.color.end());
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
  for (std::int64_t v = 0; v < positions.vertices(); ++v) {
    x.push_back(float(positions.of(v)[0] - page.x.origin));
    y.push_back(float(positions.dimensions > 1 ? positions.of(v)[1] - page.y.origin : 0));
  }
  points.x = std::move(x), points.y = std::move(y);
  page.layers.emplace_back(segments_of(*drawing.graph));
  page.layers.emplace_back(std::move(points));
  return page;
}

}  // namespace sluice::layout
