// Pairs of a layout for x86-64-v3.
#define SLUICE_WIDE 0
#define SLUICE_LAYOUT narrow
#include "kernels/cpu/layout_strip.h"

namespace sluice::SLUICE_BACKEND {

LayoutLevel narrow_layout(DType type, std::int32_t dims, bool signs, bool both) {
  return narrow::layout_level(type, dims, signs, both);
}

}  // namespace sluice::SLUICE_BACKEND
