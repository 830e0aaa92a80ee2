#include "host/layout/drawing.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/picture/marker.h"

namespace sluice::layout {
namespace {

using graph::Vertex;

constexpr int kShades = 64;              // of viridis: an animation has 255 colours in all
constexpr std::size_t kNamedColors = 7;  // components with a colour of their own
constexpr int kRadii = 16;
constexpr double kSmallest = 0.7, kLargest = 3.6;
constexpr double kLargestOfMany = 10, kMany = 2000;  // where usual vertices are small dots
constexpr std::int64_t kFew = 60;                    // so many vertices are all named
constexpr std::size_t kMostHubs = 24;                // named in a larger graph
constexpr double kHub = 3;                           // times the mean degree
constexpr picture::Rgb kPlain{0x2f, 0x6f, 0xa7}, kOther{0x8a, 0x8f, 0x98};

struct Degrees {
  double low = 0, high = 0, mean = 0;
};

Degrees degrees_of(const graph::Graph& g) {
  Degrees d;
  if (g.vertices() == 0) return d;
  d.low = d.high = double(g.degree(0));
  for (Vertex v = 0; v < g.vertices(); ++v) {
    d.low = std::min(d.low, double(g.degree(v)));
    d.high = std::max(d.high, double(g.degree(v)));
  }
  d.mean = 2.0 * double(g.edges()) / double(g.vertices());
  return d;
}

/// Vertices of each component, and the components from the largest down.
struct Ranked {
  std::vector<std::int64_t> size;
  std::vector<std::size_t> rank;  // of each component
};

Ranked rank(const std::vector<Vertex>& component) {
  Ranked r;
  for (const Vertex c : component) {
    if (std::size_t(c) >= r.size.size()) r.size.resize(std::size_t(c) + 1);
    ++r.size[std::size_t(c)];
  }
  std::vector<std::size_t> order(r.size.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return r.size[a] > r.size[b]; });
  r.rank.resize(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) r.rank[order[k]] = k;
  return r;
}

ColorBy chosen(ColorBy asked, const Degrees& d, const Ranked& r, std::int64_t vertices) {
  if (asked == ColorBy::kAuto) {
    const std::int64_t largest = r.size.empty() ? 0 : *std::max_element(r.size.begin(), r.size.end());
    const std::int64_t joined =
        std::count_if(r.size.begin(), r.size.end(), [](std::int64_t n) { return n > 1; });
    asked = joined > 1 && double(largest) < 0.9 * double(vertices) ? ColorBy::kComponent : ColorBy::kDegree;
  }
  return asked == ColorBy::kDegree && d.low == d.high ? ColorBy::kNone : asked;
}

void set_colors(Drawing& drawing, const std::vector<Vertex>& component, const Ranked& r) {
  const graph::Graph& g = *drawing.graph;
  drawing.color.assign(std::size_t(g.vertices()), 0);
  if (drawing.color_by == ColorBy::kDegree) {
    const picture::Colormap viridis("viridis", false);
    for (int k = 0; k < kShades; ++k) drawing.palette.push_back(viridis.at(double(k) / (kShades - 1)));
    for (Vertex v = 0; v < g.vertices(); ++v)
      drawing.color[std::size_t(v)] =
          std::uint8_t(std::lround(degree_fraction(drawing, double(g.degree(v))) * (kShades - 1)));
  } else if (drawing.color_by == ColorBy::kComponent) {
    for (std::size_t k = 0; k < kNamedColors; ++k) drawing.palette.push_back(picture::category_color(k));
    drawing.palette.push_back(kOther);
    for (std::size_t v = 0; v < component.size(); ++v)
      drawing.color[v] = std::uint8_t(std::min(r.rank[std::size_t(component[v])], kNamedColors));
  } else {
    drawing.palette = {kPlain};
  }
}

void set_sizes(Drawing& drawing, const Degrees& d) {
  const graph::Graph& g = *drawing.graph;
  const double largest =
      std::clamp(kLargest * std::pow(double(g.vertices()) / kMany, 0.25), kLargest, kLargestOfMany);
  const double step = std::log(largest / kSmallest) / (kRadii - 1);
  for (int k = 0; k < kRadii; ++k) drawing.radii.push_back(float(kSmallest * std::exp(step * k)));
  drawing.radius.resize(std::size_t(g.vertices()));
  for (Vertex v = 0; v < g.vertices(); ++v) {
    const double wanted = d.mean > 0 ? std::sqrt(double(g.degree(v)) / d.mean) : 1;
    const double level = std::log(std::clamp(wanted, kSmallest, largest) / kSmallest) / step;
    drawing.radius[std::size_t(v)] = std::uint8_t(std::lround(level));
  }
  drawing.order.resize(drawing.radius.size());
  std::iota(drawing.order.begin(), drawing.order.end(), 0);
  std::stable_sort(drawing.order.begin(), drawing.order.end(), [&](Vertex a, Vertex b) {
    return drawing.radius[std::size_t(a)] < drawing.radius[std::size_t(b)];
  });
}

void set_labels(Drawing& drawing, const Degrees& d, Labels labels) {
  const graph::Graph& g = *drawing.graph;
  if (labels == Labels::kAuto) labels = g.vertices() <= kFew ? Labels::kAll : Labels::kHubs;
  if (labels == Labels::kNone) return;
  for (Vertex v = 0; v < g.vertices(); ++v)
    if (labels == Labels::kAll || double(g.degree(v)) >= std::max(kHub * d.mean, 3.0))
      drawing.labelled.push_back(v);
  std::stable_sort(drawing.labelled.begin(), drawing.labelled.end(),
                   [&](Vertex a, Vertex b) { return g.degree(a) > g.degree(b); });
  if (labels == Labels::kHubs && drawing.labelled.size() > kMostHubs) drawing.labelled.resize(kMostHubs);
}

}  // namespace

double degree_fraction(const Drawing& drawing, double degree) {
  const auto scaled = [&](double x) { return drawing.log ? std::log1p(x) : x; };
  const double low = scaled(drawing.low), high = scaled(drawing.high);
  return high > low ? std::clamp((scaled(degree) - low) / (high - low), 0.0, 1.0) : 0;
}

Drawing make_drawing(const graph::Graph& graph, const std::vector<Vertex>& component, ColorBy color_by,
                     Labels labels) {
  Drawing drawing;
  drawing.graph = &graph;
  const Degrees d = degrees_of(graph);
  const Ranked r = rank(component);
  drawing.components = std::int64_t(r.size.size());
  drawing.color_by = chosen(color_by, d, r, graph.vertices());
  drawing.low = d.low, drawing.high = d.high, drawing.log = d.high + 1 > 10 * (d.low + 1);
  set_colors(drawing, component, r);
  set_sizes(drawing, d);
  set_labels(drawing, d, labels);
  return drawing;
}

}  // namespace sluice::layout
