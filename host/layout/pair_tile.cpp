// Steps of stress for any processor, and the choice.
#include "host/layout/pair_tile.h"

#include "host/layout/pair_tile.inl"

namespace sluice::layout {

const TileWays tile_portable{tile<std::uint8_t>, tile<std::uint16_t>, tile<float>, pivot};

const TileWays& best_tile() {
#if defined(__x86_64__)
  if (tile_avx512.bytes != nullptr && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return tile_avx512;
  if (tile_avx2.bytes != nullptr && __builtin_cpu_supports("avx2")) return tile_avx2;
#endif
  return tile_portable;
}

}  // namespace sluice::layout
