// What measures.cpp puts together: each function is one look at a graph and its layout. Sums are kept by row
// and added in the order of rows, so that threads do not change them.
#pragma once
#include <cstdint>
#include <functional>
#include <vector>

#include "host/graph/graph.h"
#include "host/graph/measure/nearest.h"

namespace sluice::graph {

/// A graph with its layout, and what a look may use.
struct Look {
  const Graph& graph;
  const Positions& positions;
  int threads = 1;
  std::function<void()> check_stop;
};

/// Rows of a table that may be a sample: all vertices, or some, ascending.
struct SampledRows {
  std::vector<Vertex> some;  // empty: all vertices
  std::int64_t count = 0;
  bool sampled = false;  // there are more
  Vertex at(std::int64_t row) const { return some.empty() ? Vertex(row) : some[std::size_t(row)]; }
};
/// All n where exact is wanted, else `samples` of them that the seed draws.
SampledRows rows_to_look_at(std::int64_t n, bool exact, std::int64_t samples, std::uint64_t seed);
/// The same of the graph's vertices that have edges.
SampledRows rows_to_look_at(const Graph& graph, bool exact, std::int64_t samples, std::uint64_t seed);

/// Of pairs (row, any other vertex) at a finite graph distance: their number, sum of r, sum of r^2.
struct StressSums {
  std::int64_t pairs = 0;
  double r = 0, r2 = 0;
};
StressSums sum_stress(const Look& look, const SampledRows& rows);

/// Of rows with edges: their number, and their Jaccard indices summed.
struct NeighbourhoodSums {
  std::int64_t vertices = 0;
  double np1 = 0, np2 = 0;
};
NeighbourhoodSums sum_neighbourhoods(const Look& look, const NearestVertices& nearest,
                                     const SampledRows& rows);

/// Of pairs without an edge: their number, distances, 1 / (D + eps) of those with D > `near`. All pairs once,
/// or all of the rows given.
struct PairSums {
  double pairs = 0, distance = 0, inverse = 0;
};
PairSums sum_pairs(const Look& look, double eps, const SampledRows& rows, double near = -1);

/// What a sample of rows would not estimate, as a few pairs may be most of it: 1 / (D + eps) of all ordered
/// pairs without an edge with D <= `near`, exactly. `near` is chosen so that each vertex has some ten others
/// within it; below 0 where that would be far too many pairs, as most stand in one place.
struct NearSums {
  double near = -1, inverse = 0;
};
NearSums sum_near(const Look& look, const NearestVertices& nearest, double eps, const SampledRows& rows);

struct EdgeSums {
  double length = 0, length2 = 0;  // of deviations from the mean, squared
  double attraction = 0;           // weight times squared length
};
EdgeSums sum_edges(const Look& look);

/// Penalties of trustworthiness: sum over rows and their k nearest of max(0, rank - k).
double sum_trust(const Look& look, const NearestVertices& nearest, const SampledRows& rows, std::int64_t k);

double smallest_distance(const Look& look, const NearestVertices& nearest);

/// Edges as segments of the plane, by their left ends.
class Crossings {
 public:
  explicit Crossings(const Look& look);
  /// Pairs of edges whose extents in x overlap: what counting takes.
  double steps() const { return steps_; }
  std::int64_t count() const;

 private:
  struct Segment {
    double left, right, low, high;
    Vertex a, b;
  };
  bool cross(const Segment& s, const Segment& t) const;

  const Look& look_;
  std::vector<Segment> segments_;
  std::vector<std::int64_t> ends_;  // behind the last segment that begins before each one ends
  double steps_ = 0;
};

/// 1, 0 or -1: c lies left of, on, or right of the line from a to b. Exact for coordinates whose products
/// neither overflow nor underflow.
int side_of(const double* a, const double* b, const double* c);

}  // namespace sluice::graph
