// Scaled stress: breadth-first search from every row, against the distances of the layout.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "host/graph/distances.h"
#include "host/graph/measure/parts.h"
#include "host/graph/random.h"

namespace sluice::graph {

using i64 = std::int64_t;

namespace {

/// Of `from`, those of the least random keys.
SampledRows drawn(const std::vector<Vertex>& from, i64 samples, std::uint64_t seed) {
  const Random random{seed, 0x5a3b1e01};
  std::vector<std::pair<std::uint64_t, Vertex>> keys;
  keys.reserve(from.size());
  for (const Vertex v : from) keys.emplace_back(random.bits(std::uint64_t(v)), v);
  std::nth_element(keys.begin(), keys.begin() + samples, keys.end());
  SampledRows rows{{}, samples, true};
  for (i64 i = 0; i < samples; ++i) rows.some.push_back(keys[std::size_t(i)].second);
  std::sort(rows.some.begin(), rows.some.end());
  return rows;
}

}  // namespace

SampledRows rows_to_look_at(i64 n, bool exact, i64 samples, std::uint64_t seed) {
  if (exact || samples >= n) return {{}, n, false};
  std::vector<Vertex> all(static_cast<std::size_t>(n));
  std::iota(all.begin(), all.end(), Vertex(0));
  return drawn(all, samples, seed);
}

SampledRows rows_to_look_at(const Graph& graph, bool exact, i64 samples, std::uint64_t seed) {
  std::vector<Vertex> some;
  for (Vertex v = 0; v < graph.vertices(); ++v)
    if (graph.degree(v) > 0) some.push_back(v);
  const i64 count = i64(some.size());
  if (!exact && samples < count) return drawn(some, samples, seed);
  if (count == graph.vertices()) some.clear();
  return {std::move(some), count, false};
}

StressSums sum_stress(const Look& look, const SampledRows& rows) {
  const Positions& x = look.positions;
  const i64 n = look.graph.vertices();
  const int d = x.dimensions;
  std::vector<StressSums> parts(std::size_t(rows.count));
  const Vertex* const sources = rows.some.empty() ? nullptr : rows.some.data();
  each_search(look.graph, sources, rows.count, look.threads,
              [&](Vertex source, i64 row, const std::int32_t* distances) {
                look.check_stop();
                StressSums part;
                const double* const from = x.of(source);
                for (i64 v = 0; v < n; ++v) {
                  if (distances[v] <= 0) continue;  // itself, or out of reach
                  const double r2 = NearestVertices::squared(from, x.of(v), d) /
                                    (double(distances[v]) * double(distances[v]));
                  part.r += std::sqrt(r2), part.r2 += r2, ++part.pairs;
                }
                parts[std::size_t(row)] = part;
              });
  StressSums all;
  for (const StressSums& part : parts) all.pairs += part.pairs, all.r += part.r, all.r2 += part.r2;
  return all;
}

}  // namespace sluice::graph
