// Features of light curves for processors with AVX-512: eight lanes.
#define SLUICE_LANES 8
#define SLUICE_CURVES wide
#include "kernels/cpu/curves_group.h"

namespace sluice::SLUICE_BACKEND {

CurvesLevel wide_curves() {
  return {wide::kLanes, &wide::take_curves};
}

}  // namespace sluice::SLUICE_BACKEND
