// The order of a run of samples, and which of them are in the window: samples are sorted once, and a window
// that slides over them sets and clears bits at their places in that order. The value at any place of the
// window's own order is then the one at a bit that is found by counting.
#pragma once
#include <cstdint>
#include <utility>

#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

class WindowRanks {
 public:
  /// Takes memory for at most `samples` samples from `scratch`, 64-aligned: what window_order_run() has.
  WindowRanks(std::int64_t samples, char* scratch);

  /// Sorts x[0 ... n), n below 2^31. No sample is in the window. NaN are in none. -0 becomes 0.
  /// `step`: how many samples enter with each window; a count may be kept up or taken anew for each.
  void sort(const double* x, std::int64_t n, std::int64_t step);

  /// Samples [begin, end) enter, or leave.
  void toggle(std::int64_t begin, std::int64_t end, bool enter);
  /// To be called after samples came and went.
  void settle();

  std::int64_t count() const { return count_; }
  /// The k-th value in the window, k below count().
  double at(std::int64_t k) const { return values_[find(k)]; }
  std::pair<double, double> bounds(std::int64_t k) const { return {at(k), at(k)}; }
  /// The k-th value and the next one, k + 1 below count().
  std::pair<double, double> neighbours(std::int64_t k) const {
    const std::int64_t place = find(k);
    return {values_[place], values_[next(place)]};
  }

 private:
  static constexpr std::uint32_t kNowhere = ~0u;
  static constexpr int kBlock = 10, kGroup = 15;  // places whose bits are counted together: 2^10, and 2^15
  std::int64_t find(std::int64_t k) const;        // the place of the k-th value in the window
  std::int64_t next(std::int64_t place) const;    // that of the next one
  std::int64_t pack(const double* x, std::int64_t n);
  bool pack_evenly(const double* x, std::int64_t n, double low, double high);
  void pack_bits(const double* x, std::int64_t n, double low, double high);
  void distribute(std::int64_t n, int digits);
  void order_alike(const double* x, std::int64_t n);

  std::uint64_t *packed_, *other_, *words_;
  double* values_ = nullptr;
  std::uint32_t *ranks_, *blocks_, *groups_, *digits_;
  std::int64_t places_ = 0, count_ = 0;
  bool anew_ = false;
};

}  // namespace sluice::SLUICE_BACKEND
