#include "kernels/cpu/window_sums.h"

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <limits>

#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {
namespace {

/// The sum of f(i) for i of [0, n): eight sums side by side, then those.
template <class F>
double sum_of(std::int64_t n, const F& f) {
  constexpr int kLanes = 8;
  double sums[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int j = 0; j < kLanes; ++j) sums[j] += f(i + j);
  for (int j = 0; i < n; ++i, ++j) sums[j] += f(i);
  return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

/// Bit j: x[j] is at least the mean.
std::uint64_t signs_of(const double* x, int n, __m256d mean) {
  std::uint64_t bits = 0;
  int j = 0;
  for (; j + 4 <= n; j += 4)
    bits |= std::uint64_t(_mm256_movemask_pd(_mm256_cmp_pd(_mm256_loadu_pd(x + j), mean, _CMP_GE_OQ))) << j;
  for (; j < n; ++j) bits |= std::uint64_t(x[j] >= _mm256_cvtsd_f64(mean)) << j;
  return bits;
}

}  // namespace

/// About the first value, and once more about what that gives.
WindowMean window_mean(const double* x, std::int64_t n) {
  const double origin = x[0];
  const double sum = sum_of(n, [=](std::int64_t i) { return x[i] - origin; });
  if (!is_finite(sum)) return {};
  const double mean = origin + sum / double(n);
  return {mean, sum_of(n, [=](std::int64_t i) { return x[i] - mean; }) / double(n), true};
}

double window_crossings(const double* x, std::int64_t n, double mean) {
  const __m256d m = _mm256_set1_pd(mean);
  std::int64_t crossings = 0;
  std::uint64_t before = x[0] >= mean ? 1 : 0;
  for (std::int64_t i = 0; i < n; i += 64) {
    const int here = int(std::min<std::int64_t>(64, n - i));
    const std::uint64_t bits = signs_of(x + i, here, m);
    const std::uint64_t changes = bits ^ (bits << 1 | before);
    crossings += std::popcount(here == 64 ? changes : changes & ((std::uint64_t(1) << here) - 1));
    before = bits >> (here - 1) & 1;
  }
  return double(crossings);
}

double window_acf(const double* x, std::int64_t n, const WindowMean& about, std::int64_t lag, bool any_nan) {
  if (lag >= n) return std::numeric_limits<double>::quiet_NaN();
  const double mean = about.mean, rest = about.rest;
  const auto off = [=](std::int64_t i) { return (x[i] - mean) - rest; };
  double energy = 0, product = 0;
  if (any_nan) {
    const auto valid = [](double d) { return is_nan(d) ? 0.0 : d; };
    energy = sum_of(n, [=](std::int64_t i) { return valid(off(i) * off(i)); });
    product = sum_of(n - lag, [=](std::int64_t i) { return valid(off(i) * off(i + lag)); });
  } else {
    energy = sum_of(n, [=](std::int64_t i) { return off(i) * off(i); });
    product = sum_of(n - lag, [=](std::int64_t i) { return off(i) * off(i + lag); });
  }
  return product / energy;
}

}  // namespace sluice::SLUICE_BACKEND
