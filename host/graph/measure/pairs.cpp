// Sums over pairs of vertices and over edges. A vertex's neighbours are ascending, so the pairs without an
// edge are the runs between them: nothing is subtracted. Runs go through short buffers, so that the compiler
// can take several pairs at once; sums have a fixed order.
#include <algorithm>
#include <atomic>
#include <cmath>

#include "host/graph/measure/parts.h"
#include "host/parallel.h"

namespace sluice::graph {
namespace {

using i64 = std::int64_t;
constexpr i64 kRun = 256, kBlock = 32;

double sum_of(const double* values, i64 count) {
  double lanes[8] = {};
  i64 i = 0;
  for (; i + 8 <= count; i += 8)
    for (i64 k = 0; k < 8; ++k) lanes[k] += values[i + k];
  for (; i < count; ++i) lanes[i % 8] += values[i];
  return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
}

/// Coordinates by dimension.
std::vector<std::vector<double>> by_dimension(const Positions& x) {
  std::vector<std::vector<double>> columns(std::size_t(x.dimensions),
                                           std::vector<double>(std::size_t(x.vertices())));
  for (i64 v = 0; v < x.vertices(); ++v)
    for (int d = 0; d < x.dimensions; ++d) columns[std::size_t(d)][std::size_t(v)] = x.of(v)[d];
  return columns;
}

class Row {
 public:
  Row(const std::vector<std::vector<double>>& columns, double eps, double near)
      : columns_(columns), eps_(eps), near_(near) {}

  /// Pairs of v with [first, last).
  void add(i64 v, i64 first, i64 last, PairSums& to) const {
    for (; first < last; first += kRun) add_run(v, first, std::min(kRun, last - first), to);
  }

 private:
  void add_run(i64 v, i64 first, i64 count, PairSums& to) const {
    double square[kRun] = {}, value[kRun] = {};
    for (const std::vector<double>& column : columns_) {
      const double at = column[std::size_t(v)];
      const double* const others = column.data() + first;
      for (i64 k = 0; k < count; ++k) square[k] += (at - others[k]) * (at - others[k]);
    }
    for (i64 k = 0; k < count; ++k) value[k] = square[k] > near_ ? 1 / (square[k] + eps_) : 0;
    to.inverse += sum_of(value, count);
    for (i64 k = 0; k < count; ++k) value[k] = std::sqrt(square[k]);
    to.distance += sum_of(value, count);
    to.pairs += double(count);
  }

  const std::vector<std::vector<double>>& columns_;
  double eps_, near_;
};

}  // namespace

PairSums sum_pairs(const Look& look, double eps, const SampledRows& rows, double near) {
  const auto columns = by_dimension(look.positions);
  const Row row(columns, eps, near);
  const i64 n = look.graph.vertices();
  const bool once = rows.some.empty();
  std::vector<PairSums> parts(std::size_t((rows.count + kBlock - 1) / kBlock));
  in_parallel(std::size_t(look.threads), parts.size(), [&](std::size_t block) {
    look.check_stop();
    for (i64 r = i64(block) * kBlock; r < std::min(rows.count, i64(block + 1) * kBlock); ++r) {
      const i64 v = rows.at(r);
      i64 next = once ? v + 1 : 0;
      const auto run_to = [&](i64 stop) {
        if (stop > next) row.add(v, next, stop, parts[block]);
        next = std::max(next, stop + 1);
      };
      bool itself = once;
      for (const Vertex u : look.graph.of(Vertex(v))) {
        if (!itself && u > v) run_to(v), itself = true;
        run_to(u);
      }
      if (!itself) run_to(v);
      run_to(n);
    }
  });
  PairSums all;
  for (const PairSums& p : parts) all.pairs += p.pairs, all.distance += p.distance, all.inverse += p.inverse;
  return all;
}

NearSums sum_near(const Look& look, const NearestVertices& nearest, double eps, const SampledRows& rows) {
  constexpr i64 kNear = 16, kMost = 100;  // others of a vertex: that the radius is for, that are worth it
  const i64 n = look.graph.vertices();
  std::vector<double> farthest(std::size_t(rows.count));
  in_parallel(std::size_t(look.threads), farthest.size(), [&](std::size_t row) {
    look.check_stop();
    std::vector<Near> found;
    nearest.find(rows.at(i64(row)), std::min(kNear, n - 1), found);
    farthest[row] = found.empty() ? 0 : found.back().first;
  });
  std::nth_element(farthest.begin(), farthest.begin() + rows.count / 2, farthest.end());
  NearSums sums{farthest[std::size_t(rows.count / 2)], 0};
  const i64 blocks = (n + 1023) / 1024;
  std::vector<double> parts(static_cast<std::size_t>(blocks));
  std::atomic<i64> pairs{0};
  in_parallel(std::size_t(look.threads), parts.size(), [&](std::size_t block) {
    look.check_stop();
    for (i64 v = i64(block) * 1024; v < std::min(n, i64(block + 1) * 1024) && pairs <= kMost * n; ++v) {
      const auto row = look.graph.of(Vertex(v));
      pairs += nearest.within(Vertex(v), sums.near, kMost * n, [&](double square, Vertex u) {
        if (!std::binary_search(row.begin(), row.end(), u)) parts[block] += 1 / (square + eps);
      });
    }
  });
  if (pairs > kMost * n) return {};
  for (const double part : parts) sums.inverse += part;
  return sums;
}

EdgeSums sum_edges(const Look& look) {
  const Graph& g = look.graph;
  const i64 n = g.vertices(), blocks = (n + 1023) / 1024;
  const auto over_edges = [&](const auto& add) {
    std::vector<EdgeSums> parts(static_cast<std::size_t>(blocks));
    in_parallel(std::size_t(look.threads), std::size_t(blocks), [&](std::size_t block) {
      look.check_stop();
      for (i64 v = i64(block) * 1024; v < std::min(n, i64(block + 1) * 1024); ++v)
        for (i64 at = g.offsets[std::size_t(v)]; at < g.offsets[std::size_t(v) + 1]; ++at) {
          const Vertex u = g.neighbours[std::size_t(at)];
          if (u < v) continue;
          const double d2 =
              NearestVertices::squared(look.positions.of(v), look.positions.of(u), look.positions.dimensions);
          add(parts[block], d2, g.weights.empty() ? 1 : g.weights[std::size_t(at)]);
        }
    });
    EdgeSums all;
    for (const EdgeSums& p : parts)
      all.length += p.length, all.length2 += p.length2, all.attraction += p.attraction;
    return all;
  };
  EdgeSums sums = over_edges([](EdgeSums& part, double d2, double weight) {
    part.length += std::sqrt(d2), part.attraction += weight * d2;
  });
  const double mean = g.edges() > 0 ? sums.length / double(g.edges()) : 0;
  sums.length2 = over_edges([mean](EdgeSums& part, double d2, double) {
                   const double off = std::sqrt(d2) - mean;
                   part.length2 += off * off;
                 }).length2;
  return sums;
}

}  // namespace sluice::graph
