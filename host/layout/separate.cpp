// Coincident vertices are found by sorting; each gets a displacement of its own.
#include "host/layout/separate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

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

/// Vertices that lie where one before them does, pinned ones never.
std::vector<std::int64_t> coincident(const graph::Positions& positions, const std::vector<char>& fixed) {
  std::vector<std::int64_t> order(fixed.size());
  std::iota(order.begin(), order.end(), 0);
  const auto compare = [&](std::int64_t a, std::int64_t b) {
    for (int k = 0; k < positions.dimensions; ++k) {
      if (positions.of(a)[k] < positions.of(b)[k]) return -1;
      if (positions.of(b)[k] < positions.of(a)[k]) return 1;
    }
    return 0;
  };
  std::sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    const int c = compare(a, b);
    if (c != 0) return c < 0;
    return fixed[std::size_t(a)] != fixed[std::size_t(b)] ? fixed[std::size_t(a)] > fixed[std::size_t(b)]
                                                          : a < b;
  });
  std::vector<std::int64_t> found;
  for (std::size_t k = 1; k < order.size(); ++k)
    if (compare(order[k - 1], order[k]) == 0 && !fixed[std::size_t(order[k])]) found.push_back(order[k]);
  return found;
}

}  // namespace

void separate_coincident(graph::Positions& positions, const std::vector<graph::Vertex>& pinned,
                         std::uint64_t seed, bool single) {
  std::vector<char> fixed(static_cast<std::size_t>(positions.vertices()));
  for (const graph::Vertex v : pinned) fixed[std::size_t(v)] = 1;
  const auto rounded = [single](double x) { return single ? double(float(x)) : x; };
  for (double& x : positions.at) x = rounded(x);
  const double size = extent(positions), reach = size > 0 && std::isfinite(size) ? size / 100 : 1;
  const double ulp = single ? 0x1p-23 : 0x1p-52;
  for (int round = 0; round < kMostRounds; ++round) {
    const std::vector<std::int64_t> moving = coincident(positions, fixed);
    if (moving.empty()) return;
    for (const std::int64_t v : moving)
      for (int k = 0; k < positions.dimensions; ++k) {
        double& x = positions.of(v)[k];
        if (!std::isfinite(x)) continue;
        // Far out a hundredth of the extent may be less than two neighbouring numbers are apart.
        x = rounded(x + std::max(reach, std::ldexp(ulp * std::fabs(x), 4 + round)) *
                            hashed(seed + std::uint64_t(round), std::uint64_t(v), k));
      }
  }
}

}  // namespace sluice::layout
