// Density in place of dots: how many of the points, which arrive in batches, lie in each cell of a grid.
// Memory: 8 bytes a cell, whatever the number of points. Counts are of 64 bits and do not depend on batches.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/picture/bins.h"
#include "host/picture/figure.h"

namespace sluice::picture {

class Density {
 public:
  /// Cells between these edges (even_edges, log_edges: as the axes are). Error{kUsage}: above 2^28 cells.
  Density(std::vector<double> x_edges, std::vector<double> y_edges);

  void add(const double* x, const double* y, std::size_t n);
  void add(const float* x, const float* y, std::size_t n);

  std::uint64_t count(std::int64_t x_bin, std::int64_t y_bin) const;
  std::uint64_t inside() const { return inside_; }
  std::uint64_t outside() const { return outside_; }  // of the edges; infinities too
  std::uint64_t missing() const { return missing_; }  // x or y is NaN

  /// Logarithmic colours; empty cells stay white.
  ImageLayer layer() const;

 private:
  template <class T>
  void add_points(const T* x, const T* y, std::size_t n);

  Bins x_, y_;
  std::vector<std::uint64_t> counts_;  // row-major, row 0 at the lowest y
  std::uint64_t inside_ = 0, outside_ = 0, missing_ = 0;
};

}  // namespace sluice::picture
