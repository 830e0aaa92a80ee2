// Lengths of transforms and the numbers that depend on them alone. Included as spectrum_lanes.h is.
#pragma once
#include <cmath>
#include <complex>
#include <cstdint>

#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND::SLUICE_SPECTRUM {

/// What is left of n when the factors 2 to `most` are divided out.
inline std::int64_t without_factors(std::int64_t n, std::int64_t most) {
  for (std::int64_t p = 2; p <= most; ++p)
    while (n % p == 0) n /= p;
  return n;
}

/// kissfft does it well.
inline bool is_direct(std::int64_t length) {
  return without_factors(length, 13) == 1;
}

/// The length of Bluestein's convolution: at least 2 n - 1, of factors 2, 3 and 5.
inline std::int64_t convolution_length(std::int64_t n) {
  std::int64_t m = 2 * n - 1;
  while (without_factors(m, 5) != 1) ++m;
  return m;
}

/// exp(-i pi j / n), of the angle in long double.
inline std::complex<double> turned(std::int64_t j, std::int64_t n) {
  constexpr long double kPi = 3.14159265358979323846264338327950288L;
  const long double angle = -kPi * static_cast<long double>(j % (2 * n)) / static_cast<long double>(n);
  return {double(std::cos(angle)), double(std::sin(angle))};
}

}  // namespace sluice::SLUICE_BACKEND::SLUICE_SPECTRUM
