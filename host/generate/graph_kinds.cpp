// Grids, trees, preferential attachment. Vertices are numbered as they come.
#include "host/generate/graph_kinds.h"

#include <algorithm>
#include <cmath>

#include "host/graph/random.h"

namespace sluice {

using i64 = std::int64_t;
using graph::EdgeList;
using graph::Random;
using graph::Vertex;

MadeGraph grid_graph(i64 n) {
  i64 side = i64(std::sqrt(double(n)));
  while (side * side < n) ++side;
  EdgeList edges;
  MadeGraph made;
  for (i64 v = 0; v < n; ++v) {
    made.positions.at.push_back(double(v % side));
    made.positions.at.push_back(double(v / side));
    if (v % side + 1 < side && v + 1 < n) edges.add(Vertex(v), Vertex(v + 1));
    if (v + side < n) edges.add(Vertex(v), Vertex(v + side));
  }
  made.graph = graph::make_graph(n, std::move(edges));
  return made;
}

MadeGraph tree_graph(i64 n, i64 children, std::uint64_t seed) {
  const Random random{seed, 0x74726565};
  EdgeList edges;
  for (i64 v = 1; v < n; ++v) {
    const i64 parent =
        children > 0 ? (v - 1) / children : i64(random.below(std::uint64_t(v), std::uint64_t(v)));
    edges.add(Vertex(parent), Vertex(v));
  }
  return {graph::make_graph(n, std::move(edges)), {}};
}

MadeGraph attachment_graph(i64 n, i64 attach, std::uint64_t seed) {
  const Random random{seed, 0x62616772};
  EdgeList edges;
  // A vertex stands in `ends` once for each of its edges: drawing one there is drawing by degree.
  std::vector<Vertex> ends, chosen;
  const i64 start = std::min(n, attach + 1);  // the first ones are joined as a star
  const auto join = [&](Vertex a, Vertex b) {
    edges.add(a, b);
    ends.push_back(a), ends.push_back(b);
  };
  for (i64 v = 1; v < start; ++v) join(0, Vertex(v));
  for (i64 v = start; v < n; ++v) {
    chosen.clear();
    const std::size_t known = ends.size();
    for (std::uint32_t turn = 0; i64(chosen.size()) < attach; ++turn) {
      const Vertex to = ends[random.below(known, std::uint64_t(v), turn)];
      if (std::find(chosen.begin(), chosen.end(), to) == chosen.end()) chosen.push_back(to);
    }
    for (const Vertex to : chosen) join(to, Vertex(v));
  }
  return {graph::make_graph(n, std::move(edges)), {}};
}

}  // namespace sluice
