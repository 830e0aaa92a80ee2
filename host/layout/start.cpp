// Normal numbers from Philox. `#define`s the namespace that the shared formulas of kernels/ are compiled
// into.
#define SLUICE_BACKEND layout_start
#include "host/layout/start.h"

#include <algorithm>

#include "host/parallel.h"
#include "kernels/normal.h"
#include "kernels/philox.h"

namespace sluice::layout {

graph::Positions random_start(std::int64_t vertices, int dimensions, std::uint64_t seed, int threads) {
  namespace numbers = sluice::layout_start;
  constexpr std::int64_t kTurn = 4096;
  graph::Positions positions;
  positions.dimensions = dimensions;
  positions.at.resize(std::size_t(vertices * dimensions));
  const std::int64_t turns = (vertices + kTurn - 1) / kTurn;
  in_parallel(std::size_t(std::max(1, threads)), std::size_t(turns), [&](std::size_t turn) {
    const std::int64_t from = std::int64_t(turn) * kTurn, to = std::min(vertices, from + kTurn);
    for (std::int64_t v = from; v < to; ++v)
      for (int c = 0; c < dimensions; c += 2) {
        const numbers::Words w = numbers::philox({std::uint32_t(v), std::uint32_t(c), 0x6c61796fu, 0},
                                                 std::uint32_t(seed), std::uint32_t(seed >> 32));
        const auto pair =
            numbers::normal_pair(numbers::uniform_double(w.x0, w.x1), numbers::uniform_double(w.x2, w.x3));
        double* at = positions.of(v) + c;
        at[0] = pair.first;
        if (c + 1 < dimensions) at[1] = pair.second;
      }
  });
  return positions;
}

}  // namespace sluice::layout
