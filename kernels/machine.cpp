// Cores, pages, the processor's name and the memory of the host machine.
#include "kernels/machine.h"

#include <sched.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>

#include "kernels/status.h"

namespace sluice::SLUICE_BACKEND {
namespace {

std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("model name", 0) != 0) continue;
    const auto colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  return "processor";
}

std::uint64_t memory_of(const std::string& key) {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name;
    std::uint64_t kibibytes = 0;
    if (words >> name >> kibibytes && name == key + ":") return kibibytes << 10;
  }
  return 0;
}

}  // namespace

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

void check_only_device(std::int32_t device) {
  if (device != 0) fail(kNoDevice, "there is no device %d: the only one is 0", device);
}

void describe_machine(std::int32_t device, const char* detail, DeviceInfo& info) {
  check_device(device);
  info = DeviceInfo{};
  std::snprintf(info.name, sizeof info.name, "%s", processor().c_str());
  std::snprintf(info.detail, sizeof info.detail, "%s", detail);
  info.units = available_threads();
  info.memory_total = memory_of("MemTotal");
  info.memory_free = memory_of("MemAvailable");
}

}  // namespace sluice::SLUICE_BACKEND
