// Numbers of a series' channels, in float64, by plain multiplication and addition: the same bytes on every
// machine. This file's source is compiled without contraction.
#pragma once
#include <cstdint>

namespace sluice {

/// sin(2 pi cycles k) of samples k = first ... first + n - 1; cycles is not negative. The phase is
/// the product's fraction, exact to one rounding however large k is (below 2^50).
void sine_wave(double cycles, std::int64_t first, std::int64_t n, double* out);

/// Gamma numbers of shape 2 and scale 1, in place of the first of two uniform ones on [0, 1) each: the sum of
/// two exponential numbers, -ln((1 - u)(1 - v)).
void gamma_numbers(double* u, const double* v, std::int64_t n);

}  // namespace sluice
