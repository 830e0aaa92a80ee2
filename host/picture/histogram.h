// A histogram of values that arrive in batches. Memory: 16 bytes a bin. Counts do not depend on the batches.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

#include "host/picture/bins.h"
#include "host/picture/data_range.h"

namespace sluice::picture {

class Histogram {
 public:
  explicit Histogram(std::vector<double> edges)
      : bins_(std::move(edges)), counts_(std::size_t(bins_.count())) {}
  /// Even bins over a range that a first pass has found; 0 to 1 where that saw no finite value (as numpy).
  Histogram(const DataRange& range, std::int64_t bins);

  void add(const double* values, std::size_t n);
  void add(const float* values, std::size_t n);
  /// Adds the counts of another one with the same edges. Error{kUsage} where they differ.
  void merge(const Histogram& other);

  const std::vector<double>& edges() const { return bins_.edges(); }
  const std::vector<std::uint64_t>& counts() const { return counts_; }
  /// Values in no bin: outside of the edges (infinities too), and NaN.
  std::uint64_t below() const { return below_; }
  std::uint64_t above() const { return above_; }
  std::uint64_t missing() const { return missing_; }

  /// Heights to draw: the counts, or with `density` so that the area is 1 (numpy's density).
  std::vector<double> heights(bool density = false) const;

 private:
  template <class T>
  void add_values(const T* values, std::size_t n);

  Bins bins_;
  std::vector<std::uint64_t> counts_;
  std::uint64_t below_ = 0, above_ = 0, missing_ = 0;
};

}  // namespace sluice::picture
