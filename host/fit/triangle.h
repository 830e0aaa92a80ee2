// The triangle R of a tall matrix A = Q R, a few rows at a time (TSQR: Demmel, Grigori, Hoemmen, Langou
// 2012). The triangle of all rows follows from those of parts, in any cut.
#pragma once
#include <cstddef>
#include <vector>

#include "host/fit/square.h"

namespace sluice::fit {

class Triangle {
 public:
  explicit Triangle(std::size_t columns) : upper_(columns) {}
  /// Adds rows by Householder reflections; column j of them is at rows + j * ld, and is overwritten.
  void add(double* rows, std::size_t count, std::size_t ld);
  void merge(const Triangle& other);
  const Square& upper() const { return upper_; }
  void clear() { upper_.values.assign(upper_.values.size(), 0.0); }

 private:
  Square upper_;
  std::vector<double> along_;
};

}  // namespace sluice::fit
