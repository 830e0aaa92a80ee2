// Close pairs by a grid: vertices sorted by their cell, each cell with itself and its neighbours.
#include "host/layout/close_pairs.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "host/error.h"

namespace sluice::layout {
namespace {

using Cell = std::array<std::int64_t, 3>;
using Entry = std::pair<Cell, std::int32_t>;

constexpr double kTolerated = 1e-6;  // of m
constexpr int kMostRounds = 1000;
constexpr std::int64_t kMostLooks = 4'000'000'000;  // at pairs, some seconds
constexpr std::int64_t kLooksOfSort = 30;           // that sorting a vertex takes as long as

bool is_set(const std::atomic<bool>* stop) {
  return stop != nullptr && stop->load(std::memory_order_relaxed);
}

class Grid {
 public:
  Grid(const graph::Positions& positions, double radius) : p_(positions), radius_(radius) {
    const std::int64_t n = p_.vertices();
    entries_.reserve(std::size_t(n));
    for (std::int64_t v = 0; v < n; ++v) entries_.push_back({cell_of(v), std::int32_t(v)});
    std::sort(entries_.begin(), entries_.end());
  }

  static std::uint64_t bytes(std::int64_t vertices) { return std::uint64_t(vertices) * sizeof(Entry); }

  /// f(j) for vertices j that are at most the radius from v; v itself is not. How many were looked at.
  template <class F>
  std::int64_t near(std::int32_t v, const F& f) const {
    const Cell own = cell_of(v);
    std::int64_t looks = 0;
    // Cells that differ in the last coordinate alone follow each other.
    for (std::int64_t a = -1; a <= 1; ++a)
      for (std::int64_t b = -1; b <= 1; ++b) {
        const Entry from{{own[0] + a, own[1] + b, own[2] - 1}, -1};
        const Cell last{own[0] + a, own[1] + b, own[2] + 1};
        for (auto e = std::lower_bound(entries_.begin(), entries_.end(), from);
             e != entries_.end() && e->first <= last; ++e, ++looks)
          if (e->second != v && square(v, e->second) <= radius_ * radius_) f(e->second);
      }
    return looks;
  }

  double square(std::int64_t i, std::int64_t j) const {
    double sum = 0;
    for (int k = 0; k < p_.dimensions; ++k) {
      const double d = p_.of(i)[k] - p_.of(j)[k];
      sum += d * d;
    }
    return sum;
  }

 private:
  Cell cell_of(std::int64_t v) const {
    Cell cell{};
    // Far out, cells are as good as any other; numbers stay within 64 bits.
    for (int k = 0; k < std::min(p_.dimensions, 3); ++k)
      cell[std::size_t(k)] = std::int64_t(std::floor(std::clamp(p_.of(v)[k] / radius_, -1e15, 1e15)));
    return cell;
  }

