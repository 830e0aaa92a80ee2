// How graphs are drawn: hubs are seen whatever lies around them, crowds of edges are not one dark shape.
#include <gtest/gtest.h>

#include "host/graph/components.h"
#include "host/graph/make.h"
#include "host/layout/drawing.h"
#include "host/layout/edge_ink.h"
#include "host/layout/frames.h"
#include "host/layout/graph_page.h"
#include "host/layout/view.h"

namespace sluice {
namespace {

TEST(LayoutDrawing, HubsAreLargeNamedAndOnTop) {
  graph::EdgeList edges;
  for (int v = 1; v < 200; ++v) edges.add(v == 1 ? 0 : v / 2, v);
  for (int v = 10; v < 150; ++v) edges.add(0, v);
  const graph::Graph g = graph::make_graph(201, edges);
  const graph::Components c = graph::components(g);
  const layout::Drawing d = layout::make_drawing(g, c.of, layout::ColorBy::kAuto, layout::Labels::kAuto);
  EXPECT_EQ(d.color_by, layout::ColorBy::kDegree);
  EXPECT_EQ(d.order.back(), 0);
  EXPECT_EQ(d.labelled.front(), 0);
  EXPECT_LT(d.labelled.size(), 30u);
  EXPECT_GT(d.radii[d.radius[0]], 2 * d.radii[d.radius[199]]);
  EXPECT_EQ(d.components, 2);
}

TEST(LayoutDrawing, ThePageHasHubsOnTop) {
  graph::EdgeList edges;
  for (int v = 0; v < 30; ++v)
    if (v != 3) edges.add(3, v);
  edges.add(7, 8);
  const graph::Graph g = graph::make_graph(30, edges);
  graph::Positions x;
  for (int v = 0; v < 30; ++v) x.at.insert(x.at.end(), {double(v), double(v * v)});
  const layout::Drawing d =
      layout::make_drawing(g, graph::components(g).of, layout::ColorBy::kAuto, layout::Labels::kAuto);
  const page::Page page = layout::page_of(d, x, "t", "", "");
  const auto& pairs = std::get<page::Segments>(page.layers[0]).pairs;
  const auto& points = std::get<page::Points>(page.layers[1]);
  EXPECT_EQ(points.labels.back(), "3");
  const auto& xs = std::get<std::vector<float>>(points.x);
  const auto vertex = [&](std::uint32_t point) { return std::stoi(points.labels[point]); };
  for (std::size_t k = 0; k < 30; ++k) EXPECT_EQ(xs[k] + page.x.origin, vertex(std::uint32_t(k)));
  graph::EdgeList back;
  for (std::size_t k = 0; k < pairs.size(); k += 2) back.add(vertex(pairs[k]), vertex(pairs[k + 1]));
  EXPECT_EQ(graph::make_graph(30, back).neighbours, g.neighbours);
}

TEST(LayoutDrawing, CrowdsOfEdgesAreNotAllDark) {
  std::vector<std::uint32_t> pixels(10000, 0xffffffff);
  layout::EdgeInk ink(100, 100);
  for (int k = 0; k < 200; ++k)
    for (int y = 40; y < 60; ++y) ink.line({0, y + 0.5}, {50 + 0.2 * k, y + 0.5}, 1);
  ink.line({0, 10.5}, {100, 10.5}, 1);
  EXPECT_NEAR(ink.densest(), 200, 1);
  ink.print({pixels.data(), 100, 100, 100}, {0, 0, 0}, 0.05);
  const auto cover = [&](int x, int y) { return 255 - int(pixels[std::size_t(y * 100 + x)] & 0xff); };
  EXPECT_NEAR(cover(50, 10), 0.05 * 255, 2);  // a lonely one is as it was to be
  EXPECT_LT(cover(20, 50), 0.83 * 255);
  EXPECT_GT(cover(20, 50), 1.1 * cover(70, 50));  // and half as many are fainter than all
}

TEST(LayoutDrawing, InkAddsUpInAnyOrder) {
  std::vector<std::uint32_t> pixels(400, 0xffffffff), once = pixels;
  const picture::PixelGrid grid{pixels.data(), 20, 20, 20}, one{once.data(), 20, 20, 20};
  layout::EdgeInk twice(20, 20), single(20, 20);
  single.line({2, 10.5}, {18, 10.5}, 1);
  twice.line({2, 10.5}, {18, 10.5}, 1);
  twice.line({1000, 10.5}, {-1000, 10.5}, 1);  // cut at the edges
  single.print(one, {0, 0, 0}, 0.5);
  twice.print(grid, {0, 0, 0}, 0.5);
  EXPECT_NEAR(once[10 * 20 + 9] & 0xff, 127, 1);
  EXPECT_NEAR(pixels[10 * 20 + 9] & 0xff, 64, 1);
  EXPECT_NEAR(pixels[10 * 20 + 0] & 0xff, 127, 1);
  EXPECT_EQ(once[10 * 20 + 0] & 0xff, 255u);
  EXPECT_EQ(pixels[9 * 20 + 9] & 0xff, 255u);
}

TEST(LayoutDrawing, FramesAreDenserAtTheStart) {
  const std::vector<std::int64_t> at = layout::frame_iterations(10000, 5);
  EXPECT_EQ(at, (std::vector<std::int64_t>{0, 1250, 3536, 6495, 10000}));
  EXPECT_EQ(layout::frame_iterations(3, 60), (std::vector<std::int64_t>{0, 1, 2, 3}));
}

}  // namespace
}  // namespace sluice
