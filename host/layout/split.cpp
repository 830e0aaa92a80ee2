// A piece is a component's part of the patches' order.
#include "host/layout/split.h"

#include "host/graph/patches.h"

namespace sluice::layout {

std::vector<std::unique_ptr<Piece>> split(const graph::Graph& graph, bool weights) {
  std::vector<std::unique_ptr<Piece>> pieces;
  const graph::Patches patches = graph::find_patches(graph);
  std::vector<graph::Vertex> place(static_cast<std::size_t>(graph.vertices()));
  for (std::int64_t c = 0; c < patches.components(); ++c) {
    const auto vertices = patches.component(c);
    if (vertices.size() < 2) continue;
    pieces.push_back(std::make_unique<Piece>());
    pieces.back()->vertices.assign(vertices.begin(), vertices.end());
    pieces.back()->graph = graph::renumbered(graph, vertices, weights, place.data());
  }
  return pieces;
}

std::uint64_t bytes_of(const std::vector<std::unique_ptr<Piece>>& pieces) {
  std::uint64_t bytes = 0;
  for (const auto& piece : pieces)
    bytes += piece->graph.offsets.size() * 8 + piece->graph.neighbours.size() * 4 +
             piece->graph.weights.size() * 8 + piece->vertices.size() * 4;
  return bytes;
}

}  // namespace sluice::layout
