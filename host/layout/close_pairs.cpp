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

class Grid {
 public:
  Grid(const graph::Positions& positions, double radius) : p_(positions), radius_(radius) {
    const std::int64_t n = p_.vertices();
    entries_.reserve(std::size_t(n));
    for (std::int64_t v = 0; v < n; ++v) entries_.push_back({cell_of(v), std::int32_t(v)});
    std::sort(entries_.begin(), entries_.end());
  }

  /// f(j) for vertices j that are at most the radius from v; v itself is not.
  template <class F>
  void near(std::int32_t v, const F& f) const {
    const Cell own = cell_of(v);
    // Cells that differ in the last coordinate alone follow each other.
    for (std::int64_t a = -1; a <= 1; ++a)
      for (std::int64_t b = -1; b <= 1; ++b) {
        const Entry from{{own[0] + a, own[1] + b, own[2] - 1}, -1};
        const Cell last{own[0] + a, own[1] + b, own[2] + 1};
        for (auto e = std::lower_bound(entries_.begin(), entries_.end(), from);
             e != entries_.end() && e->first <= last; ++e)
          if (e->second != v && square(v, e->second) <= radius_ * radius_) f(e->second);
      }
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
  const Grid grid(positions, radius);
  const std::int32_t n = std::int32_t(positions.vertices());
  ClosePairs pairs;
  pairs.offsets.assign(std::size_t(n) + 1, 0);
  const std::int64_t room = std::int64_t(budget.left() / 24);  // entries, and as many of the device's
  for (std::int32_t v = 0; v < n; ++v) {
    const std::size_t first = pairs.neighbours.size();
    grid.near(v, [&](std::int32_t j) { pairs.neighbours.push_back(j); });
    if (std::int64_t(pairs.neighbours.size()) > room)
      throw Error(ErrorKind::kMemory,
                  "a least distance with so many vertices closer than it: expected at most " +
                      std::to_string(room) + " pairs, found more",
                  "start from positions that lie further apart, or give more --memory");
    std::sort(pairs.neighbours.begin() + std::ptrdiff_t(first), pairs.neighbours.end());
    pairs.offsets[std::size_t(v) + 1] = std::int64_t(pairs.neighbours.size());
    for (std::size_t e = first; e < pairs.neighbours.size(); ++e)
      pairs.multipliers.push_back(multiplier_of(before, v, pairs.neighbours[e]));
  }
  return pairs;
}

void update_multipliers(const graph::Positions& positions, double min_distance, double rho, double most,
                        ClosePairs& pairs) {
  for (std::size_t v = 0; v + 1 < pairs.offsets.size(); ++v)
    for (auto e = std::size_t(pairs.offsets[v]); e < std::size_t(pairs.offsets[v + 1]); ++e) {
      double square = 0;
      for (int k = 0; k < positions.dimensions; ++k) {
        const double d = positions.of(std::int64_t(v))[k] - positions.of(pairs.neighbours[e])[k];
        square += d * d;
      }
      const double g = std::min(most, min_distance * min_distance - square);
      pairs.multipliers[e] = std::max(0.0, pairs.multipliers[e] + rho * g);
    }
}

double part_close(graph::Positions& positions, const std::vector<graph::Vertex>& pinned, double min_distance,
                  int rounds, Budget& budget) {
  const int d = positions.dimensions;
  std::vector<char> fixed(std::size_t(positions.vertices()));
  for (const graph::Vertex v : pinned) fixed[std::size_t(v)] = 1;
  const auto far = [&](std::int64_t i, std::int64_t j) {
    double sum = 0;
    for (int k = 0; k < d; ++k) sum += std::pow(positions.of(i)[k] - positions.of(j)[k], 2);
    return std::sqrt(sum);
  };
  double worst = 0;
  for (int round = 0; round < rounds; ++round) {
    const ClosePairs near = find_close(positions, min_distance, {}, budget);
    worst = 0;
    for (std::int64_t i = 0; i < positions.vertices(); ++i)
      for (std::int64_t e = near.offsets[std::size_t(i)]; e < near.offsets[std::size_t(i) + 1]; ++e) {
        const std::int64_t j = near.neighbours[std::size_t(e)];
        if (j < i || (fixed[std::size_t(i)] && fixed[std::size_t(j)])) continue;
        const double length = far(i, j), lacks = min_distance - length;
        if (!(lacks > 0)) continue;
        worst = std::max(worst, lacks);
        const double share = fixed[std::size_t(i)] || fixed[std::size_t(j)] ? 1 : 0.5;
        for (int k = 0; k < d; ++k) {
          // Where they coincide: along the first coordinate.
          const double unit = length > 0 ? (positions.of(i)[k] - positions.of(j)[k]) / length : k == 0;
          const double step = unit * lacks * share * (1 + 1e-7);
          if (!fixed[std::size_t(i)]) positions.of(i)[k] += step;
          if (!fixed[std::size_t(j)]) positions.of(j)[k] -= step;
        }
      }
    if (worst <= 1e-6 * min_distance) break;
  }
  return worst;
}

}  // namespace sluice::layout
