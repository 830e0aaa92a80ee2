// Traps of layouts: vertices that meet on the way, gradients beyond float32, hubs of a million, least
// distances that are hard to keep, and the loss that is shown beside a layout's quality.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "../sanitized.h"
#include "formats_support.h"
#include "host/generate_graph.h"
#include "host/layout.h"
#include "host/layout/separate.h"
#include "host/layout/start.h"
#include "layout_graphs.h"

namespace sluice::layout {
namespace {

using namespace test;
using formats_test::Folder;
using formats_test::put;

struct Told : Monitor {
  std::vector<double> losses;
  void iterated(std::int64_t, double loss) override { losses.push_back(loss); }
};

RunOptions on(const std::string& device, int threads = 2) {
  RunOptions run;
  run.device = device, run.threads = threads, run.memory = std::uint64_t(512) << 20;
  return run;
}

Outcome descend(const Graph& g, const BaseOptions& o, const Descent& d, const RunOptions& run) {
  Monitor nobody;
  return descend_base(g, o, d, nobody, run);
}

double least_distance(const Positions& p) {
  double least = std::numeric_limits<double>::infinity();
  for (Vertex a = 0; a < p.vertices(); ++a)
    for (Vertex b = 0; b < a; ++b) least = std::min(least, distance(p, a, b));
  return least;
}

Graph hub() {
  GenerateGraphOptions options;
  options.kind = GenerateGraphOptions::Kind::kStar, options.vertices = kSanitized ? 20'001 : 1'000'001;
  return make_graph_of(options, {}).graph;
}

/// The base objective on a ring of n vertices.
LayoutOptions options_of(const Folder& folder, int n) {
  std::string text;
  for (int v = 1; v <= n; ++v) text += std::to_string(v) + " " + std::to_string(v % n + 1) + "\n";
  LayoutOptions o;
  o.graph = put(folder / "g.txt", text), o.base.rate = 0.01, o.measure = false;
  return o;
}

/// At this rate leaves jump to where their hub is, all to the same place.
TEST(LayoutTraps, VerticesThatMeetOnTheWaySeparate) {
  const graph::Graph star = graph_of(5, {{0, 1}, {0, 2}, {0, 3}, {0, 4}});
  BaseOptions o;
  o.optimizer = Optimizer::kSgd, o.rate = 0.25, o.repulsion = 1e-9, o.centering = 0;
  Descent d;
  d.start = {2, {0.25, 0.5, 1.25, 0.5, -0.75, 0.5, 0.25, 1.5, 0.25, -0.5}}, d.iterations = 255;
  const auto of_leaves = [](const Outcome& out) {
    return least_distance({2, {out.positions.at.begin() + 2, out.positions.at.end()}});
  };
  EXPECT_EQ(of_leaves(descend(star, o, d, on("cpu"))), 0);
  d.iterations = 256;
  const Outcome parted = descend(star, o, d, on("cpu"));
  EXPECT_GT(of_leaves(parted), 1e-5);
  EXPECT_EQ(parted.positions.at, descend(star, o, d, on("late", 5)).positions.at);
}

TEST(LayoutTraps, AdjacentVerticesMayMeet) {
  const graph::Graph two = graph_of(4, {{0, 1}, {2, 3}});
  graph::Positions p{2, {0.5, -0.0, 0.5, 0, 1, 1, 2, 2}};
  EXPECT_FALSE(separate_met(two, p, {}, 1, true, 1e-3));
  p.of(2)[0] = 0.5, p.of(2)[1] = 0;  // beside both, a neighbour of neither
  graph::Positions before = p;
  EXPECT_TRUE(separate_met(two, p, {}, 1, true, 1e-3));
  for (const int k : {0, 1, 2, 3, 6, 7}) EXPECT_EQ(p.at[std::size_t(k)], before.at[std::size_t(k)]) << k;
  EXPECT_NE(p.of(2)[0], 0.5);
  EXPECT_NEAR(p.of(2)[0], 0.5, 1e-3);
  p = before;  // pinned, it stays, and the others go
  EXPECT_TRUE(separate_met(two, p, {2}, 1, true, 1e-3));
  EXPECT_EQ(p.of(2)[0], 0.5);
  EXPECT_NE(p.of(0)[0], 0.5);
  EXPECT_NE(p.of(1)[0], 0.5);
}

/// A gradient whose square is no float32.
TEST(LayoutTraps, VerticesFarOutMove) {
  const graph::Graph star = graph_of(3, {{0, 1}, {0, 2}});
  BaseOptions o;
  o.repulsion = 0, o.rate = 1e24;
  Descent d;
  d.start = {2, {0, 0, 1e25, 0, -1e25, 1}}, d.iterations = 100;
  const Outcome out = descend(star, o, d, on("cpu"));
  EXPECT_LT(std::fabs(out.positions.of(1)[0]), 1e24);
  EXPECT_LT(std::fabs(out.positions.of(2)[0]), 1e24);
}

/// With lr 0.001 no move is above this tolerance: only the multipliers say that it is not over.
TEST(LayoutTraps, ToleranceWaitsForLeastDistances) {
  BaseOptions o;
  o.repulsion = o.centering = 0, o.min_distance = 1;
  Descent d;
  d.start = random_start(7, 2, 3, 1), d.iterations = 20000, d.tolerance = 1e-3;
  const Outcome out = descend(complete(7), o, d, on("cpu", 1));
  EXPECT_EQ(out.ended, Ended::kTolerance);
  EXPECT_LT(out.loss.total, 1.03 * 84);
}

TEST(LayoutTraps, AHubOfAMillion) {
  const graph::Graph star = hub();
  BaseOptions o;
  o.repulsion = o.centering = 0;  // all pairs would be 10^12
  Descent d;
  d.start = random_start(star.vertices(), 2, 1, 2), d.iterations = 3, d.pinned = {1};
  double expected = 0;
  for (Vertex v = 1; v < star.vertices(); ++v)
    for (int k = 0; k < 2; ++k) expected += 2 * std::pow(d.start.of(v)[k] - d.start.of(0)[k], 2);
  Told told;
  const Outcome out = descend_base(star, o, d, told, on("cpu"));
  EXPECT_NEAR(told.losses[0], expected, 1e-6 * expected);
  EXPECT_LT(out.loss.total, told.losses[2]);
  EXPECT_EQ(out.positions.of(1)[0], d.start.of(1)[0]);
  EXPECT_NEAR(std::fabs(out.positions.of(0)[0] - d.start.of(0)[0]), 0.003, 1e-5);
}

TEST(LayoutTraps, AHubOfAMillionByStress) {
  const graph::Graph star = hub();
  Descent d;
  d.start = random_start(star.vertices(), 2, 1, 2), d.iterations = 10;
  StressOptions o;
  o.pivots = 10;
  Monitor nobody;
  RunOptions run;
  run.threads = 2;
  const Outcome around = descend_stress(star, o, d, nobody, run);
  double mean = 0;
  for (Vertex v = 1; v < star.vertices(); ++v)
    mean += distance(around.positions, 0, v) / (star.vertices() - 1);
  EXPECT_NEAR(mean, 1.25, 0.25);  // most pairs are leaves two apart, which no plane has room for
}

/// More vertices than moving pairs apart alone can serve.
TEST(LayoutTraps, LeastDistanceOfAMesh) {
  GenerateGraphOptions options;
  options.kind = GenerateGraphOptions::Kind::kDelaunay, options.vertices = kSanitized ? 300 : 1500;
  const Graph mesh = make_graph_of(options, {}).graph;
  BaseOptions o;
  o.min_distance = 0.5, o.rate = 0.01;
  Descent d;
  d.start = random_start(mesh.vertices(), 2, 1, 1), d.iterations = 50;
  for (double& x : d.start.at) x *= 6.5;
  const Outcome out = descend(mesh, o, d, on("cpu"));
  EXPECT_GE(least_distance(out.positions), 0.5 * (1 - 1e-6));
  EXPECT_LT(out.loss.parts.back().second, 1e-9);  // the barrier's
  double middle = 0, extent = 0;
  for (const double x : out.positions.at) middle += x, extent = std::max(extent, std::fabs(x));
  EXPECT_LT(std::fabs(middle) / double(out.positions.at.size()), 0.2 * extent);
}

/// Two neighbours are pinned where each start has them: too close in some.
TEST(LayoutTraps, RestartsThatKeepItComeFirst) {
  const Folder folder;
  LayoutOptions o = options_of(folder, 6);
  o.base.min_distance = 1, o.iterations = 300, o.restarts = 3, o.seed = 4;
  o.pins = put(folder / "pins.txt", "1\n2\n");
  const LayoutResult r = layout_graph(o, on("cpu"));
  EXPECT_TRUE(r.restarts[r.best].apart);
  bool less = false;
  for (const LayoutRestart& one : r.restarts)
    less = less || (!one.apart && one.loss.total < r.restarts[r.best].loss.total);
  EXPECT_TRUE(less) << "the least loss of all would do";
}

TEST(LayoutTraps, LossIsTheObjectives) {
  const Folder folder;
  LayoutOptions o = options_of(folder, 9);
  o.base.distance = layout::Distance::kCosine, o.measure = true, o.iterations = 50;
  LayoutResult r = layout_graph(o, on("cpu"));
  EXPECT_EQ(r.measures->loss.value, r.restarts[0].loss.total);
  EXPECT_EQ(r.measures->attraction.value, r.restarts[0].loss.parts[0].second);
  EXPECT_FALSE(r.measures->barrier.known());
  o.base.distance = layout::Distance::kSquared, o.base.min_distance = 0.5;
  o.pins = put(folder / "pins.txt", "1 0 0\n2 0.2 0\n");
  r = layout_graph(o, on("cpu"));
  EXPECT_EQ(r.measures->loss.value, r.restarts[0].loss.total);
  // Both ways of a quarter of (0.25 - 0.04)^2.
  EXPECT_NEAR(r.measures->barrier.value, 0.21 * 0.21 / 2, 1e-6);
}

}  // namespace
}  // namespace sluice::layout
