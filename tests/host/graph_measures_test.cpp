// Measures of layouts: by hand, against the stored answers of networkx, scikit-learn and the definitions, at
// any number of threads, estimated; graphs of the generator.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

#include "../sanitized.h"
#include "graph_support.h"
#include "host/generate_graph.h"
#include "host/graph/components.h"
#include "host/graph/measure/parts.h"
#include "host/graph/measures.h"
#include "host/graph/positions.h"
#include "host/graph/random.h"

namespace sluice {
namespace {

using namespace graph_test;
using Kind = GenerateGraphOptions::Kind;

Positions at(int dimensions, std::vector<double> values) {
  return {dimensions, std::move(values)};
}

/// Coordinates on [0, 1), of few decimals so that some tie.
Positions scattered(std::int64_t n, int dimensions, std::uint64_t steps) {
  const Random random{42, 7};
  Positions x{dimensions, {}};
  for (std::int64_t i = 0; i < n * dimensions; ++i)
    x.at.push_back(double(random.below(steps, std::uint64_t(i))) / double(steps));
  return x;
}

MadeGraph generated(Kind kind, std::int64_t n, std::uint64_t seed = 1) {
  GenerateGraphOptions options;
  options.kind = kind, options.vertices = n, options.seed = seed;
  return make_graph_of(options, {});
}

TEST(Measures, ThePathOfThreeByHand) {
  const Measures m = measure_layout(graph_of(3, {{0, 1}, {1, 2}}), at(2, {0, 0, 1, 0, 3, 0}));
  EXPECT_NEAR(m.loss.value, 20.22222219753087, 1e-13);
  EXPECT_EQ(m.attraction.value, 10);
  EXPECT_NEAR(m.repulsion.value, 0.22222219753087, 1e-14);
  EXPECT_EQ(m.centering.value, 10);
  EXPECT_EQ(m.edge_length.value, 1.5);
  EXPECT_NEAR(m.edge_length_variation.value, 1.0 / 3, 1e-15);
  EXPECT_EQ(m.nonadjacent_distance.value, 3);
  EXPECT_EQ(m.smallest_distance.value, 1);
  EXPECT_EQ(m.crossings.value, 0);
  EXPECT_EQ(m.crosslessness.value, 1);
  // r = 1, 2, 3 / 2: s = 4.5 / 7.25.
  EXPECT_NEAR(m.scale.value, 4.5 / 7.25, 1e-15);
  EXPECT_NEAR(m.stress.value, 1 - 4.5 * 4.5 / (3 * 7.25), 1e-15);
  // Nearest: 0: 1; 1: 0; 2: 1. Neighbours: 1; 0 and 2; 1.
  EXPECT_EQ(m.np1.value, 1);
  EXPECT_FALSE(m.trustworthiness.known());
  EXPECT_EQ(measure_layout(graph_of(3, {{0, 1}, {1, 2}}), at(1, {0, 1, 2})).stress.value, 0);
}

TEST(Measures, StoredAnswers) {
  const std::string folder = SLUICE_TEST_DATA "/graph/";
  std::map<std::string, std::map<std::string, double>> expected;
  std::ifstream file(folder + "measures.csv");
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    const std::size_t a = line.find(','), b = line.find(',', a + 1);
    expected[line.substr(0, a)][line.substr(a + 1, b - a - 1)] = std::stod(line.substr(b + 1));
  }
  ASSERT_EQ(expected.size(), 9u);
  for (const auto& [name, values] : expected) {
    const Graph g = read_graph(folder + name + ".txt").graph;
    const Positions x = read_positions(folder + name + ".npy", g, {});
    const Measures m = measure_layout(g, x);
    EXPECT_TRUE(m.notes.empty());
    std::size_t known = 0;
    for (const NamedMeasure& named : all_measures()) {
      const Measure& measure = m.*named.measure;
      if (!measure.known() || named.measure == &Measures::loss) continue;
      ASSERT_TRUE(values.contains(named.name)) << name << " " << named.name;
      const double value = values.at(named.name);
      EXPECT_NEAR(measure.value, value, 1e-12 * std::max(1.0, std::fabs(value))) << name << " " << named.name;
      ++known;
    }
    EXPECT_EQ(known, values.size()) << name;
  }
}

TEST(Measures, WhatHasNoValueSaysWhy) {
  const Measures one = measure_layout(graph_of(1, {}), at(2, {3, 4}));
  EXPECT_EQ(one.centering.value, 25);
  EXPECT_EQ(one.smallest_distance.missing, "one vertex");
  EXPECT_EQ(one.stress.missing, "no edges");
  EXPECT_EQ(one.np1.missing, "no edges");
  EXPECT_EQ(one.nonadjacent_distance.missing, "all pairs have an edge");
  const Measures space = measure_layout(graph_of(2, {{0, 1}}), at(3, {0, 0, 0, 0, 0, 0}));
  EXPECT_EQ(space.crossings.missing, "not in two dimensions");
  EXPECT_EQ(space.edge_length_variation.missing, "edges have no length");
  EXPECT_EQ(space.repulsion.value, 0);
  EXPECT_EQ(space.stress.value, 1);
  const Measures huge = measure_layout(graph_of(3, {{0, 1}}), at(2, {0, 0, 1e200, 0, -1e200, 0}));
  EXPECT_EQ(huge.stress.value, 0);  // of one pair
  EXPECT_EQ(huge.edge_length.value, 1e200);
  EXPECT_EQ(huge.loss.missing, "coordinates are too large or too small");
  EXPECT_EQ(huge.crossings.value, 0);
  const Graph pair = graph_of(2, {{0, 1}});
  EXPECT_EQ(caught([&] { measure_layout({}, at(2, {})); }).kind, ErrorKind::kUsage);
  EXPECT_EQ(caught([&] { measure_layout(pair, at(2, {0, 0})); }).kind, ErrorKind::kUsage);
  EXPECT_EQ(caught([&] { measure_layout(pair, at(1, {0, NAN})); }).kind, ErrorKind::kUsage);
  const std::atomic<bool> stop{true};
  MeasureOptions stopped;
  stopped.stop = &stop;
  EXPECT_EQ(caught([&] { measure_layout(pair, at(1, {0, 1}), stopped); }).kind, ErrorKind::kInterrupted);
}

TEST(Measures, CoordinatesWhoseSquaresOverflowOrVanish) {
  const Graph g = generated(Kind::kDelaunay, 60).graph;
  const Positions usual = scattered(60, 2, 1000);
  const Measures expected = measure_layout(g, usual);
  for (const int exponent : {700, -700, 1000, -1000}) {
    Positions x = usual;
    for (double& at : x.at) at = std::ldexp(at, exponent);
    const Measures found = measure_layout(g, x);
    const auto length = [&](double value) { return std::ldexp(value, exponent); };
    EXPECT_EQ(found.stress.value, expected.stress.value) << exponent;
    EXPECT_EQ(length(found.scale.value), expected.scale.value) << exponent;
    EXPECT_EQ(found.np1.value, expected.np1.value) << exponent;
    EXPECT_EQ(found.crossings.value, expected.crossings.value) << exponent;
    EXPECT_EQ(found.edge_length_variation.value, expected.edge_length_variation.value) << exponent;
    EXPECT_EQ(found.smallest_distance.value, length(expected.smallest_distance.value)) << exponent;
    EXPECT_EQ(found.nonadjacent_distance.value, length(expected.nonadjacent_distance.value)) << exponent;
    const double apart = 60.0 * 59 - 2 * double(g.edges());  // ordered pairs without an edge
    EXPECT_NEAR(found.repulsion.value, exponent > 0 ? 0 : apart / 1e-6, 1e-3) << exponent;
    EXPECT_EQ(found.loss.known(), exponent < 0) << exponent;
  }
}

TEST(Measures, ThreadsChangeNothingAndEstimatesAreNear) {
  const MadeGraph made = generated(Kind::kDelaunay, test::kSanitized ? 400 : 1500);
  const Positions& x = made.positions;
  MeasureOptions options;
  options.threads = 1;
  const Measures exact = measure_layout(made.graph, x, options);
  options.work = 1, options.samples = 200;
  const Measures estimated = measure_layout(made.graph, x, options);
  for (const int threads : {2, 5}) {
    options.threads = threads;
    const Measures again = measure_layout(made.graph, x, options);
    options.exact = true;
    const Measures exact_again = measure_layout(made.graph, x, options);
    options.exact = false;
    for (const NamedMeasure& named : all_measures()) {
      EXPECT_EQ((exact.*named.measure).missing, (exact_again.*named.measure).missing) << named.name;
      if ((exact.*named.measure).known()) {
        EXPECT_EQ((exact.*named.measure).value, (exact_again.*named.measure).value) << named.name;
      }
      EXPECT_EQ((estimated.*named.measure).missing, (again.*named.measure).missing) << named.name;
      if (!(estimated.*named.measure).known()) continue;
      EXPECT_EQ((estimated.*named.measure).value, (again.*named.measure).value) << named.name;
    }
  }
  EXPECT_EQ(estimated.crossings.missing, "too many edges");
  ASSERT_EQ(estimated.notes.size(), 2u);
  for (const auto& measure : {&Measures::stress, &Measures::np1, &Measures::np2,
                              &Measures::nonadjacent_distance, &Measures::trustworthiness}) {
    EXPECT_EQ((estimated.*measure).sampled, 200);
    EXPECT_NE((estimated.*measure).value, (exact.*measure).value);
    EXPECT_NEAR((estimated.*measure).value, (exact.*measure).value, 0.1 * (exact.*measure).value);
  }
  options.seed = 2;
  EXPECT_NE(measure_layout(made.graph, x, options).stress.value, estimated.stress.value);
}

TEST(Measures, NearestVerticesAreThoseOfASort) {
  for (const int dimensions : {1, 2, 3, 10})
    for (const std::uint64_t steps : {std::uint64_t(1), std::uint64_t(4), std::uint64_t(1) << 40}) {
      const Positions x = scattered(300, dimensions, steps);
      const NearestVertices nearest(x);
      std::vector<Near> found, all;
      for (const Vertex v : {0, 17, 299}) {
        all.clear();
        for (Vertex u = 0; u < 300; ++u)
          if (u != v) all.emplace_back(NearestVertices::squared(x.of(v), x.of(u), dimensions), u);
        std::sort(all.begin(), all.end());
        for (const std::int64_t k : {0, 1, 5, 30, 200, 299}) {
          nearest.find(v, k, found);
          ASSERT_EQ(found, std::vector<Near>(all.begin(), all.begin() + k)) << dimensions << " " << steps;
        }
      }
    }
}

TEST(Measures, SidesAreExact) {
  const double a[] = {0.5, 0.5}, b[] = {12, 12}, c[] = {24, 24};
  EXPECT_EQ(side_of(a, b, c), 0);
  // The grid of Kettner and others, where rounding alone answers at random.
  const double e = 0x1p-53;
  for (int i = 0; i < 16; ++i)
    for (int j = 0; j < 16; ++j) {
      const double p[] = {0.5 + i * e, 0.5 + j * e};
      ASSERT_EQ(side_of(p, b, c), i < j ? 1 : i > j ? -1 : 0) << i << " " << j;
      ASSERT_EQ(side_of(b, p, c), -side_of(p, b, c));
      ASSERT_EQ(side_of(c, p, b), side_of(p, b, c));
    }
}

TEST(Measures, ManyVerticesInOnePlaceAndAHub) {
  const std::int64_t n = test::kSanitized ? 3000 : 60000;  // n * n is beyond 32 bits
  const MadeGraph star = generated(Kind::kStar, n);
  Positions x = at(2, std::vector<double>(std::size_t(2 * n), 0.5));
  MeasureOptions options;
  options.work = 1e6, options.samples = 20;
  const Measures m = measure_layout(star.graph, x, options);
  EXPECT_EQ(m.smallest_distance.value, 0);
  EXPECT_EQ(m.edge_length.value, 0);
  EXPECT_EQ(m.np2.value, 1);  // all are two edges apart at most
  const double others = double(n - 1) * double(n - 2);
  EXPECT_GT(m.repulsion.value, others * 0.99e6);
  EXPECT_EQ(m.stress.value, 1);
}

/// A few pairs are most of the repulsion: no sample of rows has them.
TEST(Measures, RepulsionOfNearPairsIsNotSampled) {
  const std::int64_t n = 4000;
  Positions x = scattered(n, 2, std::uint64_t(1) << 40);
  for (double& c : x.at) c *= 100;
  for (const int v : {100, 900, 2000}) x.of(v + 1)[0] = x.of(v)[0] + 1e-3, x.of(v + 1)[1] = x.of(v)[1];
  const Graph g = graph_of(n, {{100, 101}, {5, 6}});  // an adjacent pair does not repel
  MeasureOptions options;
  options.work = 1e6, options.samples = 50;
  const Measures about = measure_layout(g, x, options);
  options.exact = true;
  const Measures exact = measure_layout(g, x, options);
  EXPECT_EQ(about.repulsion.sampled, 50);
  EXPECT_GT(exact.repulsion.value, 2e6);
  EXPECT_NEAR(about.repulsion.value, exact.repulsion.value, 0.01 * exact.repulsion.value);
}

/// A sample of all vertices would meet none of these.
TEST(Measures, FewEdgesAmongManyVertices) {
  const std::int64_t n = 5000;
  const Graph g = graph_of(n, {{7, 4900}, {7, 30}});
  MeasureOptions options;
  options.work = 1e6, options.samples = 20;
  const Measures m = measure_layout(g, scattered(n, 2, std::uint64_t(1) << 40), options);
  options.exact = true;
  const Measures exact = measure_layout(g, scattered(n, 2, std::uint64_t(1) << 40), options);
  for (const auto& measure : {&Measures::stress, &Measures::scale, &Measures::np1, &Measures::np2}) {
    EXPECT_EQ((m.*measure).value, (exact.*measure).value);
    EXPECT_EQ((m.*measure).sampled, 0);
  }
  EXPECT_GT(m.repulsion.sampled, 0);
}

TEST(Measures, ALossThatIsKnownIsTaken) {
  MeasureOptions options;
  options.loss = KnownLoss{1, 2, 3, 10, 4};
  const Measures m = measure_layout(graph_of(2, {{0, 1}}), at(2, {0, 0, 1, 0}), options);
  EXPECT_EQ(m.attraction.value, 1);
  EXPECT_EQ(m.repulsion.value, 2);
  EXPECT_EQ(m.centering.value, 3);
  EXPECT_EQ(m.barrier.value, 4);
  EXPECT_EQ(m.loss.value, 10);
  EXPECT_FALSE(measure_layout(graph_of(2, {{0, 1}}), at(2, {0, 0, 1, 0})).barrier.known());
}

/// Sizes and degrees that define a kind.
TEST(GenerateGraph, Kinds) {
  const std::int64_t n = 500;
  EXPECT_EQ(shape_of(generated(Kind::kGrid, 5).graph), "5: 0-1 0-3 1-2 1-4 3-4");
  EXPECT_EQ(shape_of(generated(Kind::kPath, 3).graph), "3: 0-1 1-2");
  EXPECT_EQ(shape_of(generated(Kind::kComplete, 4).graph), "4: 0-1 0-2 0-3 1-2 1-3 2-3");
  EXPECT_EQ(shape_of(generated(Kind::kStar, 4).graph), "4: 0-1 0-2 0-3");
  for (const Kind kind : {Kind::kGrid, Kind::kTree, Kind::kRgg, Kind::kBarabasiAlbert, Kind::kDelaunay,
                          Kind::kComplete, Kind::kPath, Kind::kStar}) {
    EXPECT_EQ(shape_of(generated(kind, 1).graph), "1:") << name_of(kind);
    const MadeGraph two = generated(kind, 2);
    EXPECT_LE(two.graph.edges(), 1) << name_of(kind);
    EXPECT_EQ(parse_graph_kind(name_of(kind)), kind);
    const std::int64_t parts = components(generated(kind, n).graph).count();
    EXPECT_TRUE(parts == 1 || kind == Kind::kRgg) << name_of(kind);
  }
  EXPECT_EQ(generated(Kind::kTree, n).graph.edges(), n - 1);
  EXPECT_EQ(generated(Kind::kBarabasiAlbert, n).graph.edges(), 3 + 3 * (n - 4));
  EXPECT_NE(shape_of(generated(Kind::kTree, n, 1).graph), shape_of(generated(Kind::kTree, n, 2).graph));
  GenerateGraphOptions wrong;
  wrong.vertices = 10, wrong.radius = 0.5;
  EXPECT_EQ(caught([&] { make_graph_of(wrong, {}); }).kind, ErrorKind::kUsage);
  wrong.kind = Kind::kComplete, wrong.radius = 0, wrong.vertices = 2000000;
  EXPECT_EQ(caught([&] { make_graph_of(wrong, {}); }).kind, ErrorKind::kMemory);
  wrong.vertices = 0;
  EXPECT_EQ(caught([&] { make_graph_of(wrong, {}); }).kind, ErrorKind::kUsage);
  EXPECT_EQ(caught([&] { parse_graph_kind("grids"); }).kind, ErrorKind::kUsage);
}

TEST(GenerateGraph, GeometricJoinsAllThatAreNearAndNoOthers) {
  GenerateGraphOptions options;
  options.kind = Kind::kRgg, options.vertices = 400, options.seed = 3;
  for (const double radius : {0.01, 0.1, 0.5, 1.5}) {
    options.radius = radius;
    const MadeGraph made = make_graph_of(options, {});
    std::int64_t near = 0;
    for (Vertex v = 0; v < 400; ++v)
      for (Vertex u = 0; u < v; ++u)
        near += std::sqrt(NearestVertices::squared(made.positions.of(v), made.positions.of(u), 2)) <= radius;
    EXPECT_EQ(made.graph.edges(), near) << radius;
    for (const auto& [v, u] : {std::pair(made.graph.vertices() - 1, 0)}) {
      const double d = std::sqrt(NearestVertices::squared(made.positions.of(v), made.positions.of(u), 2));
      const auto row = made.graph.of(Vertex(v));
      EXPECT_EQ(std::find(row.begin(), row.end(), Vertex(u)) != row.end(), d <= radius);
    }
  }
}

/// No vertex lies within the circle of a triangle, and edges do not cross: the triangulation that there is.
TEST(GenerateGraph, DelaunayHasEmptyCircles) {
  const MadeGraph made = generated(Kind::kDelaunay, 200);
  const Graph& g = made.graph;
  const Positions& x = made.positions;
  EXPECT_EQ(measure_layout(g, x).crossings.value, 0);
  int triangles = 0;
  for (Vertex a = 0; a < 200; ++a)
    for (const Vertex b : g.of(a))
      for (const Vertex c : g.of(b)) {
        const auto row = g.of(a);
        if (!(a < b && b < c) || !std::binary_search(row.begin(), row.end(), c)) continue;
        const long double ax = x.of(a)[0], ay = x.of(a)[1], bx = x.of(b)[0] - ax, by = x.of(b)[1] - ay,
                          cx = x.of(c)[0] - ax, cy = x.of(c)[1] - ay, d = 2 * (bx * cy - by * cx);
        const long double ux = (cy * (bx * bx + by * by) - by * (cx * cx + cy * cy)) / d,
                          uy = (bx * (cx * cx + cy * cy) - cx * (bx * bx + by * by)) / d;
        int inside = 0;
        for (Vertex v = 0; v < 200; ++v) {
          const long double dx = x.of(v)[0] - ax - ux, dy = x.of(v)[1] - ay - uy;
          inside += dx * dx + dy * dy < (ux * ux + uy * uy) * (1 - 1e-12L);
        }
        triangles += inside == 0;
      }
  // Euler: E = V + F - 1 without the outer face; every face is a triangle with an empty circle.
  EXPECT_EQ(triangles, g.edges() - 200 + 1);
}

TEST(GenerateGraph, FilesAndTheirBytes) {
  Folder folder;
  GenerateGraphOptions options;
  options.kind = Kind::kDelaunay, options.vertices = 300, options.seed = 9;
  options.output = folder / "a.graphml", options.positions = folder / "a.npy";
  RunOptions run;
  run.threads = 1;
  const GenerateGraphSummary s = generate_graph(options, run);
  const Read back = read_graph(options.output);
  EXPECT_EQ(back.graph.edges(), s.edges);
  const Positions x = read_positions(options.positions, back.graph, {});
  EXPECT_EQ(x.at, generated(Kind::kDelaunay, 300, 9).positions.at);
  const std::string bytes = get(options.output);
  EXPECT_EQ(s.bytes, bytes.size());
  EXPECT_EQ(caught([&] { generate_graph(options, run); }).kind, ErrorKind::kOutput);
  run.force = true, run.threads = 3;
  generate_graph(options, run);
  EXPECT_EQ(get(options.output), bytes);
  // What every machine makes.
  EXPECT_EQ(shape_of(generated(Kind::kBarabasiAlbert, 8).graph),
            "8: 0-1 0-2 0-3 1-4 1-5 1-6 2-4 2-7 3-4 3-5 4-5 4-6 4-7 5-6 5-7");
  EXPECT_EQ(shape_of(generated(Kind::kDelaunay, 6).graph), "6: 0-1 0-4 1-2 1-3 1-4 2-3 3-4 3-5 4-5");
  EXPECT_EQ(shape_of(generated(Kind::kRgg, 12).graph),
            "12: 1-8 1-11 2-8 2-11 3-5 3-6 3-9 4-5 4-7 4-10 5-6 5-7 6-7 6-9 7-10 8-11");
  EXPECT_EQ(shape_of(generated(Kind::kTree, 8).graph), "8: 0-1 0-3 0-7 1-2 3-4 3-6 4-5");
}

}  // namespace
}  // namespace sluice
