// How long a piece of work on a device takes, for the benchmarks of kernels.
#pragma once
#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

namespace sluice {

/// The median of five runs in seconds, behind one that warms up.
inline double median_seconds(const std::function<void()>& work) {
  work();  // warms up
  std::vector<double> seconds;
  for (int i = 0; i < 5; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[2];
}

}  // namespace sluice
