// The extent of values that arrive in batches: what an axis, a histogram or a density needs to know of them
// before anything is drawn. Memory: constant.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace sluice::picture {

struct DataRange {
  double low = std::numeric_limits<double>::infinity(), high = -low;  // of the finite values
  double least_positive = low;                                        // where a log scale begins
  std::uint64_t finite = 0, infinite = 0, missing = 0;                // missing: NaN

  void add(double value) {
    if (!std::isfinite(value)) {
      ++(std::isnan(value) ? missing : infinite);
      return;
    }
    ++finite;
    if (value < low) low = value;
    if (value > high) high = value;
    if (value > 0 && value < least_positive) least_positive = value;
  }
  template <class T>
  void add(const T* values, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) add(double(values[i]));
  }
};

}  // namespace sluice::picture
