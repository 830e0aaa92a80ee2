// The triangle R of a tall matrix A = Q R, a few rows at a time (TSQR: Demmel, Grigori, Hoemmen, Langou
// 2012). The triangle of all rows follows from those of parts, in any cut.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/fit/square.h"

namespace sluice::fit {

/// Beyond kFewColumns reflections are LAPACK's, many columns at a time, where there is one.
class Triangle {
 public:
  static constexpr std::size_t kFewColumns = 64;
  explicit Triangle(std::size_t columns);
  explicit Triangle(const Square& upper);
  /// Adds rows by Householder reflections; column j of them is at rows + j * ld, and is overwritten.
  void add(double* rows, std::size_t count, std::size_t ld);
  void merge(const Triangle& other);
  const Square& upper() const;
  void clear();
  /// Bytes that one of so many columns holds.
  static std::uint64_t memory(std::size_t columns) { return 8 * columns * (columns + 2 * kFewColumns); }

 private:
  std::size_t n_;
  bool blocked_;                 // by LAPACK
  mutable bool stale_ = false;   // upper_ is not yet what columns_ is
  mutable Square upper_;         // by rows
  std::vector<double> columns_;  // where blocked: the triangle by columns
  std::vector<double> along_, work_;
};

}  // namespace sluice::fit
