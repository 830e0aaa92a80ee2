// Coincident vertices are found by a table of places; each gets a displacement of its own.
#include "host/layout/separate.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace sluice::layout {
namespace {

constexpr int kMostRounds = 20;

std::uint64_t mixed(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// (-1, 1).
double hashed(std::uint64_t seed, std::uint64_t vertex, int k) {
  return (double(mixed(mixed(mixed(seed) ^ vertex) + std::uint64_t(k)) >> 11) + 0.5) * 0x1p-52 - 1;
}

double extent(const graph::Positions& p) {
  const double n = double(p.vertices());
  double sum = 0;
  for (int k = 0; k < p.dimensions; ++k) {
    // About the first, so that it is 0 where all coincide.
    const double first = p.of(0)[k];
    double mean = 0;
    for (std::int64_t v = 0; v < p.vertices(); ++v) mean += (p.of(v)[k] - first) / n;
    for (std::int64_t v = 0; v < p.vertices(); ++v) sum += std::pow(p.of(v)[k] - first - mean, 2) / n;
  }
  return std::sqrt(sum);
}

/// Vertices by their places: an open table of one vertex a place, and lists of those that stay there with it.
class Places {
 public:
  /// `graph`: adjacent vertices may share a place; null: none may.
  Places(const graph::Positions& positions, const graph::Graph* graph)
      : positions_(positions),
        graph_(graph),
        first_(std::bit_ceil(2 * std::size_t(positions.vertices()) + 2), kNone) {
    if (graph != nullptr) next_.assign(std::size_t(positions.vertices()), kNone);
  }

  /// Whether v may stay where it is, beside those that came before; `always`: it does.
  bool stays(graph::Vertex v, bool always) {
    std::size_t at = hash(v) & (first_.size() - 1);
    while (first_[at] != kNone && !same(first_[at], v)) at = (at + 1) & (first_.size() - 1);
    const graph::Vertex first = first_[at];
    if (first == kNone) {
      first_[at] = v;
      return true;
    }
    if (!always && !beside_all(v, first)) return false;
    if (graph_ != nullptr) next_[std::size_t(v)] = std::exchange(next_[std::size_t(first)], v);
    return true;
  }

 private:
  static constexpr graph::Vertex kNone = -1;

  bool beside_all(graph::Vertex v, graph::Vertex first) const {
    if (graph_ == nullptr) return false;
    const auto row = graph_->of(v);
    for (graph::Vertex u = first; u != kNone; u = next_[std::size_t(u)])
      if (!std::binary_search(row.begin(), row.end(), u)) return false;
    return true;
  }
  std::uint64_t hash(graph::Vertex v) const {
    std::uint64_t h = 0;
    for (int k = 0; k < positions_.dimensions; ++k)
      h = mixed(h ^ std::bit_cast<std::uint64_t>(positions_.of(v)[k] + 0.0));  // -0 is 0
    return h;
  }
  bool same(graph::Vertex a, graph::Vertex b) const {
    return std::equal(positions_.of(a), positions_.of(a) + positions_.dimensions, positions_.of(b));
  }

  const graph::Positions& positions_;
  const graph::Graph* const graph_;
  std::vector<graph::Vertex> first_, next_;
};

/// Vertices that may not stay where they are, pinned ones never.
std::vector<graph::Vertex> coincident(const graph::Positions& positions, const std::vector<char>& fixed,
                                      const graph::Graph* graph) {
  Places places(positions, graph);
  std::vector<graph::Vertex> found;
  const auto n = graph::Vertex(positions.vertices());
  for (graph::Vertex v = 0; v < n; ++v)
    if (fixed[std::size_t(v)]) places.stays(v, true);
  for (graph::Vertex v = 0; v < n; ++v)
    if (!fixed[std::size_t(v)] && !places.stays(v, false)) found.push_back(v);
  return found;
}

struct Moves {
  std::uint64_t seed;
  bool single;
  double reach;  // 0: by the layout's extent
};

double reach_of(const graph::Positions& positions) {
  const double size = extent(positions);
  return size > 0 && std::isfinite(size) ? size / 100 : 1;
}

bool separate(graph::Positions& positions, const std::vector<graph::Vertex>& pinned,
              const graph::Graph* graph, Moves moves) {
  std::vector<char> fixed(static_cast<std::size_t>(positions.vertices()));
  for (const graph::Vertex v : pinned) fixed[std::size_t(v)] = 1;
  const double ulp = moves.single ? 0x1p-23 : 0x1p-52;
  for (int round = 0; round < kMostRounds; ++round) {
    const std::vector<graph::Vertex> moving = coincident(positions, fixed, graph);
    if (moving.empty()) return round > 0;
    if (moves.reach == 0) moves.reach = reach_of(positions);
    for (const graph::Vertex v : moving)
      for (int k = 0; k < positions.dimensions; ++k) {
        double& x = positions.of(v)[k];
        if (!std::isfinite(x)) continue;
        // Far out that may be less than two neighbouring numbers are apart.
        x += std::max(moves.reach, std::ldexp(ulp * std::fabs(x), 4 + round)) *
             hashed(moves.seed + std::uint64_t(round), std::uint64_t(v), k);
        if (moves.single) x = double(float(x));
      }
  }
  return true;
}

}  // namespace

void separate_coincident(graph::Positions& positions, const std::vector<graph::Vertex>& pinned,
                         std::uint64_t seed, bool single) {
  if (single)
    for (double& x : positions.at) x = double(float(x));
  separate(positions, pinned, nullptr, {seed, single, 0});
}

bool separate_met(const graph::Graph& graph, graph::Positions& positions,
                  const std::vector<graph::Vertex>& pinned, std::uint64_t seed, bool single, double reach) {
  return separate(positions, pinned, &graph, {seed, single, reach});
}

}  // namespace sluice::layout
