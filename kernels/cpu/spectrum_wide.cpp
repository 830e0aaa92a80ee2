// Spectra for processors with AVX-512: eight lanes, twice as fast.
#define SLUICE_LANES 8
#define SLUICE_SPECTRUM wide
#include <algorithm>
#include <limits>

#include "kernels/cpu/spectrum_groups.h"

namespace sluice::SLUICE_BACKEND {

SpectrumLevel wide_spectrum() {
  return wide::kOwnLevel;
}

}  // namespace sluice::SLUICE_BACKEND
