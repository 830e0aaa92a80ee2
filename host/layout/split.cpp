// Vertices keep their order within a piece, so neighbours stay ascending.
#include "host/layout/split.h"

#include "host/graph/components.h"

namespace sluice::layout {

std::vector<std::unique_ptr<Piece>> split(const graph::Graph& graph) {
  using graph::Vertex;
  std::vector<std::unique_ptr<Piece>> pieces;
  const graph::Components parts = graph::components(graph);
  if (parts.count() == 1 && graph.vertices() > 1) {
    pieces.push_back(std::make_unique<Piece>());
    pieces.back()->graph = &graph;
    return pieces;
  }
  std::vector<std::int64_t> piece_of(std::size_t(parts.count()), -1);
  for (std::size_t c = 0; c < parts.sizes.size(); ++c) {
    if (parts.sizes[c] < 2) continue;
    piece_of[c] = std::int64_t(pieces.size());
    pieces.push_back(std::make_unique<Piece>());
    pieces.back()->graph = &pieces.back()->own;
    pieces.back()->vertices.reserve(std::size_t(parts.sizes[c]));
  }
  std::vector<Vertex> place(static_cast<std::size_t>(graph.vertices()));
  const auto piece = [&](Vertex v) { return piece_of[std::size_t(parts.of[std::size_t(v)])]; };
  for (Vertex v = 0; v < graph.vertices(); ++v) {
    if (piece(v) < 0) continue;
    std::vector<Vertex>& to = pieces[std::size_t(piece(v))]->vertices;
    place[std::size_t(v)] = Vertex(to.size());
    to.push_back(v);
  }
  for (auto& one : pieces) {
    for (const Vertex v : one->vertices) {
      for (std::int64_t at = graph.offsets[std::size_t(v)]; at < graph.offsets[std::size_t(v) + 1]; ++at) {
        one->own.neighbours.push_back(place[std::size_t(graph.neighbours[std::size_t(at)])]);
        if (!graph.weights.empty()) one->own.weights.push_back(graph.weights[std::size_t(at)]);
      }
      one->own.offsets.push_back(std::int64_t(one->own.neighbours.size()));
    }
  }
  return pieces;
}

}  // namespace sluice::layout
