// What a place in the order of a window's values is, the same in every backend: ranks of quantiles, and what
// lies between two values.
#pragma once
#include "kernels/backend.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// Two neighbours in the order, and how far between them.
struct WindowPlace {
  std::int64_t low, high;
  double between;
};

/// numpy's default: (n - 1) q, from the values around it. n is at least 1.
SLUICE_HD WindowPlace quantile_place(double q, std::int64_t n) {
  const double at = double(n - 1) * q;
  if (at >= double(n - 1)) return {n - 1, n - 1, at - double(n - 1)};
  const std::int64_t low = std::int64_t(at);
  return {low, low + 1, at - double(low)};
}

/// As numpy's: from the nearer end, so that it does not go beyond. At a value itself it is that value, also
/// where its neighbour is infinite (numpy gives NaN there).
SLUICE_HD double quantile_value(double low, double high, double t) {
  if (t == 0 || low == high) return low;
  const double difference = high - low;
  return t >= 0.5 ? high - difference * (1 - t) : low + difference * t;
}

SLUICE_HD WindowPlace median_place(std::int64_t n) {
  return {(n - 1) / 2, n / 2, 0};
}
SLUICE_HD double median_value(double low, double high, bool same) {
  return same ? low : (low + high) / 2;
}

/// Whether a window of n values gives NaN, of `length` samples (missing ones of a padded window among them).
SLUICE_HD bool window_is_none(const WindowRules& rules, std::int64_t n, std::int64_t length) {
  return n == 0 || (rules.omit_nan ? n < rules.min_count : n < length);
}

SLUICE_HD std::int64_t window_length(const WindowGrid& g, std::int64_t padded_size, std::int64_t window) {
  return g.partial == Partial::kPad ? padded_size : g.end(window) - g.start(window);
}

}  // namespace sluice::SLUICE_BACKEND
