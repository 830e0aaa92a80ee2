#include "host/lc/useful_memory.h"

#include <algorithm>
#include <filesystem>

#include "host/budget.h"
#include "host/formats/names.h"

namespace sluice::lc {

constexpr std::size_t kMostFiles = 2000;
constexpr std::uint64_t kAtLeast = 64 << 20;
constexpr std::uint64_t kTimes = 16;    // rows, batches of them and their order, by the bytes of a file
constexpr std::uint64_t kPacked = 100;  // times that a packed file may grow

std::uint64_t useful_memory(const RunOptions& run, const std::vector<std::string>& files) {
  const std::uint64_t most = run.memory != 0 ? run.memory : available_memory() / 2;
  if (files.size() > kMostFiles) return most;
  std::uint64_t bytes = 0;
  for (const std::string& file : files) {
    std::error_code failed;
    const std::uintmax_t size = std::filesystem::file_size(file, failed);
    if (failed) return most;
    bytes += std::min<std::uint64_t>(size, most) *
             (ends_with(file, ".gz") || ends_with(file, ".zst") ? kPacked : 1);
    if (bytes > most / kTimes) return most;
  }
  return std::min(most, kAtLeast + kTimes * bytes);
}

}  // namespace sluice::lc
