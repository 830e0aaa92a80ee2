// Graphs for tests: from a few words, as text to compare, and the folder of real ones.
#pragma once
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "formats_support.h"
#include "host/graph/make.h"
#include "host/graph/read.h"

namespace sluice::graph_test {

using formats_test::caught;
using formats_test::Caught;
using formats_test::Folder;
using formats_test::get;
using formats_test::put;
using namespace graph;

inline Graph graph_of(std::int64_t vertices, const std::vector<std::pair<Vertex, Vertex>>& edges,
                      std::vector<double> weights = {}) {
  EdgeList list;
  for (const auto& [a, b] : edges) list.add(a, b);
  list.weights = std::move(weights);
  return make_graph(vertices, std::move(list));
}

/// "4: 0-1 1-2*2.5": vertices, and edges by number with their weights.
inline std::string shape_of(const Graph& g) {
  std::string text = std::to_string(g.vertices()) + ":";
  const EdgeList edges = edges_of(g);
  for (std::size_t i = 0; i < edges.size(); ++i) {
    text += " " + std::to_string(edges.from[i]) + "-" + std::to_string(edges.to[i]);
    if (edges.weights.empty()) continue;
    char weight[32];
    std::snprintf(weight, sizeof weight, "*%g", edges.weights[i]);
    text += weight;
  }
  return text;
}

/// "a b 7": how vertices are called.
inline std::string names_of(const Graph& g) {
  std::string text;
  for (Vertex v = 0; v < g.vertices(); ++v) text += (v > 0 ? " " : "") + g.name(v);
  return text;
}

inline Read read_text(const std::string& text, const std::string& name = "g.txt", ReadOptions options = {}) {
  if (options.threads == 0) options.threads = 2;
  return parse_graph(text, name, options);
}

inline std::string shape(const std::string& text, const std::string& name = "g.txt") {
  return shape_of(read_text(text, name).graph);
}

inline std::string refusal(const std::string& text, const std::string& name = "g.txt",
                           Weights weights = Weights::kAuto) {
  ReadOptions options;
  options.weights = weights;
  const Caught error = caught([&] { read_text(text, name, options); });
  EXPECT_TRUE(error.thrown) << text;
  EXPECT_EQ(error.kind, ErrorKind::kInput);
  return error.what;
}

inline std::string real_graphs() {
  const char* const data = std::getenv("SLUICE_REAL_DATA");
  return data == nullptr ? "" : std::string(data) + "/graphs/";
}

}  // namespace sluice::graph_test
