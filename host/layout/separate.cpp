// Coincident vertices are found by sorting; each gets a displacement of its own.
#include "host/layout/separate.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace sluice::layout {
namespace {

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

}  // namespace

void separate_coincident(graph::Positions& positions, const std::vector<graph::Vertex>& pinned,
                         std::uint64_t seed) {
  const std::int64_t n = positions.vertices();
  const int d = positions.dimensions;
  std::vector<char> fixed(static_cast<std::size_t>(n));
  for (const graph::Vertex v : pinned) fixed[std::size_t(v)] = 1;
  std::vector<std::int64_t> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  const auto compare = [&](std::int64_t a, std::int64_t b) {
    for (int k = 0; k < d; ++k) {
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
  std::vector<std::int64_t> moving;
  for (std::size_t k = 1; k < order.size(); ++k)
    if (compare(order[k - 1], order[k]) == 0 && !fixed[std::size_t(order[k])]) moving.push_back(order[k]);
  if (moving.empty()) return;
  const double size = extent(positions), reach = size > 0 ? size / 100 : 1;
  for (const std::int64_t v : moving)
    for (int k = 0; k < d; ++k) positions.of(v)[k] += reach * hashed(seed, std::uint64_t(v), k);
}

}  // namespace sluice::layout
