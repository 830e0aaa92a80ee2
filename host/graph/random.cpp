// Philox of the kernels, in a namespace of its own.
#define SLUICE_BACKEND graph_random
#include "host/graph/random.h"

#include "kernels/philox.h"

namespace sluice::graph {

std::uint64_t Random::bits(std::uint64_t place, std::uint32_t turn) const {
  const graph_random::Words w =
      graph_random::philox({std::uint32_t(place), std::uint32_t(place >> 32), turn, stream},
                           std::uint32_t(seed), std::uint32_t(seed >> 32));
  return std::uint64_t(w.x0) << 32 | w.x1;
}

std::uint64_t Random::below(std::uint64_t n, std::uint64_t place, std::uint32_t turn) const {
  return std::uint64_t(static_cast<unsigned __int128>(bits(place, turn)) * n >> 64);
}

}  // namespace sluice::graph
