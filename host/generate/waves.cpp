// Sines and gamma numbers. `#define`s the namespace that the shared formulas of kernels/ are compiled into.
#define SLUICE_BACKEND waves
#include "host/generate/waves.h"

#include <cmath>

#include "kernels/normal.h"

namespace sluice {
namespace {

/// The part of x that is above its last 27 bits.
double upper(double x) {
  const double wide = x * 134217729.0;
  return wide - (wide - x);
}

double fraction(double x) {
  return x - std::floor(x);
}

}  // namespace

void sine_wave(double cycles, std::int64_t first, std::int64_t n, double* out) {
  const double c = fraction(cycles), high = upper(c), low = c - high;
  for (std::int64_t i = 0; i < n; ++i) {
    // Products of at most 26 bits each are exact, and so are their fractions.
    const std::int64_t k = first + i;
    const double above = double(k >> 24) * 16777216.0, below = double(k & 0xffffff);
    const double turns =
        fraction(fraction(above * high) + fraction(below * high) + fraction(double(k) * low));
    out[i] = waves::sine_cosine(turns).sine;
  }
}

void gamma_numbers(double* u, const double* v, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) u[i] = 0 - waves::log_unit((1.0 - u[i]) * (1.0 - v[i]));
}

}  // namespace sluice
