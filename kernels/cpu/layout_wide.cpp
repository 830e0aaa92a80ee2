// Pairs of a layout for processors with AVX-512.
#define SLUICE_WIDE 1
#define SLUICE_LAYOUT wide
#include "kernels/cpu/layout_strip.h"

namespace sluice::SLUICE_BACKEND {

LayoutLevel wide_layout(DType type, std::int32_t dims, bool signs, bool both) {
  return wide::layout_level(type, dims, signs, both);
}

}  // namespace sluice::SLUICE_BACKEND
