// Where components go beside each other; and the loss curve that is kept of a long descent.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include "host/layout/loss_curve.h"
#include "host/layout/pack.h"
#include "host/layout/start.h"
#include "layout_graphs.h"

namespace sluice::layout {
namespace {

using namespace test;

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
  // In three dimensions at the height of what is pinned.
  Positions deep = random_start(several.vertices(), 3, 1, 1);
  for (Vertex v = 1; v <= 16; ++v) deep.of(v)[2] = 100;
  pack(several, pinned, deep);
  for (const Vertex v : {0, 17, 26}) EXPECT_NEAR(deep.of(v)[2], 100, 1e-9);

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
