// Percentiles by nth_element on a copy of the finite cells: linear in their number.
#include "host/picture/value_range.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/error.h"

namespace sluice::picture {
namespace {

/// The k-th smallest, k = ceil(n * per_mille / 1000) counted from 1. Reorders.
double percentile(std::vector<double>& values, std::size_t per_mille) {
  const std::size_t n = values.size();
  const std::size_t rank =
      std::max<std::size_t>(1, (n / 1000) * per_mille + ((n % 1000) * per_mille + 999) / 1000);
  std::nth_element(values.begin(), values.begin() + std::ptrdiff_t(rank - 1), values.end());
  return values[rank - 1];
}

void centre(ValueRange& range, std::vector<double> sizes, double limit) {
  for (double& x : sizes) x = std::abs(x);
  if (limit == 0 && !sizes.empty()) limit = percentile(sizes, 999);
  if (limit == 0 && !sizes.empty()) limit = *std::max_element(sizes.begin(), sizes.end());
  if (limit == 0) limit = 1;
  range.low = -limit, range.high = limit;
}

void between(ValueRange& range, std::vector<double> values) {
  if (values.empty()) return;
  // From the top, the 0.1th percentile has the rank that the 99.9th has from below: no cell of few is beyond.
  range.high = percentile(values, 999);
  for (double& x : values) x = -x;
  range.low = -percentile(values, 999);
  if (range.low == range.high) range.low = range.smallest, range.high = range.largest;
  if (range.low < range.high) return;
  const double around =
      range.low == 0 ? 1 : std::max(std::abs(range.low) / 10, std::numeric_limits<double>::min());
  range.low = std::max(range.low - around, std::numeric_limits<double>::lowest());
  range.high = std::min(range.high + around, std::numeric_limits<double>::max());
}

}  // namespace

ValueRange value_range(const std::vector<double>& cells, bool centred, double limit) {
  if (!(limit >= 0) || std::isinf(limit))
    throw Error(ErrorKind::kUsage,
                "limit of the colour scale: expected a positive number, found " + std::to_string(limit));
  ValueRange range;
  std::vector<double> finite;
  for (double x : cells) {
    range.missing += std::isnan(x);
    if (std::isfinite(x)) finite.push_back(x);
  }
  range.finite = std::int64_t(finite.size());
  if (!finite.empty()) {
    const auto [least, most] = std::minmax_element(finite.begin(), finite.end());
    range.smallest = *least, range.largest = *most;
  }
  centred ? centre(range, std::move(finite), limit) : between(range, std::move(finite));
  for (double x : cells) range.beyond_low += x<range.low, range.beyond_high += x> range.high;
  return range;
}

double fraction_of(const ValueRange& range, double value) {
  if (value <= range.low) return 0;
  if (value >= range.high) return 1;
  if (std::isfinite(range.high - range.low)) return (value - range.low) / (range.high - range.low);
  const double low = range.low / 2, span = range.high / 2 - low;
  return std::clamp((value / 2 - low) / span, 0.0, 1.0);
}

}  // namespace sluice::picture
