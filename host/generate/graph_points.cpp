// Graphs of random points of the plane: those near each other, and Delaunay's triangulation by Boost.Polygon,
// which is exact on whole coordinates. Compiled without contraction (FMA), so that every machine agrees.
#define SLUICE_BACKEND graph_points
#include <algorithm>
#include <boost/polygon/voronoi.hpp>
#include <cmath>
#include <mutex>
#include <numeric>
#include <tuple>

#include "host/generate/graph_kinds.h"
#include "host/graph/random.h"
#include "host/parallel.h"
#include "kernels/normal.h"

namespace sluice {
namespace {

using i64 = std::int64_t;
using graph::EdgeList;
using graph::Vertex;
constexpr double kUnit = 2147483648.0;

std::uint64_t squared(const Points& p, std::size_t a, std::size_t b) {
  const i64 dx = i64(p.x[a]) - p.x[b], dy = i64(p.y[a]) - p.y[b];
  return std::uint64_t(dx * dx + dy * dy);  // below 2^63
}

/// Points by the cells of a square grid.
struct Cells {
  i64 side = 1;
  i64 width = 1;
  std::vector<i64> offsets;
  std::vector<Vertex> points;

  i64 column(std::int32_t at) const { return std::min<i64>(at / width, side - 1); }
  Cells(const Points& p, i64 radius) {
    const i64 n = i64(p.x.size());
    // No more cells than points, none narrower than the radius.
    const i64 most = std::max<i64>(1, i64(std::sqrt(double(n))));
    side = std::clamp<i64>((i64(1) << 31) / std::max<i64>(1, radius), 1, most);
    width = (i64(1) << 31) / side;
    offsets.assign(std::size_t(side * side) + 1, 0);
    const auto cell = [&](i64 v) {
      return std::size_t(column(p.y[std::size_t(v)]) * side + column(p.x[std::size_t(v)]));
    };
    for (i64 v = 0; v < n; ++v) ++offsets[cell(v) + 1];
    std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
    points.resize(std::size_t(n));
    std::vector<i64> next(offsets.begin(), offsets.end() - 1);
    for (i64 v = 0; v < n; ++v) points[std::size_t(next[cell(v)]++)] = Vertex(v);
  }
};

}  // namespace

graph::Positions Points::positions() const {
  graph::Positions positions;
  for (std::size_t i = 0; i < x.size(); ++i) {
    positions.at.push_back(double(x[i]) / kUnit);
    positions.at.push_back(double(y[i]) / kUnit);
  }
  return positions;
}

Points random_points(i64 n, std::uint64_t seed) {
  const graph::Random random{seed, 0x706f696e};
  Points p;
  for (i64 v = 0; v < n; ++v) {
    const std::uint64_t bits = random.bits(std::uint64_t(v));
    p.x.push_back(std::int32_t(bits >> 33));
    p.y.push_back(std::int32_t(bits & 0x7fffffff));
  }
  return p;
}

double usual_radius(i64 n) {
  if (n < 2) return 1;
  return 0.55 * std::sqrt(-graph_points::log_unit(1.0 / double(n)) / double(n));
}

MadeGraph geometric_graph(i64 n, double radius, std::uint64_t seed, int threads) {
  const Points p = random_points(n, seed);
  const i64 reach = i64(std::min(radius, 1.5) * kUnit);  // the diagonal is shorter than 1.5
  const std::uint64_t reach2 = std::uint64_t(reach) * std::uint64_t(reach);
  const Cells cells(p, reach);
  std::vector<EdgeList> rows(std::size_t(cells.side));
  in_parallel(std::size_t(threads), rows.size(), [&](std::size_t row) {
    for (i64 at = cells.offsets[row * std::size_t(cells.side)];
         at < cells.offsets[(row + 1) * std::size_t(cells.side)]; ++at) {
      const Vertex v = cells.points[std::size_t(at)];
      const i64 column = cells.column(p.x[std::size_t(v)]);
      for (i64 y = i64(row); y <= std::min(cells.side - 1, i64(row) + 1); ++y)
        for (i64 x = std::max<i64>(0, column - 1); x <= std::min(cells.side - 1, column + 1); ++x) {
          const std::size_t cell = std::size_t(y * cells.side + x);
          for (i64 k = cells.offsets[cell]; k < cells.offsets[cell + 1]; ++k) {
            const Vertex u = cells.points[std::size_t(k)];
            // Within a row of cells each pair is met from both sides.
            if (y == i64(row) && u <= v) continue;
            if (squared(p, std::size_t(v), std::size_t(u)) <= reach2) rows[row].add(v, u);
          }
        }
    }
  });
  EdgeList edges;
  for (const EdgeList& row : rows) {
    edges.from.insert(edges.from.end(), row.from.begin(), row.from.end());
    edges.to.insert(edges.to.end(), row.to.begin(), row.to.end());
  }
  return {graph::make_graph(n, std::move(edges), nullptr, threads), p.positions()};
}

MadeGraph delaunay_graph(i64 n, std::uint64_t seed) {
  const Points p = random_points(n, seed);
  using Point = boost::polygon::point_data<std::int32_t>;
  // Of points in one place the diagram knows one: the others are joined to it.
  std::vector<Vertex> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), Vertex(0));
  std::sort(order.begin(), order.end(), [&](Vertex a, Vertex b) {
    const std::size_t i = std::size_t(a), k = std::size_t(b);
    return std::tie(p.x[i], p.y[i], a) < std::tie(p.x[k], p.y[k], b);
  });
  EdgeList edges;
  std::vector<Point> points;
  std::vector<Vertex> vertices;
  for (const Vertex v : order) {
    const Point at(p.x[std::size_t(v)], p.y[std::size_t(v)]);
    if (!points.empty() && points.back() == at) {
      edges.add(vertices.back(), v);
      continue;
    }
    points.push_back(at);
    vertices.push_back(v);
  }
  boost::polygon::voronoi_diagram<double> diagram;
  boost::polygon::construct_voronoi(points.begin(), points.end(), &diagram);
  for (const auto& edge : diagram.edges()) {
    const std::size_t a = edge.cell()->source_index(), b = edge.twin()->cell()->source_index();
    if (a < b) edges.add(vertices[a], vertices[b]);
  }
  return {graph::make_graph(n, std::move(edges)), p.positions()};
}

}  // namespace sluice
