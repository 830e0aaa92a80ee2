// finish and summarize on the CPU: the shared code over Thrust's OpenMP policy.
#include <thrust/system/omp/execution_policy.h>

#include "kernels/cpu/workers.h"
#include "kernels/for_each.h"
// The operations need for_each_index before them.
#include "kernels/finish.inl"
#include "kernels/summarize.inl"

namespace sluice::SLUICE_BACKEND {

void run_finish(Workers& workers, const FinishArgs& args) {
  const ThreadsOf threads(workers);
  finish<32>(thrust::omp::par, args, workers.partials<Largest>(), workers.partial_capacity<Largest>());
}

void run_summarize(Workers& workers, const SummarizeArgs& args) {
  const ThreadsOf threads(workers);
  summarize<16>(thrust::omp::par, args, workers.partials<Summary>(), workers.partial_capacity<Summary>());
}

}  // namespace sluice::SLUICE_BACKEND
