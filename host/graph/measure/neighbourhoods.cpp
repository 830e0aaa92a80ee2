// Whether the vertices that are near in the graph are the nearest in the layout; and trustworthiness, which
// asks the other way round.
#include <algorithm>
#include <cmath>
#include <mutex>

#include "host/graph/measure/parts.h"
#include "host/parallel.h"

namespace sluice::graph {
namespace {

using i64 = std::int64_t;
constexpr i64 kBlock = 64;  // rows a turn

/// What a thread needs for a row, handed on from turn to turn.
struct Scratch {
  std::vector<std::int32_t> mark;  // of each vertex: when it was seen last
  std::int32_t now = 0;            // above all marks of earlier rows
  std::vector<Vertex> seen;        // trust: those that share a neighbour
  std::vector<double> dot;         // trust: of the rows of the adjacency matrix
  std::vector<Near> near;
};

/// turn(first row, last row, scratch) for blocks of rows.
template <class F>
void each_block(const Look& look, i64 rows, const F& turn) {
  std::mutex mutex;
  std::vector<Scratch> idle;
  in_parallel(std::size_t(look.threads), std::size_t((rows + kBlock - 1) / kBlock), [&](std::size_t block) {
    Scratch scratch;
    {
      const std::lock_guard lock(mutex);
      if (!idle.empty()) scratch = std::move(idle.back()), idle.pop_back();
    }
    scratch.mark.resize(std::size_t(look.graph.vertices()), 0);
    turn(i64(block) * kBlock, std::min(rows, i64(block + 1) * kBlock), scratch);
    const std::lock_guard lock(mutex);
    idle.push_back(std::move(scratch));
  });
}

double jaccard(i64 common, i64 size) {
  return double(common) / double(2 * size - common);
}

/// The Jaccard indices of one row: of its neighbours, and of the vertices up to two edges away.
std::pair<double, double> row_indices(const Look& look, const NearestVertices& nearest, Vertex v,
                                      Scratch& s) {
  const Graph& g = look.graph;
  if (s.now > 2000000000) std::fill(s.mark.begin(), s.mark.end(), s.now = 0);
  const std::int32_t two = ++s.now, one = ++s.now;  // within two edges; neighbours
  i64 size = g.degree(v);
  s.mark[std::size_t(v)] = one;
  for (const Vertex u : g.of(v)) s.mark[std::size_t(u)] = one;
  for (const Vertex u : g.of(v))
    for (const Vertex w : g.of(u))
      if (s.mark[std::size_t(w)] < two) s.mark[std::size_t(w)] = two, ++size;
  nearest.find(v, size, s.near);
  i64 common1 = 0, common2 = 0;
  for (std::size_t i = 0; i < s.near.size(); ++i) {
    const std::int32_t mark = s.mark[std::size_t(s.near[i].second)];
    common2 += mark >= two;
    common1 += mark == one && i64(i) < g.degree(v);
  }
  return {jaccard(common1, g.degree(v)), jaccard(common2, size)};
}

/// Ranks by distance between rows of the adjacency matrix, D_il = |a_i|^2 + |a_l|^2 - 2 a_i . a_l. All but
/// the vertices with a neighbour in common have a product of 0, so that their order is that of |a_l|^2.
class FeatureRanks {
 public:
  explicit FeatureRanks(const Graph& graph) : graph_(graph), norms_(std::size_t(graph.vertices())) {
    for (Vertex v = 0; v < graph.vertices(); ++v) {
      double norm = 0;
      for (i64 at = graph.offsets[std::size_t(v)]; at < graph.offsets[std::size_t(v) + 1]; ++at)
        norm += weight(at) * weight(at);
      norms_[std::size_t(v)] = norm;
      sorted_.emplace_back(norm, v);
    }
    std::sort(sorted_.begin(), sorted_.end());
  }

