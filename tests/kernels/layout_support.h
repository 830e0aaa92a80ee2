// Points and random graphs for tests of layout_forces and layout_iterate, and calls of them on a backend.
#pragma once
#include <algorithm>
#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "session.h"

namespace sluice::test {

/// A symmetric graph in compressed rows.
struct Rows {
  std::vector<std::int64_t> offsets{0}, upper;
  std::vector<std::int32_t> neighbours;
  std::vector<double> weights;
};

inline Rows rows_of(std::int64_t n, std::vector<std::pair<int, int>> pairs) {
  const std::size_t given = pairs.size();
  for (std::size_t i = 0; i < given; ++i) pairs.emplace_back(pairs[i].second, pairs[i].first);
  std::sort(pairs.begin(), pairs.end());
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  Rows rows;
  std::size_t at = 0;
  for (int i = 0; i < n; ++i) {
    rows.upper.push_back(-1);
    for (; at < pairs.size() && pairs[at].first == i; ++at) {
      const int j = pairs[at].second;
      if (j > i && rows.upper.back() < 0) rows.upper.back() = std::int64_t(at);
      rows.neighbours.push_back(j);
      rows.weights.push_back(0.5 + double((i + j) % 7) / 4);
    }
    if (rows.upper.back() < 0) rows.upper.back() = std::int64_t(at);
    rows.offsets.push_back(std::int64_t(at));
  }
  return rows;
}

/// About `degree` neighbours a vertex, and vertex n / 2 with many.
inline Rows random_rows(std::int64_t n, int degree, std::mt19937_64& random) {
  std::vector<std::pair<int, int>> pairs;
  for (int i = 0; i < n * degree / 2 && n > 1; ++i) {
    const int a = int(random() % std::uint64_t(n)), b = int(random() % std::uint64_t(n));
    if (a != b) pairs.emplace_back(a, b);
  }
  for (int i = 0; i < n; i += 3)
    if (i != n / 2) pairs.emplace_back(int(n / 2), i);
  return rows_of(n, pairs);
}

struct Problem {
  LayoutForcesArgs args{};  // numbers; pointers are set by the calls
  std::vector<double> at;   // dims x vertices
  Rows adjacent, close;
  std::vector<double> multipliers;
  bool weighted = true;
};

inline Problem problem(std::int64_t n, int dims, LayoutDistance distance, DType type, std::uint64_t seed = 1,
                       bool barrier = true) {
  std::mt19937_64 random(seed * 1000 + std::uint64_t(n) * 7 + std::uint64_t(dims));
  std::normal_distribution<double> normal;
  Problem p;
  p.args.vertices = p.args.rows = n, p.args.dims = dims, p.args.type = type, p.args.distance = distance;
  p.args.attraction = 0.7, p.args.repulsion = 1.3, p.args.centering = 0.4, p.args.eps = 1e-2;
  for (std::int64_t i = 0; i < n * dims; ++i) p.at.push_back(double(float(normal(random))));
  p.adjacent = random_rows(n, 6, random);
  if (!barrier) return p;
  p.close = random_rows(n, 2, random);
  p.args.rho = 1.7, p.args.min_square = 2.25;
  for (std::size_t e = 0; e < p.close.neighbours.size(); ++e) p.multipliers.push_back(p.close.weights[e] / 3);
  return p;
}

/// The problem's arrays on a backend.
template <class T>
struct Placed {
  Placed(Session& s, const Problem& p)
      : session(s),
        args(p.args),
        positions(s, p.args.dims * (p.args.vertices + 3)),
        gradient(s, p.args.dims * (p.args.vertices + 3)),
        offsets(s, p.adjacent.offsets),
        upper(s, p.adjacent.upper),
        close_offsets(s, p.close.offsets),
        neighbours(s, p.adjacent.neighbours),
        close_neighbours(s, p.close.neighbours),
        weights(s, p.adjacent.weights),
        multipliers(s, p.multipliers),
        loss(s, kLayoutParts),
        scratch(s, layout_scratch(p.args.vertices, p.args.dims, p.args.type)) {
    args.ld = p.args.vertices + 3;
    std::vector<T> at(std::size_t(args.dims * args.ld), T(NAN));  // nothing behind the last may be used
    for (int k = 0; k < args.dims; ++k)
      for (std::int64_t i = 0; i < args.vertices; ++i)
        at[std::size_t(k * args.ld + i)] = T(p.at[std::size_t(k * args.vertices + i)]);
    s.copy(positions.data(), at.data(), std::int64_t(at.size() * sizeof(T)));
    s.finish();
    args.positions = positions.data(), args.gradient = gradient.data();
    args.offsets = offsets.data(), args.upper = upper.data(), args.neighbours = neighbours.data();
    args.weights = p.weighted ? weights.data() : nullptr;
    if (!p.multipliers.empty())
      args.close_offsets = close_offsets.data(), args.close_neighbours = close_neighbours.data(),
      args.multipliers = multipliers.data();
    args.loss = loss.data(), args.scratch = scratch.data(), args.scratch_bytes = scratch.size();
  }
  /// dims x vertices of an array of the kind.
  std::vector<double> numbers(const Array<T>& array) const {
    const std::vector<T> all = array.download();
    std::vector<double> numbers;
    for (int k = 0; k < args.dims; ++k)
      for (std::int64_t i = 0; i < args.vertices; ++i)
        numbers.push_back(double(all[std::size_t(k * args.ld + i)]));
    return numbers;
  }

  Session& session;
  LayoutForcesArgs args;
  Array<T> positions, gradient;
  Array<std::int64_t> offsets, upper, close_offsets;
  Array<std::int32_t> neighbours, close_neighbours;
  Array<double> weights, multipliers, loss;
  Array<char> scratch;
};

struct Forces {
  std::vector<double> gradient, loss;  // dims x vertices; kLayoutParts
  double total() const { return loss[0] + loss[1] + loss[2] + loss[3]; }
};

template <class T>
Forces forces_as(const Backend& table, const Problem& p, int threads) {
  Session session(table, threads);
  Placed<T> placed(session, p);
  session.run(placed.args);
  return {placed.numbers(placed.gradient), placed.loss.download()};
}

inline Forces forces_of(const Backend& table, const Problem& p, int threads = 2) {
  return p.args.type == DType::kFloat32 ? forces_as<float>(table, p, threads)
                                        : forces_as<double>(table, p, threads);
}

}  // namespace sluice::test
