// The statistics by their names. One that is not mergeable, or a spectrum, would be another kind of entry
// here, with a pass of its own.
#pragma once
#include <string>
#include <vector>

#include "kernels/backend.h"

namespace sluice::window_detail {

struct Statistic {
  std::string name;
  WindowStatistic what;
  DType type;  // of the output
};

/// Error{kUsage}: a name that is none, twice the same. Counts and places are float64 whatever `type` is.
std::vector<Statistic> parse_statistics(const std::vector<std::string>& names, DType type);

std::uint32_t needs_of(const std::vector<Statistic>& statistics);

}  // namespace sluice::window_detail