  /// Products of row v with the rows that share a neighbour with it: s.seen, s.dot.
  void look_at(Vertex v, Scratch& s) const {
    s.dot.resize(norms_.size());
    for (const Vertex u : s.seen) s.mark[std::size_t(u)] = 0;
    s.seen.clear();
    for (i64 at = graph_.offsets[std::size_t(v)]; at < graph_.offsets[std::size_t(v) + 1]; ++at) {
      const Vertex u = graph_.neighbours[std::size_t(at)];
      for (i64 of = graph_.offsets[std::size_t(u)]; of < graph_.offsets[std::size_t(u) + 1]; ++of) {
        const std::size_t w = std::size_t(graph_.neighbours[std::size_t(of)]);
        if (s.mark[w] == 0) s.mark[w] = 1, s.dot[w] = 0, s.seen.push_back(Vertex(w));
        s.dot[w] += weight(at) * weight(of);
      }
    }
  }

  /// Of `to` among all vertices but v, from 1; ties: the lower vertex. After look_at(v).
  i64 rank(Vertex v, Vertex to, const Scratch& s) const {
    const Near mine(distance(to, s), to);
    i64 before = std::lower_bound(sorted_.begin(), sorted_.end(), mine) - sorted_.begin();
    if (s.mark[std::size_t(v)] == 0 && Near(norms_[std::size_t(v)], v) < mine) --before;
    for (const Vertex u : s.seen) {
      if (Near(norms_[std::size_t(u)], u) < mine) --before;
      if (u != v && Near(distance(u, s), u) < mine) ++before;
    }
    return before + 1;
  }

 private:
  double weight(i64 at) const { return graph_.weights.empty() ? 1 : graph_.weights[std::size_t(at)]; }
  double distance(Vertex u, const Scratch& s) const {
    return norms_[std::size_t(u)] - (s.mark[std::size_t(u)] != 0 ? 2 * s.dot[std::size_t(u)] : 0);
  }

  const Graph& graph_;
  std::vector<double> norms_;
  std::vector<Near> sorted_;
};

}  // namespace

NeighbourhoodSums sum_neighbourhoods(const Look& look, const NearestVertices& nearest,
                                     const SampledRows& rows) {
  std::vector<NeighbourhoodSums> parts(std::size_t((rows.count + kBlock - 1) / kBlock));
  each_block(look, rows.count, [&](i64 first, i64 last, Scratch& s) {
    NeighbourhoodSums& part = parts[std::size_t(first / kBlock)];
    for (i64 row = first; row < last; ++row) {
      look.check_stop();
      const Vertex v = rows.at(row);
      if (look.graph.degree(v) == 0) continue;
      const auto [one, two] = row_indices(look, nearest, v, s);
      part.np1 += one, part.np2 += two, ++part.vertices;
    }
  });
  NeighbourhoodSums all;
  for (const NeighbourhoodSums& p : parts) all.vertices += p.vertices, all.np1 += p.np1, all.np2 += p.np2;
  return all;
}

double sum_trust(const Look& look, const NearestVertices& nearest, const SampledRows& rows, i64 k) {
  const FeatureRanks ranks(look.graph);
  std::vector<i64> parts(std::size_t((rows.count + kBlock - 1) / kBlock));
  each_block(look, rows.count, [&](i64 first, i64 last, Scratch& s) {
    for (i64 row = first; row < last; ++row) {
      look.check_stop();
      const Vertex v = rows.at(row);
      ranks.look_at(v, s);
      nearest.find(v, k, s.near);
      for (const Near& near : s.near)
        parts[std::size_t(first / kBlock)] += std::max<i64>(0, ranks.rank(v, near.second, s) - k);
    }
  });
  double all = 0;
  for (const i64 part : parts) all += double(part);
  return all;
}

double smallest_distance(const Look& look, const NearestVertices& nearest) {
  const i64 n = look.graph.vertices();
  std::vector<double> parts(std::size_t((n + kBlock - 1) / kBlock), INFINITY);
  each_block(look, n, [&](i64 first, i64 last, Scratch& s) {
    look.check_stop();
    for (i64 v = first; v < last; ++v) {
      nearest.find(Vertex(v), 1, s.near);
      double& least = parts[std::size_t(first / kBlock)];
      if (!s.near.empty()) least = std::min(least, s.near[0].first);
    }
  });
  return std::sqrt(*std::min_element(parts.begin(), parts.end()));
}

}  // namespace sluice::graph
