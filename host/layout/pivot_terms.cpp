// The pass: each vertex by all pivots, in parallel over vertices since pivots stand still meanwhile; then the
// edges, in parallel over pairs of ranges of vertices.
#include "host/layout/pivot_terms.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/layout/edge_lengths.h"
#include "host/layout/hash.h"
#include "host/layout/pivots.h"
#include "host/layout/tournament.h"
#include "host/parallel.h"

namespace sluice::layout {
namespace {

using graph::Vertex;
using i64 = std::int64_t;

constexpr i64 kRange = 1024;  // vertices that one turn moves
constexpr int kTeams = 32;

/// Rows of distances and weights, and slots: whole groups of 16 as the steps read them.
i64 padded(i64 vertices) {
  return (vertices + 15) / 16 * 16;
}

struct Edge {
  Vertex a, b;
  float length;
};

class PivotTerms : public Part {
 public:
  PivotTerms(const Component& component, i64 pivots, int dimensions, std::uint64_t seed, int threads)
      : Part(component, dimensions, padded(component.graph().vertices())),
        pivots_(choose_pivots(component.graph(), choosing(component, pivots, seed, threads))) {
    weigh(threads);
    sort_edges(edge_lengths(component, pivots_, threads));
  }

  double pass(float eta, std::uint64_t key, int threads) override {
    double all = 0;
    const auto add = [&](const std::vector<double>& sums, double share) {
      for (const double one : sums) all += one * share;
    };
    // A pair of vertex and pivot stands for ordered pairs, an edge for an unordered one.
    add(pass_pivots(eta, key, threads), 0.5);
    add(pass_edges(eta, key, threads), 1);
    return all;
  }
  double least_weight() const override { return least_; }
  double greatest_weight() const override { return greatest_; }
  i64 terms() const override { return pivots_.count() * vertices() + component_.graph().edges(); }

 private:
  static PivotOptions choosing(const Component& component, i64 pivots, std::uint64_t seed, int threads) {
    PivotOptions options;
    options.most = pivots, options.choice = PivotChoice::kSpread;
    options.lengths = component.lengths, options.unit = component.unit;
    options.seed = scatter(seed, std::uint64_t(component.piece->vertex(0)));
    options.threads = threads, options.stop = component.stop, options.told = component.told;
    return options;
  }

  /// w = s / d^2, s the vertices of the pivot's region within d / 2 of it; 0 for neighbours: edges have
  /// theirs.
  void weigh(int threads) {
    const i64 n = vertices();
    std::vector<std::vector<float>> region(static_cast<std::size_t>(pivots_.count()));
    for (i64 v = 0; v < n; ++v) {
      const i64 p = pivots_.nearest[std::size_t(v)];
      region[std::size_t(p)].push_back(pivots_.from(p)[v]);
    }
    weights_.resize(pivots_.distances.size());
    std::vector<float> least(region.size(), std::numeric_limits<float>::infinity()), greatest(region.size());
    in_parallel(std::size_t(std::max(1, threads)), region.size(), [&](std::size_t p) {
      std::vector<float>& near = region[p];
      std::sort(near.begin(), near.end());
      const float* d = pivots_.from(i64(p));
      float* w = weights_.data() + i64(p) * pivots_.stride;
      for (i64 v = 0; v < n; ++v) {
        const auto s = std::upper_bound(near.begin(), near.end(), d[v] / 2) - near.begin();
        w[v] = d[v] > 0 ? float(s) / (d[v] * d[v]) : 0.0f;
      }
      for (const Vertex u : component_.graph().of(pivots_.at[p])) w[u] = 0;
      for (i64 v = 0; v < n; ++v) {
        if (!(w[v] > 0)) continue;
        least[p] = std::min(least[p], w[v]);
        greatest[p] = std::max(greatest[p], w[v]);
      }
    });
    for (std::size_t p = 0; p < region.size(); ++p) {
      least_ = std::min(least_, double(least[p]));
      greatest_ = std::max(greatest_, double(greatest[p]));
    }
  }

  int team(Vertex v) const { return int(i64(v) * kTeams / vertices()); }
  static std::size_t bucket(int a, int b) { return std::size_t(a) * kTeams + std::size_t(b); }

