// Features of light curves for x86-64-v3: four lanes.
#define SLUICE_LANES 4
#define SLUICE_CURVES narrow
#include "kernels/cpu/curves_group.h"

namespace sluice::SLUICE_BACKEND {

CurvesLevel narrow_curves() {
  return {narrow::kLanes, &narrow::take_curves};
}

}  // namespace sluice::SLUICE_BACKEND
