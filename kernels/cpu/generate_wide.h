// For Level::kV4 (level.h): generate, compiled for AVX-512. The same bytes: all of its arithmetic is exact or
// rounded as IEEE says.
#pragma once
#include "kernels/backend.h"

namespace sluice::wide {

void generate(const GenerateArgs&, int threads);

}  // namespace sluice::wide