  /// `lengths`: of each edge to a later vertex, in the order of the rows.
  void sort_edges(const std::vector<float>& lengths) {
    const graph::Graph& g = component_.graph();
    starts_.assign(std::size_t(kTeams) * kTeams + 1, 0);
    const auto each = [&](const auto& take) {
      auto length = lengths.begin();
      for (Vertex a = 0; a < g.vertices(); ++a)
        for (const Vertex b : g.of(a))
          if (a < b) take(bucket(team(a), team(b)), Edge{a, b, *length++});
    };
    each([&](std::size_t at, const Edge& edge) {
      ++starts_[at + 1];
      least_ = std::min(least_, 1 / (double(edge.length) * double(edge.length)));
      greatest_ = std::max(greatest_, 1 / (double(edge.length) * double(edge.length)));
    });
    for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
    edges_.resize(std::size_t(g.edges()));
    std::vector<i64> next(starts_.begin(), starts_.end() - 1);
    each([&](std::size_t at, const Edge& edge) { edges_[std::size_t(next[at]++)] = edge; });
    for (std::size_t i = 0; i + 1 < starts_.size(); ++i)
      std::sort(edges_.begin() + starts_[i], edges_.begin() + starts_[i + 1],
                [](const Edge& x, const Edge& y) {
                  const auto key = [](const Edge& e) {
                    return scatter(std::uint64_t(e.a) << 32 | std::uint64_t(e.b));
                  };
                  return key(x) < key(y);
                });
  }

  std::vector<double> pass_pivots(float eta, std::uint64_t key, int threads) {
    const i64 n = vertices(), k = pivots_.count(), ranges = (n + kRange - 1) / kRange;
    std::vector<float> at(std::size_t(k * dimensions_));
    for (i64 p = 0; p < k; ++p)
      for (int c = 0; c < dimensions_; ++c)
        at[std::size_t(p * dimensions_ + c)] = at_[std::size_t(c * stride_ + pivots_.at[std::size_t(p)])];
    const std::vector<i64> order = shuffled(k, key);
    std::vector<double> sums(static_cast<std::size_t>(ranges));
    in_parallel(std::size_t(std::max(1, threads)), std::size_t(ranges), [&](std::size_t r) {
      const i64 from = i64(r) * kRange, to = std::min(stride_, from + kRange);
      TileJob one = job(eta, key);
      for (const i64 p : order) {
        one.key = scatter(key, std::uint64_t(p));
        best_tile().pivot(one, at.data() + p * dimensions_, from, to, pivots_.from(p),
                          weights_.data() + p * pivots_.stride, sums[r]);
      }
    });
    return sums;
  }

  std::vector<double> pass_edges(float eta, std::uint64_t key, int threads) {
    const std::vector<Match> matches = tournament(kTeams, key);
    std::vector<double> sums(matches.size());
    play(matches, kTeams, threads, [&](std::size_t i) {
      const std::size_t at = bucket(matches[i].a, matches[i].b);
      const i64 from = starts_[at], count = starts_[at + 1] - from;
      if (count == 0) return;
      const i64 first = i64(scatter(key, at) % std::uint64_t(count));
      for (i64 e = 0; e < count; ++e)
        pull(edges_[std::size_t(from + (first + e) % count)], eta, key, sums[i]);
    });
    return sums;
  }

  void pull(const Edge& edge, float eta, std::uint64_t key, double& stress) {
    float squared = 0;
    float* at = at_.data();
    for (int c = 0; c < dimensions_; ++c) {
      const float x = at[c * stride_ + edge.a] - at[c * stride_ + edge.b];
      squared += x * x;
    }
    const bool near = squared < 1e-12f;
    const float magnitude = std::sqrt(near ? 1e-12f : squared), off = magnitude - edge.length;
    const float d2 = edge.length * edge.length;
    const float half = 0.5f * std::min(1.0f, eta / d2) * off;
    const float a = moves_[std::size_t(edge.a)], b = moves_[std::size_t(edge.b)];
    for (int c = 0; c < dimensions_; ++c) {
      float& x = at[c * stride_ + edge.a];
      float& y = at[c * stride_ + edge.b];
      const float unit = near ? signed_unit(scatter(scatter(key, std::uint64_t(edge.a)),
                                                    scatter(std::uint64_t(edge.b), std::uint64_t(c))))
                              : (x - y) / magnitude;
      x -= half * unit * a;
      y += half * unit * b;
    }
    stress += double(off * off / d2);
  }

  Pivots pivots_;
  std::vector<float> weights_;  // pivots x stride
  std::vector<Edge> edges_;     // by pair of teams
  std::vector<i64> starts_;
  double least_ = std::numeric_limits<double>::infinity(), greatest_ = 0;
};

}  // namespace

std::uint64_t pivot_terms_bytes(std::int64_t vertices, std::int64_t edges, int dimensions,
                                std::int64_t pivots) {
  return std::uint64_t(pivots) * std::uint64_t(vertices) * 8 + std::uint64_t(edges) * (sizeof(Edge) + 4) +
         std::uint64_t(vertices) * (4u * unsigned(dimensions) + 36);
}

std::unique_ptr<Part> make_pivot_terms(const Component& component, std::int64_t pivots, int dimensions,
                                       std::uint64_t seed, int threads) {
  return std::make_unique<PivotTerms>(component, pivots, dimensions, seed, threads);
}

}  // namespace sluice::layout