  const graph::Positions& p_;
  const double radius_;
  std::vector<Entry> entries_;
};

double multiplier_of(const ClosePairs& pairs, std::int32_t i, std::int32_t j) {
  if (pairs.offsets.empty()) return 0;
  const auto from = pairs.neighbours.begin() + pairs.offsets[std::size_t(i)],
             to = pairs.neighbours.begin() + pairs.offsets[std::size_t(i) + 1];
  const auto at = std::lower_bound(from, to, j);
  return at != to && *at == j ? pairs.multipliers[std::size_t(at - pairs.neighbours.begin())] : 0;
}

}  // namespace

ClosePairs find_close(const graph::Positions& positions, double radius, const ClosePairs& before,
                      Budget& budget) {
  const std::int32_t n = std::int32_t(positions.vertices());
  const Share share(budget, Grid::bytes(n), "a grid of the vertices");
  const Grid grid(positions, radius);
  ClosePairs pairs;
  pairs.offsets.assign(std::size_t(n) + 1, 0);
  const std::uint64_t none = close_pairs_bytes(std::uint64_t(n), 0), left = budget.left();
  const std::int64_t room = left > none ? std::int64_t((left - none) / 24) : 0;
  for (std::int32_t v = 0; v < n; ++v) {
    std::int64_t& end = pairs.offsets[std::size_t(v) + 1];
    end = pairs.offsets[std::size_t(v)];
    grid.near(v, [&](std::int32_t) { ++end; });
    if (end > room)
      throw Error(ErrorKind::kMemory,
                  "a least distance with so many vertices closer than it: expected at most " +
                      std::to_string(room) + " close pairs, found more",
                  "start from positions that lie further apart, or give a smaller --min-distance or more "
                  "--memory");
  }
  pairs.neighbours.resize(std::size_t(pairs.offsets.back()));
  pairs.multipliers.resize(pairs.neighbours.size());
  for (std::int32_t v = 0; v < n; ++v) {
    const std::int64_t first = pairs.offsets[std::size_t(v)], end = pairs.offsets[std::size_t(v) + 1];
    std::int64_t at = first;
    grid.near(v, [&](std::int32_t j) { pairs.neighbours[std::size_t(at++)] = j; });
    std::sort(pairs.neighbours.begin() + first, pairs.neighbours.begin() + end);
    for (std::int64_t e = first; e < end; ++e)
      pairs.multipliers[std::size_t(e)] = multiplier_of(before, v, pairs.neighbours[std::size_t(e)]);
  }
  return pairs;
}

double update_multipliers(const graph::Positions& positions, double min_distance, double rho, double most,
                          ClosePairs& pairs) {
  double change = 0;
  for (std::size_t v = 0; v + 1 < pairs.offsets.size(); ++v)
    for (auto e = std::size_t(pairs.offsets[v]); e < std::size_t(pairs.offsets[v + 1]); ++e) {
      double square = 0;
      for (int k = 0; k < positions.dimensions; ++k) {
        const double d = positions.of(std::int64_t(v))[k] - positions.of(pairs.neighbours[e])[k];
        square += d * d;
      }
      const double g = std::min(most, min_distance * min_distance - square);
      const double before =
          std::exchange(pairs.multipliers[e], std::max(0.0, pairs.multipliers[e] + rho * g));
      change = std::max(change, std::fabs(pairs.multipliers[e] - before));
    }
  return change;
}

bool part_close(graph::Positions& positions, const std::vector<graph::Vertex>& pinned, double min_distance,
                Budget& budget, const std::atomic<bool>* stop) {
  const int d = positions.dimensions;
  const std::int64_t n = positions.vertices();
  const Share share(budget, Grid::bytes(n) + 3 * std::uint64_t(n), "a grid of the vertices");
  std::vector<char> fixed(static_cast<std::size_t>(n)), moved(fixed), active(std::size_t(n), 1);
  for (const graph::Vertex v : pinned) fixed[std::size_t(v)] = 1;
  std::vector<std::int32_t> near;
  std::int64_t looks = 0;
  for (int round = 0; round < kMostRounds && looks < kMostLooks; ++round) {
    const Grid grid(positions, min_distance);
    looks += kLooksOfSort * n;
    std::fill(moved.begin(), moved.end(), char(0));
    double worst = 0;
    for (std::int64_t i = 0; i < n; ++i) {
      if (i % 64 == 0 && is_set(stop)) return false;
      if (!active[std::size_t(i)]) continue;
      near.clear();
      looks += grid.near(std::int32_t(i), [&](std::int32_t j) { near.push_back(j); });
      for (const std::int64_t j : near) {
        // A pair that lies apart and of which neither moved lies apart still.
        if ((j < i && active[std::size_t(j)]) || (fixed[std::size_t(i)] && fixed[std::size_t(j)])) continue;
        const double length = std::sqrt(grid.square(i, j)), lacks = min_distance - length;
        if (!(lacks > 0)) continue;
        worst = std::max(worst, lacks);
        const double share_of = fixed[std::size_t(i)] || fixed[std::size_t(j)] ? 1 : 0.5;
        for (int k = 0; k < d; ++k) {
          // Where they coincide: along the first coordinate.
          const double unit = length > 0 ? (positions.of(i)[k] - positions.of(j)[k]) / length : k == 0;
          const double step = unit * lacks * share_of * (1 + 1e-7);
          if (!fixed[std::size_t(i)]) positions.of(i)[k] += step;
          if (!fixed[std::size_t(j)]) positions.of(j)[k] -= step;
        }
        moved[std::size_t(i)] = moved[std::size_t(j)] = 1;
      }
    }
    if (worst <= kTolerated * min_distance) break;
    active.swap(moved);
  }
  return true;
}

Closest closest_of(const graph::Positions& positions, double min_distance, const std::atomic<bool>* stop) {
  const Grid grid(positions, min_distance);
  const double least = std::pow((1 - kTolerated) * min_distance, 2);
  double square = least;
  Closest found;
  for (std::int64_t i = 0; i < positions.vertices(); ++i) {
    if (i % 64 == 0 && is_set(stop)) break;
    grid.near(std::int32_t(i), [&](std::int32_t j) {
      const double s = grid.square(i, j);
      if (j < i || !(s < least)) return;
      ++found.pairs;
      square = std::min(square, s);
    });
  }
  found.distance = std::sqrt(square);
  return found;
}

}  // namespace sluice::layout
