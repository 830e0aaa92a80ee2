// What stress stands on: steps of tiles at every vector level, tournaments, searches, starts.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <new>
#include <random>
#include <set>
#include <span>

#include "../sanitized.h"
#include "host/error.h"
#include "host/graph/many_sources.h"
#include "host/graph/patches.h"
#include "host/layout/edge_lengths.h"
#include "host/layout/hash.h"
#include "host/layout/pair_tile.h"
#include "host/layout/pivot_mds.h"
#include "host/layout/pivots.h"
#include "host/layout/split.h"
#include "host/layout/start.h"
#include "host/layout/tournament.h"
#include "layout_graphs.h"

namespace sluice::layout {
namespace {

using namespace test;

/// A tile with everything that can come: pairs that are none, pinned and coincident vertices.
template <class Code>
struct Tile {
  Tile(int width, int dimensions, float eta, bool itself)
      : width(width), itself(itself), order(shuffled(std::uint8_t(width), 3)) {
    const Positions start = random_start(2 * width, dimensions, 5, 1);
    for (int c = 0; c < dimensions; ++c)
      for (int v = 0; v < 2 * width; ++v) at.push_back(float(start.of(v)[c]));
    for (int c = 0; c < dimensions; ++c)
      at[std::size_t(c * 2 * width + 3)] = at[std::size_t(c * 2 * width + (itself ? 9 : width + 5))];
    moves.assign(std::size_t(2 * width), 1);
    moves[2] = moves[std::size_t(width + 4)] = 0;
    codes.resize(std::size_t(width) * std::size_t(width));
    for (int s = 0; s < width; ++s)
      for (int l = 0; l < width; ++l) {
        const int a = itself ? std::min(l, l ^ s) : l, b = itself ? std::max(l, l ^ s) : (l ^ s);
        codes[std::size_t(s * width + l)] =
            itself && s == 0 ? Code(0) : Code(scatter(std::uint64_t(a), std::uint64_t(b)) % 9);
      }
    job.stride = 2 * width;
    job.dimensions = dimensions;
    job.eta = eta;
    job.key = 11;
    job.order = order.data();
    job.moves = moves.data();
  }
  double run(const TileWays& ways, std::vector<float>& to) {
    to = at;
    std::vector<float> scratch(static_cast<std::size_t>(scratch_floats(job.dimensions)));
    job.at = to.data();
    job.scratch = scratch.data();
    double sums = 0;
    ways.of(codes.data())(job, 0, itself ? 0 : width, width, codes.data(), sums);
    return sums;
  }
  /// Pair after pair in double precision; coincident ones by the tile's own answer.
  double plain(std::vector<double>& to) const {
    to.assign(at.begin(), at.end());
    double sums = 0;
    for (int turn = 0; turn < width; ++turn)
      for (int l = 0; l < width; ++l) {
        const int s = order[std::size_t(turn)], m = l ^ s;
        const double d = double(codes[std::size_t(s * width + l)]);
        if (d == 0 || (itself && m <= l)) continue;
        const int j = itself ? m : width + m;
        double squared = 0;
        for (int c = 0; c < job.dimensions; ++c)
          squared += std::pow(to[std::size_t(c * 2 * width + l)] - to[std::size_t(c * 2 * width + j)], 2);
        const double length = std::sqrt(squared),
                     step = 0.5 * std::min(1.0, double(job.eta) / (d * d)) * (length - d) / length;
        sums += std::pow(length / d - 1, 2);
        for (int c = 0; c < job.dimensions; ++c) {
          double &x = to[std::size_t(c * 2 * width + l)], &y = to[std::size_t(c * 2 * width + j)];
          const double apart = x - y;
          x -= step * apart * double(moves[std::size_t(l)]);
          y += step * apart * double(moves[std::size_t(j)]);
        }
      }
    return sums;
  }
  int width;
  bool itself;
  std::vector<std::uint8_t> order;
  std::vector<float> at, moves;
  std::vector<Code> codes;
  TileJob job;
};

template <class Code>
void compare_levels() {
  for (const int width : {16, 32, 64})
    for (const int dimensions : {1, 2, 3, 5})
      for (const float eta : {0.0f, 0.5f, 20.0f})
        for (const bool itself : {false, true}) {
          Tile<Code> tile(width, dimensions, eta, itself);
          std::vector<float> portable, wide;
          const double sums = tile.run(tile_portable, portable);
          for (const TileWays* ways : {&tile_avx2, &tile_avx512, &best_tile()}) {
            const bool runs = ways == &best_tile() ||
                              (ways == &tile_avx2 && &best_tile() != &tile_portable) ||
                              &best_tile() == &tile_avx512;
            if (ways->bytes == nullptr || !runs) continue;
            const double others = tile.run(*ways, wide);
            EXPECT_EQ(portable, wide) << width << " " << dimensions << " " << eta << " " << itself;
            EXPECT_EQ(sums, others);
          }
          if (eta == 0.0f) {
            EXPECT_EQ(portable, tile.at);
          }
        }
}

TEST(LayoutTile, SameBytesAtEveryLevel) {
  compare_levels<std::uint8_t>();
  compare_levels<std::uint16_t>();
  compare_levels<float>();
}

TEST(LayoutTile, AsPairAfterPair) {
  for (const int dimensions : {2, 3, 4})
    for (const bool itself : {false, true}) {
      Tile<std::uint8_t> tile(16, dimensions, 0.3f, itself);
      for (int c = 0; c < dimensions; ++c) tile.at[std::size_t(c * 32 + 3)] += 1;  // nobody coincides
      std::vector<float> found;
      std::vector<double> expected;
      const double sums = tile.run(best_tile(), found), plain = tile.plain(expected);
      EXPECT_NEAR(sums, plain, 1e-4 * plain);
      for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 2e-4) << i;
      EXPECT_EQ(found[2], tile.at[2]);
    }
}

TEST(LayoutTournament, EveryPairOnceAndRoundsThatDoNotTouch) {
  for (const int teams : {1, 2, 3, 8, 13}) {
    const std::vector<Match> matches = tournament(teams, 7);
    std::set<std::pair<int, int>> met;
    std::vector<int> played(static_cast<std::size_t>(teams));
    for (const Match& match : matches) {
      EXPECT_TRUE(met.emplace(match.a, match.b).second);
      EXPECT_LE(match.a, match.b);
      EXPECT_EQ(match.before_a, played[std::size_t(match.a)]++);
      if (match.a != match.b) {
        EXPECT_EQ(match.before_b, played[std::size_t(match.b)]++);
      }
    }
    EXPECT_EQ(met.size(), std::size_t(teams) * std::size_t(teams + 1) / 2);
    std::vector<std::vector<std::size_t>> order(
        static_cast<std::size_t>(teams));  // a team never plays two at once
    play(matches, teams, 4, [&](std::size_t i) {
      order[std::size_t(matches[i].a)].push_back(i);
      if (matches[i].a != matches[i].b) order[std::size_t(matches[i].b)].push_back(i);
    });
    for (const auto& one : order)
      EXPECT_TRUE(one.size() == std::size_t(teams) && std::is_sorted(one.begin(), one.end()));
  }
}

TEST(LayoutTournament, EndsWhereATurnThrows) {
  const std::vector<Match> matches = tournament(8, 3);
  for (const std::size_t bad : {std::size_t(0), matches.size() / 2})
    EXPECT_THROW(play(matches, 8, 4,
                      [&](std::size_t i) {
                        if (i == bad) throw std::bad_alloc();
                      }),
                 std::bad_alloc);
}

TEST(LayoutSplit, PiecesAreTheComponentsInPatches) {
  Graph whole = pieces(9);
  whole.weights.resize(whole.neighbours.size());
  const auto weight = [](Vertex a, Vertex b) { return 1 + std::min(a, b) + 0.001 * std::max(a, b); };
  for (Vertex v = 0; v < whole.vertices(); ++v)
    for (std::int64_t at = whole.offsets[std::size_t(v)]; at < whole.offsets[std::size_t(v) + 1]; ++at)
      whole.weights[std::size_t(at)] = weight(v, whole.neighbours[std::size_t(at)]);
  const auto parts = split(whole, true);
  ASSERT_EQ(parts.size(), 3u);  // the grid, the cycle and the pair: not the three that are alone
  std::set<Vertex> seen;
  for (const auto& part : parts) {
    const Graph& g = part->graph;
    EXPECT_EQ(part->vertex(0), *std::min_element(part->vertices.begin(), part->vertices.end()));
    ASSERT_EQ(g.vertices(), Vertex(part->vertices.size()));
    for (Vertex v = 0; v < g.vertices(); ++v) {
      EXPECT_TRUE(seen.insert(part->vertex(v)).second);
      EXPECT_TRUE(std::is_sorted(g.of(v).begin(), g.of(v).end()));
      ASSERT_EQ(g.degree(v), whole.degree(part->vertex(v)));
      for (std::int64_t at = g.offsets[std::size_t(v)]; at < g.offsets[std::size_t(v) + 1]; ++at)
        EXPECT_EQ(g.weights[std::size_t(at)],
                  weight(part->vertex(v), part->vertex(g.neighbours[std::size_t(at)])));
    }
  }
  EXPECT_EQ(seen.size(), 81u + 7 + 2);
  EXPECT_TRUE(split(whole, false)[0]->graph.weights.empty());
}

TEST(LayoutSearch, SourcesOfAPatchMeet) {
  // A grid whose vertices have numbers by chance: 64 that follow each other do not meet, patches do.
  const Graph plain = grid(60, 60);
  const std::vector<Vertex> mixed = shuffled(plain.vertices(), 7);
  std::vector<Vertex> place(mixed.size());
  const Graph by_chance = graph::renumbered(plain, mixed, false, place.data());
  const graph::Patches patches = graph::find_patches(by_chance);
  ASSERT_EQ(patches.order.size(), mixed.size());
  std::vector<std::int32_t> distances(mixed.size() * 64);
  graph::ManySources search(by_chance);
  const std::vector<Vertex> first(mixed.begin(), mixed.begin() + 64);
  const std::int64_t chance = search.distances_from(first, distances.data());
  const std::span<const Vertex> order(patches.order);
  for (std::size_t at = 0; at + 64 <= order.size(); at += 64)
    EXPECT_LT(search.distances_from(order.subspan(at, 64), distances.data()), chance / 2);
  // What is farther than asked for is said, and the next search knows nothing of it.
  EXPECT_EQ(search.distances_from(first, distances.data(), 5), -1);
  EXPECT_EQ(search.distances_from(first, distances.data()), chance);
}

TEST(LayoutSearch, ManySourcesAsOne) {
  const Graph graph = grid(9, 31);
  const std::vector<Vertex> order = shuffled(graph.vertices(), 4);
  const std::vector<Vertex> sources(order.begin(), order.begin() + 64);
  std::vector<std::int32_t> many(std::size_t(graph.vertices()) * 64), one(std::size_t(graph.vertices()));
  graph::ManySources search(graph);
  graph::Search plain(graph);
  for (int again = 0; again < 2; ++again) search.distances_from(sources, many.data());
  for (std::size_t s = 0; s < sources.size(); ++s) {
    plain.edges_from(sources[s], one.data());
    for (std::size_t v = 0; v < one.size(); ++v) ASSERT_EQ(many[v * 64 + s], one[v]);
  }
}

TEST(LayoutSearch, PivotsAreTheSameAtAnyNumberOfThreads) {
  const Graph graph = grid(9, 31);
  for (const PivotChoice choice : {PivotChoice::kFarthest, PivotChoice::kSpread}) {
    PivotOptions options;
    options.most = 20, options.choice = choice;
    double told = 0;
    options.told = [&](double share) { told = share; };
    const Pivots pivots = choose_pivots(graph, options);
    ASSERT_EQ(pivots.count(), 20);
    EXPECT_EQ(told, 1);
    EXPECT_EQ(std::set<Vertex>(pivots.at.begin(), pivots.at.end()).size(), 20u);
    for (Vertex v = 0; v < graph.vertices(); ++v) {
      std::int64_t nearest = 0;
      for (std::int64_t k = 1; k < 20; ++k)
        if (pivots.from(k)[v] < pivots.from(nearest)[v]) nearest = k;
      EXPECT_EQ(pivots.nearest[std::size_t(v)], nearest);
    }
    options.threads = 5;
    EXPECT_EQ(choose_pivots(graph, options).at, pivots.at);
    options.most = 400;
    EXPECT_EQ(choose_pivots(path(3), options).count(), 3);
    const std::atomic<bool> stop{true};
    options.stop = &stop;
    EXPECT_EQ(choose_pivots(graph, options).count(), 1);
  }
}

TEST(LayoutSearch, EdgesAreNoLongerThanTheWayAroundThem) {
  for (const bool hub : {false, true}) {
    std::vector<std::pair<Vertex, Vertex>> edges;
    std::vector<double> weights;
    const Vertex n = kSanitized ? 300 : 1100;  // two ranges of vertices
    std::mt19937_64 random(5);
    const auto add = [&](Vertex a, Vertex b) {
      if (a != b) edges.emplace_back(a, b), weights.push_back(std::pow(10.0, double(random() % 2000) / 1000));
    };
    for (Vertex v = 1; v < n; ++v) {
      add(v - 1, v), add(Vertex(random() % std::uint64_t(v)), v);
      if (hub) add(5, v);
    }
    const Graph graph = graph_of(n, edges, weights);
    const auto pieces = split(graph, true);
    const Component component{pieces[0].get(), true, 2.5};
    const Graph& inside = component.graph();
    PivotOptions options;
    options.most = 20, options.lengths = true, options.unit = 2.5;
    const Pivots pivots = choose_pivots(inside, options);
    const std::vector<float> found = edge_lengths(component, pivots, 3);
    EXPECT_EQ(found, edge_lengths(component, pivots, 1));
    graph::Search search(inside);
    std::vector<double> ways(static_cast<std::size_t>(n));
    std::size_t e = 0, shorter = 0, exact = 0;
    double excess = 0;
    for (Vertex a = 0; a < n; ++a) {
      search.lengths_from(a, ways.data());
      for (std::int64_t at = inside.offsets[std::size_t(a)]; at < inside.offsets[std::size_t(a) + 1]; ++at) {
        const Vertex b = inside.neighbours[std::size_t(at)];
        if (b < a) continue;
        const double way = ways[std::size_t(b)] / 2.5, weight = inside.weights[std::size_t(at)] / 2.5;
        ASSERT_GE(found[e], way * (1 - 1e-6)) << a << " " << b;
        ASSERT_LE(found[e], weight * (1 + 1e-6)) << a << " " << b;
        shorter += way < 0.999 * weight, exact += std::fabs(found[e] - way) <= 1e-6 * way;
        if (way < 0.999 * weight) excess += (found[e] - way) / (weight - way);
        ++e;
      }
    }
    ASSERT_EQ(e, found.size());
    EXPECT_GT(shorter, e / 10);
    EXPECT_LT(excess, 0.2 * double(shorter));
    EXPECT_GT(double(exact), (hub ? 0.65 : 0.85) * double(e));
  }
}

TEST(LayoutStart, NormalNumbersThatVerticesName) {
  const Positions all = random_start(20000, 3, 9, 2);
  EXPECT_EQ(all.at, random_start(20000, 3, 9, 5).at);
  EXPECT_NE(all.at, random_start(20000, 3, 10, 1).at);
  const Positions few = random_start(100, 3, 9, 1);
  EXPECT_TRUE(std::equal(few.at.begin(), few.at.end(), all.at.begin()));
  double sum = 0, squares = 0, fourth = 0;
  for (const double x : all.at) sum += x, squares += x * x, fourth += x * x * x * x;
  const double n = double(all.at.size());
  EXPECT_NEAR(sum / n, 0, 0.02);
  EXPECT_NEAR(squares / n, 1, 0.02);
  EXPECT_NEAR(fourth / n, 3, 0.15);
}

TEST(LayoutStart, PivotMdsIsNearTheAnswer) {
  const Graph square = grid(20, 20), line = path(300);
  const Positions flat = pivot_mds(square, {}, 2);
  EXPECT_LT(scaled_stress(square, flat), 0.03);
  EXPECT_EQ(flat.at, pivot_mds(square, {}, 5).at);
  EXPECT_LT(scaled_stress(line, pivot_mds(line, {.dimensions = 1}, 1)), 1e-4);
  EXPECT_LT(scaled_stress(square, pivot_mds(square, {.dimensions = 3}, 1)), 0.05);
  const Graph parts = pieces(5);
  for (const int dimensions : {1, 2, 10})
    for (const Graph& graph : {complete(6), path(2), star(40), parts, graph_of(1, {}), graph_of(0, {})})
      for (const double x : pivot_mds(graph, {.dimensions = dimensions, .pivots = 3}, 1).at)
        ASSERT_TRUE(std::isfinite(x));
  // Lengths: a triangle of 3, 4, 5 to size.
  const Graph triangle = graph_of(3, {{0, 1}, {1, 2}, {0, 2}}, {3, 4, 5});
  EXPECT_NEAR(distance(pivot_mds(triangle, {.lengths = true}, 1), 0, 2), 5, 0.05);
}

}  // namespace
}  // namespace sluice::layout
