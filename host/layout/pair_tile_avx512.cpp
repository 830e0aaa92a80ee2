// Steps of stress with AVX-512. Compiled with it; run only where it is.
#include "host/layout/pair_tile.h"

#if defined(__AVX512BW__)
#include "host/layout/pair_tile.inl"
namespace sluice::layout {
const TileWays tile_avx512{tile<std::uint8_t>, tile<std::uint16_t>, tile<float>, pivot};
}
#else
namespace sluice::layout {
const TileWays tile_avx512{nullptr, nullptr, nullptr, nullptr};
}
#endif
