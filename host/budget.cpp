#include "host/budget.h"

#include <sched.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <sstream>

#include "host/units.h"

namespace sluice {
namespace {

std::uint64_t meminfo(const char* key) {
  std::ifstream file("/proc/meminfo");
  for (std::string line; std::getline(file, line);)
    if (line.rfind(key, 0) == 0) return std::strtoull(line.c_str() + std::strlen(key), nullptr, 10) * 1024;
  return 0;
}

/// A cgroup file's number; all ones where there is none or no limit.
std::uint64_t cgroup_number(const std::string& path) {
  std::ifstream file(path);
  std::string text;
  if (!(file >> text) || text == "max") return ~0ull;
  return std::strtoull(text.c_str(), nullptr, 10);
}

/// What the memory limits of this process's cgroup (v2, or v1's memory controller) leave.
std::uint64_t cgroup_headroom() {
  std::uint64_t room = ~0ull;
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) {
    const bool v2 = line.rfind("0::", 0) == 0;
    if (!v2 && line.find(":memory:") == std::string::npos) continue;
    const std::string root = v2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory";
    std::string path = line.substr(line.rfind(':') + 1);
    for (;;) {  // every ancestor's limit holds too
      const std::string at = root + (path == "/" ? "" : path);
      const std::uint64_t limit = cgroup_number(at + (v2 ? "/memory.max" : "/memory.limit_in_bytes"));
      const std::uint64_t used = cgroup_number(at + (v2 ? "/memory.current" : "/memory.usage_in_bytes"));
      if (limit < (1ull << 60) && used != ~0ull) room = std::min(room, limit > used ? limit - used : 0);
      if (path.empty() || path == "/") break;
      path = path.substr(0, path.rfind('/'));
    }
  }
  return room;
}

}  // namespace

std::uint64_t available_memory() {
  return std::min(meminfo("MemAvailable:"), cgroup_headroom());
}
std::uint64_t total_memory() {
  return meminfo("MemTotal:");
}

int available_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::max(1, CPU_COUNT(&set));
}

void Budget::take(std::uint64_t bytes, const char* what) {
  const std::uint64_t now = held_ += bytes;
  if (now > limit_) {
    held_ -= bytes;
    throw Error(ErrorKind::kMemory,
                option_ + " " + human_bytes(double(limit_)) + ": too small for " + what +
                    ": expected at least " + human_bytes(double(now)),
                "give " + option_ + " " + size_argument(now));
  }
  std::uint64_t peak = peak_;
  while (now > peak && !peak_.compare_exchange_weak(peak, now)) {
  }
}

}  // namespace sluice
