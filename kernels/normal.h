// Normal numbers by Box and Muller, with our own logarithm, sine and cosine: plain * and + and IEEE square
// root and division, in float64 for float64 numbers and in float32 for float32 ones, so that every device
// gives the same bytes. Compile without contraction (FMA).
#pragma once
#include <math.h>

#include <cstdint>

#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// ln x for normal x in (0, 1]; within 1.5 units in the last place.
/// x = 2^e m with m in [sqrt(1/2), sqrt(2)); ln m = 2 artanh(s) with s = (m - 1) / (m + 1), |s| < 0.172.
SLUICE_HD double log_unit(double x) {
  constexpr std::uint64_t kRootHalf = 0x3fe6a09e667f3bcdull;
  constexpr double kLn2High = 0x1.62e42fefa38p-1, kLn2Low = 0x1.ef35793c7673p-45;  // e * high is exact
  const std::uint64_t t = bits_of(x) + (0x3ff0000000000000ull - kRootHalf);
  const double m = double_of((t & 0x000fffffffffffffull) + kRootHalf);
  const double e = double_of(t >> 52 | 0x4330000000000000ull) - (4503599627370496.0 + 1023.0);
  const double f = m - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  double p = 1.0 / 23;
  p = p * z + 1.0 / 21;
  p = p * z + 1.0 / 19;
  p = p * z + 1.0 / 17;
  p = p * z + 1.0 / 15;
  p = p * z + 1.0 / 13;
  p = p * z + 1.0 / 11;
  p = p * z + 1.0 / 9;
  p = p * z + 1.0 / 7;
  p = p * z + 1.0 / 5;
  p = p * z + 1.0 / 3;
  const double two_s = 2.0 * s;
  return e * kLn2High + (two_s + (two_s * (z * p) + e * kLn2Low));
}

template <class T>
struct SineCosine {
  T sine, cosine;
};

/// Sine and cosine of x + quadrant pi / 2 from those of x: an odd quadrant swaps the two; bits 1 of quadrant
/// and of quadrant + 1 are their signs.
template <class T, class Bits>
SLUICE_HD SineCosine<T> turned(T sine, T cosine, Bits quadrant) {
  constexpr int kSign = 8 * int(sizeof(Bits)) - 2;  // from bit 1 to the sign's
  const Bits swap = 0 - (quadrant & 1);
  const Bits sb = bits_of(sine), cb = bits_of(cosine), other = (sb ^ cb) & swap;
  return {same_bits<T>((sb ^ other) ^ (quadrant & 2) << kSign),
          same_bits<T>((cb ^ other) ^ ((quadrant + 1) & 2) << kSign)};
}

/// sin and cos of 2 pi turns, turns in [0, 1); within 2 units in the last place away from zeros.
SLUICE_HD SineCosine<double> sine_cosine(double turns) {
  constexpr double kRound = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to an integer
  const double y = 4.0 * turns;
  const double shifted = y + kRound;
  const std::uint64_t quadrant = bits_of(shifted);
  const double x = (y - (shifted - kRound)) * 1.5707963267948966;  // within pi/4 of 0
  const double z = x * x;
  double s = 1.0 / 355687428096000.0;  // Taylor: 1/17!
  s = s * z - 1.0 / 1307674368000.0;
  s = s * z + 1.0 / 6227020800.0;
  s = s * z - 1.0 / 39916800.0;
  s = s * z + 1.0 / 362880.0;
  s = s * z - 1.0 / 5040.0;
  s = s * z + 1.0 / 120.0;
  s = s * z - 1.0 / 6.0;
  const double sine = x + x * (z * s);
  double c = 1.0 / 20922789888000.0;  // 1/16!
  c = c * z - 1.0 / 87178291200.0;
  c = c * z + 1.0 / 479001600.0;
  c = c * z - 1.0 / 3628800.0;
  c = c * z + 1.0 / 40320.0;
  c = c * z - 1.0 / 720.0;
  c = c * z + 1.0 / 24.0;
  const double half = 0.5 * z;
  const double cosine = (1.0 - half) + z * z * c;
  return turned(sine, cosine, quadrant);
}

template <class T>
struct NormalPair {
  T first, second;
};

/// Two independent normal numbers of two independent uniform ones in [0, 1).
SLUICE_HD NormalPair<double> normal_pair(double u, double v) {
  const double radius = ::sqrt(-2.0 * log_unit(1.0 - u));
  const SineCosine<double> turn = sine_cosine(v);
  return {radius * turn.cosine, radius * turn.sine};
}

// The same in float32.

/// ln x for normal x in (0, 1]; within 2 units in the last place.
SLUICE_HD float log_unit(float x) {
  constexpr std::uint32_t kRootHalf = 0x3f3504f3u;
  constexpr float kLn2High = 0x1.62e4p-1f, kLn2Low = 0x1.7f7d1cp-20f;  // e * high is exact
  const std::uint32_t t = bits_of(x) + (0x3f800000u - kRootHalf);
  const float m = float_of((t & 0x007fffffu) + kRootHalf);
  const float e = float(std::int32_t(t >> 23) - 127);
  const float f = m - 1.0f;
  const float s = f / (2.0f + f);
  const float z = s * s;
  float p = 1.0f / 9;
  p = p * z + 1.0f / 7;
  p = p * z + 1.0f / 5;
  p = p * z + 1.0f / 3;
  const float two_s = 2.0f * s;
  return e * kLn2High + (two_s + (two_s * (z * p) + e * kLn2Low));
}

/// sin and cos of 2 pi turns, turns in [0, 1) in steps of 2^-24; within 1.2e-7.
SLUICE_HD SineCosine<float> sine_cosine(float turns) {
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23
  const float y = 4.0f * turns;
  const float shifted = y + kRound;
  const std::uint32_t quadrant = bits_of(shifted);
  const float x = (y - (shifted - kRound)) * 1.57079637f;
  const float z = x * x;
  float s = 1.0f / 362880.0f;
  s = s * z - 1.0f / 5040.0f;
  s = s * z + 1.0f / 120.0f;
  s = s * z - 1.0f / 6.0f;
  const float sine = x + x * (z * s);
  float c = -1.0f / 3628800.0f;
  c = c * z + 1.0f / 40320.0f;
  c = c * z - 1.0f / 720.0f;
  c = c * z + 1.0f / 24.0f;
  const float half = 0.5f * z;
  const float cosine = (1.0f - half) + z * z * c;
  return turned(sine, cosine, quadrant);
}

/// Two independent normal numbers of two words: a radius of up to 6.66 in steps of the first's upper 31 bits,
/// an angle of the second's upper 24.
SLUICE_HD NormalPair<float> normal_pair(std::uint32_t u, std::uint32_t v) {
  const float x = (float(std::int32_t(u >> 1)) + 0.5f) * 0x1p-31f;  // (0, 1]
  const float radius = ::sqrtf(-2.0f * log_unit(x));
  const SineCosine<float> turn = sine_cosine(float(std::int32_t(v >> 8)) * 0x1p-24f);
  return {radius * turn.cosine, radius * turn.sine};
}

}  // namespace sluice::SLUICE_BACKEND
