// generate on the CPU. Compiled without contraction, so that it gives the bytes of every other backend.
#include <thrust/system/omp/execution_policy.h>

#include "kernels/cpu/generate_wide.h"
#include "kernels/cpu/level.h"
#include "kernels/cpu/philox_lanes.h"
#include "kernels/cpu/workers.h"
#include "kernels/for_each.h"
// The operation needs for_each_index before it.
#include "kernels/generate.inl"

namespace sluice::SLUICE_BACKEND {

void run_generate(Workers& workers, const GenerateArgs& args) {
  if (level() >= Level::kV4) return wide::generate(args, workers.threads());
  const ThreadsOf threads(workers);
  generate<64, VectorPhilox>(thrust::omp::par, args);
}

}  // namespace sluice::SLUICE_BACKEND
