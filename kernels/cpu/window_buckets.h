// The order of long windows without sorting them: samples are told apart by 1,023 values drawn from them, how
// many of the window lie between two of these is counted as it slides, and only those between the two around
// a wanted place are put in order. A sample costs ten comparisons in place of a sort's moves through memory.
#pragma once
#include <cstdint>
#include <limits>
#include <utility>

#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

class WindowBuckets {
 public:
  /// Takes memory for at most `samples` samples from `scratch`, 64-aligned: bytes(samples).
  WindowBuckets(std::int64_t samples, char* scratch);
  static constexpr std::int64_t bytes(std::int64_t samples) { return samples * (2 + 8) + 65536; }

  /// Tells x[0 ... n) apart, n below 2^31. No sample is in the window. NaN are in none. -0 becomes 0.
  void sort(const double* x, std::int64_t n, std::int64_t step);

  /// Samples [begin, end) enter, or leave; those in the window are one piece of the series.
  void toggle(std::int64_t begin, std::int64_t end, bool enter);
  /// To be called after samples came and went.
  void settle();

  std::int64_t count() const { return before_[kBuckets - 1]; }
  /// The k-th value in the window, k below count(); with the next one, k + 1 below count().
  double at(std::int64_t k) const;
  std::pair<double, double> neighbours(std::int64_t k) const { return {at(k), at(k + 1)}; }
  /// What the k-th value is not below and not above, without a look at the samples.
  std::pair<double, double> bounds(std::int64_t k) const {
    const int bucket = bucket_of(k), i = bucket / 2;
    const double high = splitters_[i];
    return {bucket % 2 == 1 ? high
            : i == 0        ? -std::numeric_limits<double>::infinity()
                            : splitters_[i - 1],
            high};
  }

 private:
  // Bucket 2 i: between splitters i - 1 and i; 2 i + 1: equal to splitter i, so that ties need no order. The
  // last splitter is infinite. The last bucket has the NaN.
  static constexpr int kSplitters = 1024, kBuckets = 2 * kSplitters + 1;
  struct Sorted {  // what was put in order for this window
    int bucket;
    double* values;
    std::int64_t count;
  };
  int bucket_of(std::int64_t k) const;
  const Sorted& in_order(int bucket) const;

  const double* x_ = nullptr;
  double *splitters_, *room_;
  std::uint16_t* buckets_;
  std::uint32_t* counts_;  // of even samples, and of odd ones: neighbours are often alike
  std::int64_t* before_;   // samples in the window that lie in buckets before this one
  std::int64_t samples_, begin_ = 0, end_ = 0;
  mutable Sorted sorted_[2] = {};  // one from either end of the room
  mutable int older_ = 0;
};

}  // namespace sluice::SLUICE_BACKEND
