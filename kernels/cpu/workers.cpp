// Scratch and threads of a context.
#include "kernels/cpu/workers.h"

#include <omp.h>

#include "kernels/cpu/level.h"
#include "kernels/status.h"

namespace sluice::SLUICE_BACKEND {

Workers::Workers(int threads) : threads_(threads), base_(static_cast<char*>(map_pages(bytes(threads)))) {}

Workers::~Workers() {
  unmap_pages(base_, bytes(threads_));
}

ThreadsOf::ThreadsOf(const Workers& workers) : before_(omp_get_max_threads()) {
  omp_set_num_threads(workers.threads());
}

ThreadsOf::~ThreadsOf() {
  omp_set_num_threads(before_);
}

void check_device(std::int32_t device) {
  check_only_device(device);
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    fail(kNoDevice, "this processor lacks AVX2 and FMA (x86-64-v3); use --device serial");
  }
  level();  // a wrong SLUICE_LEVEL is said here
}

}  // namespace sluice::SLUICE_BACKEND
