// The statistics by their names, in three kinds: those of states that merge (one pass, host/window/engine.h),
// those that look at all samples of a window at once, and products of channels (host/window/whole.h).
#pragma once
#include <string>
#include <vector>

#include "kernels/backend.h"

namespace sluice::window_detail {

/// One array of the result: windows x channels, or windows x channels x values.
struct Dataset {
  std::string name;
  DType type;
  std::int64_t values = 1;  // of a window and channel
  bool cube = false;        // windows x channels x values, whatever values is
  bool complex = false;     // values are pairs of real and imaginary part
};

/// From states that merge.
struct Statistic {
  std::string name;
  WindowStatistic what;
  DType type;   // of the output
  int dataset;  // which of Statistics::datasets
};

/// From all samples of a window.
struct Ordered {
  WindowOrderStatistic what;
  double parameter;  // fraction of a quantile; lag
  int dataset;
};

/// Of all channels with all others.
struct Paired {
  bool correlation;
  int dataset;
};

/// From the spectrum of a window.
struct Spectral {
  SpectrumKind kind;
  int dataset;
};

struct Statistics {
  std::vector<Statistic> merged;
  std::vector<Ordered> ordered;
  std::vector<Paired> paired;
  std::vector<Spectral> spectral;
  std::vector<Dataset> datasets;  // of all of them, in the order of the names
};

/// Error{kUsage}: a name that is none, twice the same. Counts and places are float64 whatever `type` is.
Statistics parse_statistics(const std::vector<std::string>& names, DType type, std::int64_t channels);

std::uint32_t needs_of(const std::vector<Statistic>& statistics);

}  // namespace sluice::window_detail
