// What stress stands on: steps of tiles at every vector level, tournaments, searches, starts, packing.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <new>
#include <set>

#include "host/error.h"
#include "host/layout/hash.h"
#include "host/layout/loss_curve.h"
#include "host/layout/many_sources.h"
#include "host/layout/pack.h"
#include "host/layout/pair_tile.h"
#include "host/layout/pivot_mds.h"
#include "host/layout/pivots.h"
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
  TileSums run(const TileWays& ways, std::vector<float>& to) {
    to = at;
    std::vector<float> scratch(static_cast<std::size_t>(scratch_floats(job.dimensions)));
    job.at = to.data();
    job.scratch = scratch.data();
    TileSums sums;
    ways.of(codes.data())(job, 0, itself ? 0 : width, width, codes.data(), sums);
    return sums;
  }
  /// Pair after pair in double precision; coincident ones by the tile's own answer.
  TileSums plain(std::vector<double>& to) const {
    to.assign(at.begin(), at.end());
    TileSums sums;
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
        sums.stress += std::pow(length / d - 1, 2);
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
          const TileSums sums = tile.run(tile_portable, portable);
          for (const TileWays* ways : {&tile_avx2, &tile_avx512, &best_tile()}) {
            const bool runs = ways == &best_tile() ||
                              (ways == &tile_avx2 && &best_tile() != &tile_portable) ||
                              &best_tile() == &tile_avx512;
            if (ways->bytes == nullptr || !runs) continue;
            const TileSums others = tile.run(*ways, wide);
            EXPECT_EQ(portable, wide) << width << " " << dimensions << " " << eta << " " << itself;
            EXPECT_EQ(sums.stress, others.stress);
            EXPECT_EQ(sums.largest, others.largest);
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
      const TileSums sums = tile.run(best_tile(), found), plain = tile.plain(expected);
      EXPECT_NEAR(sums.stress, plain.stress, 1e-4 * plain.stress);
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

TEST(LayoutSearch, ManySourcesAsOne) {
  const Graph graph = grid(9, 31);
  const std::vector<Vertex> order = shuffled(graph.vertices(), 4);
  const std::vector<Vertex> sources(order.begin(), order.begin() + 64);
  std::vector<std::int32_t> many(std::size_t(graph.vertices()) * 64), one(std::size_t(graph.vertices()));
  ManySources search(graph);
  graph::Search plain(graph);
  for (int again = 0; again < 2; ++again) search.distances_from(sources, many.data());
  for (std::size_t s = 0; s < sources.size(); ++s) {
    plain.edges_from(sources[s], one.data());
    for (std::size_t v = 0; v < one.size(); ++v) ASSERT_EQ(many[v * 64 + s], one[v]);
  }
  const Pivots pivots = choose_pivots(graph, 20, PivotChoice::kFarthest, false, 1, 1);
  ASSERT_EQ(pivots.count(), 20);
  EXPECT_EQ(std::set<Vertex>(pivots.at.begin(), pivots.at.end()).size(), 20u);
  EXPECT_EQ(choose_pivots(path(3), 20, PivotChoice::kSpread, false, 1, 1).count(), 3);
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

struct Extent {
  std::array<double, 2> low{1e300, 1e300}, high{-1e300, -1e300};
  void add(const double* at) {
    for (std::size_t c = 0; c < 2; ++c) low[c] = std::min(low[c], at[c]), high[c] = std::max(high[c], at[c]);
  }
};

TEST(LayoutPack, SetsComponentsApart) {
  std::vector<std::pair<Vertex, Vertex>> edges;
  Vertex n = 0;
  std::vector<std::vector<Vertex>> parts;
  for (int size = 0; size < 40; ++size) {  // paths of 1 to 20 vertices, four of them alone
    parts.emplace_back();
    for (int i = 0; i <= size / 2; ++i) {
      if (i > 0) edges.emplace_back(n - 1, n);
      parts.back().push_back(n++);
    }
  }
  for (int i = 0; i < 15; ++i) parts.push_back({n++});
  const Graph graph = graph_of(n, edges);
  for (const int dimensions : {2, 3}) {
    const Positions start = random_start(n, dimensions, 1, 1);
    Positions packed = start;
    pack(graph, {}, packed);
    double gap = 0;
    for (const auto& [a, b] : edges) gap += distance(start, a, b) / double(edges.size());
    std::vector<Extent> boxes(parts.size());
    Extent page;
    for (std::size_t p = 0; p < parts.size(); ++p)
      for (const Vertex v : parts[p]) {
        boxes[p].add(packed.of(v));
        page.add(packed.of(v));
        for (int c = 0; c < dimensions; ++c)  // moved as a whole
          EXPECT_NEAR(packed.of(v)[c] - start.of(v)[c], packed.of(parts[p][0])[c] - start.of(parts[p][0])[c],
                      1e-9);
      }
    for (std::size_t a = 0; a < boxes.size(); ++a)
      for (std::size_t b = 0; b < a; ++b) {
        double apart = 0;
        for (std::size_t c = 0; c < 2; ++c)
          apart = std::max({apart, boxes[a].low[c] - boxes[b].high[c], boxes[b].low[c] - boxes[a].high[c]});
        EXPECT_GE(apart, gap * (1 - 1e-9)) << a << " and " << b;
      }
    const double aspect = (page.high[0] - page.low[0]) / (page.high[1] - page.low[1]);
    EXPECT_GT(aspect, 0.9);
    EXPECT_LT(aspect, 2);
    Positions again = start;
    pack(graph, {}, again);
    EXPECT_EQ(again.at, packed.at);
  }
}

TEST(LayoutPack, LeavesPinsAndOneComponent) {
  const Graph one = grid(4, 4);
  Positions at = random_start(16, 2, 1, 1);
  const Positions before = at;
  pack(one, {}, at);
  EXPECT_EQ(at.at, before.at);

  const Graph several = pieces(4);
  Positions held = random_start(several.vertices(), 2, 1, 1);
  const Positions loose = held;
  const std::vector<Vertex> pinned{2};  // of the grid
  pack(several, pinned, held);
  double right = -1e300;
  for (Vertex v = 1; v <= 16; ++v) {
    EXPECT_EQ(held.of(v)[0], loose.of(v)[0]);
    right = std::max(right, held.of(v)[0]);
  }
  for (const Vertex v : {0, 18, 20, 27}) EXPECT_GT(held.of(v)[0], right);

  Positions line = random_start(several.vertices(), 1, 1, 1);
  pack(several, {}, line);
  std::vector<std::pair<double, int>> places;  // intervals do not mix
  for (Vertex v = 0; v < several.vertices(); ++v)
    places.emplace_back(line.of(v)[0], v >= 1 && v <= 16    ? 0
                                       : v >= 18 && v <= 24 ? 1
                                       : v == 25 || v == 27 ? 2
                                                            : 3 + v);
  std::sort(places.begin(), places.end());
  std::set<int> done;
  for (std::size_t i = 0; i < places.size(); ++i)
    if (i == 0 || places[i].second != places[i - 1].second) {
      EXPECT_TRUE(done.insert(places[i].second).second);
    }
}

TEST(LayoutDrawing, LongCurvesAreThinnedEvenly) {
  layout::LossCurve curve;
  const std::int64_t n = 3 * std::int64_t(layout::LossCurve::kMost);
  for (std::int64_t i = 0; i < n; ++i) curve.add(i, double(i));
  curve.end(n, -1);
  ASSERT_LE(curve.losses().size(), layout::LossCurve::kMost + 1);
  EXPECT_EQ(curve.iterations().front(), 0);
  EXPECT_EQ(curve.iterations().back(), n);
  EXPECT_EQ(curve.losses().back(), -1);
  const std::int64_t apart = curve.iterations()[1];
  for (std::size_t k = 1; k + 1 < curve.iterations().size(); ++k)
    ASSERT_EQ(curve.iterations()[k] - curve.iterations()[k - 1], apart) << k;
}

}  // namespace
}  // namespace sluice::layout
