// One function a kind of generated graph. All arithmetic that decides an edge is on whole numbers or exact,
// so the graph is the same on every machine.
#pragma once
#include "host/generate_graph.h"
#include "host/graph/make.h"

namespace sluice {

/// Vertices in rows of ceil(sqrt(n)), each joined to the next in its row and in its column.
MadeGraph grid_graph(std::int64_t n);
/// Vertex v > 0 hangs on (v - 1) / children, or on a random earlier one.
MadeGraph tree_graph(std::int64_t n, std::int64_t children, std::uint64_t seed);
/// Points of the unit square, joined where they are at most `radius` apart.
MadeGraph geometric_graph(std::int64_t n, double radius, std::uint64_t seed, int threads);
/// Each vertex brings `attach` edges to different earlier ones, likelier to those that have many.
MadeGraph attachment_graph(std::int64_t n, std::int64_t attach, std::uint64_t seed);
/// The Delaunay triangulation of random points of the unit square.
MadeGraph delaunay_graph(std::int64_t n, std::uint64_t seed);

/// Random points of the unit square, as whole numbers below 2^31.
struct Points {
  std::vector<std::int32_t> x, y;
  graph::Positions positions() const;
};
Points random_points(std::int64_t n, std::uint64_t seed);

/// 0.55 sqrt(ln n / n): the radius at which such graphs begin to hang together (10th DIMACS Challenge).
double usual_radius(std::int64_t n);

}  // namespace sluice
