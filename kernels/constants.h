// Where results of cpu, late and serial are cut: absolute sub-tiles of the output and absolute slabs of
// observations, so that a result has the same bytes for any plan. cuda has its own; callers read the table's.
#pragma once
#include <cstdint>

#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

inline constexpr std::int64_t kSubtile = 512;
inline constexpr std::int64_t kSlab = 4096;

}  // namespace sluice::SLUICE_BACKEND
