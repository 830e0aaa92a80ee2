// Steps of stress with AVX2. Compiled with it; run only where it is.
#include "host/layout/pair_tile.h"

#if defined(__AVX2__)
#include "host/layout/pair_tile.inl"
namespace sluice::layout {
const TileWays tile_avx2{tile<std::uint8_t>, tile<std::uint16_t>, tile<float>, pivot};
}
#else
namespace sluice::layout {
const TileWays tile_avx2{nullptr, nullptr, nullptr, nullptr};
}
#endif
