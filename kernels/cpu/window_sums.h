// What needs a window's own mean: sums over all its samples, in an order that depends on the window alone.
#pragma once
#include <cstdint>

namespace sluice::SLUICE_BACKEND {

/// The mean of x[0 ... n), n at least 1, in two parts, so that deviations from it keep their digits at any
/// offset; and whether all of them are finite.
struct WindowMean {
  double mean = 0, rest = 0;
  bool finite = false;
  double whole() const { return mean + rest; }
};
WindowMean window_mean(const double* x, std::int64_t n);

/// x without NaN; `mean` is theirs.
double window_crossings(const double* x, std::int64_t n, double mean);
/// x may have NaN, which are in no product; NaN where n is at most lag.
double window_acf(const double* x, std::int64_t n, const WindowMean& mean, std::int64_t lag, bool any_nan);

}  // namespace sluice::SLUICE_BACKEND
