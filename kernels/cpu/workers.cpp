// Threads, pages and scratch of a context.
#include "kernels/cpu/workers.h"

#include <omp.h>
#include <sched.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <thread>

#include "kernels/status.h"

namespace sluice::SLUICE_BACKEND {

int available_threads() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
  return std::max(1, int(std::thread::hardware_concurrency()));
}

void* map_pages(std::int64_t bytes) {
  void* data = mmap(nullptr, std::size_t(std::max<std::int64_t>(bytes, 1)), PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data == MAP_FAILED) {
    fail(kOutOfMemory, "cannot map %lld bytes: %s", static_cast<long long>(bytes), std::strerror(errno));
  }
  // Advice only: a kernel without huge pages says no, and nothing is lost.
  if (bytes >= (4 << 20)) (void)madvise(data, std::size_t(bytes), MADV_HUGEPAGE);
  return data;
}

void unmap_pages(void* data, std::int64_t bytes) noexcept {
  (void)munmap(data, std::size_t(std::max<std::int64_t>(bytes, 1)));
}

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

}  // namespace sluice::SLUICE_BACKEND
