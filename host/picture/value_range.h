// The values that the two ends of a colour scale stand for. A few extreme entries (the diagonal of a
// covariance) must not wash out the rest: limits are at the 99.9th percentile, and arrows say what lies
// beyond.
#pragma once
#include <cstdint>
#include <vector>

namespace sluice::picture {

struct ValueRange {
  double low = 0, high = 1;                      // finite, low < high
  std::int64_t beyond_low = 0, beyond_high = 0;  // cells outside, infinities among them
  std::int64_t missing = 0;                      // NaN
  std::int64_t finite = 0;
  double smallest = 0, largest = 0;  // of the finite cells; 0 where there are none
};

/// Centred: [-l, l] with l = limit, or where that is 0 the 99.9th percentile of |cells|; the largest |cell|
/// if that is 0, 1 if all are 0. Else: from the 0.1th to the 99.9th percentile; around a constant a tenth of
/// it to each side. Percentiles are by nearest rank (the smallest value with so many values at or below it),
/// so fewer than 1000 cells are all inside. Error{kUsage}: a limit that is negative or not finite.
ValueRange value_range(const std::vector<double>& cells, bool centred, double limit);

/// Where a value lies between the ends: 0 at low, 1 at high; infinities and what is beyond are cut.
double fraction_of(const ValueRange& range, double value);

}  // namespace sluice::picture
