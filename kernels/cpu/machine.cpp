// Reads the processor's name and the memory from /proc.
#include "kernels/cpu/machine.h"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "kernels/cpu/workers.h"
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

void check_device(std::int32_t device) {
  if (device != 0) fail(kNoDevice, "there is no CPU %d: the only one is 0", device);
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
    fail(kNoDevice, "this processor lacks AVX2 and FMA (x86-64-v3); use --device serial");
  }
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
