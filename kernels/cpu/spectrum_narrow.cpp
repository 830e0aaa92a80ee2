// Spectra for x86-64-v3: four lanes.
#define SLUICE_LANES 4
#define SLUICE_SPECTRUM narrow
#include <algorithm>
#include <limits>

#include "kernels/cpu/spectrum_groups.h"

namespace sluice::SLUICE_BACKEND {

SpectrumLevel narrow_spectrum() {
  return narrow::kOwnLevel;
}

}  // namespace sluice::SLUICE_BACKEND
