// The memory that inputs of so many bytes can make use of, so that a small table takes and reports little.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/run.h"

namespace sluice::lc {

/// run.memory, or half of what is free where it is 0; less where the files are small. Many files are not
/// looked at: that would take as long as reading them.
std::uint64_t useful_memory(const RunOptions& run, const std::vector<std::string>& files);

}  // namespace sluice::lc
