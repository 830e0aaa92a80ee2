// A dense square matrix.
#pragma once
#include <cstddef>
#include <vector>

namespace sluice::fit {

struct Square {  // row-major
  std::size_t n = 0;
  std::vector<double> values;
  explicit Square(std::size_t size = 0) : n(size), values(size * size, 0.0) {}
  double& at(std::size_t i, std::size_t j) { return values[i * n + j]; }
  double at(std::size_t i, std::size_t j) const { return values[i * n + j]; }
  /// Whether column j is 0 throughout.
  bool is_empty(std::size_t j) const {
    for (std::size_t i = 0; i < n; ++i)
      if (at(i, j) != 0) return false;
    return true;
  }
};

}  // namespace sluice::fit
