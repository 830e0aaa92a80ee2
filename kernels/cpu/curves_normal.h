// Logarithms of the normal distribution's tails, several at once, to the last digits of float64: what the
// Anderson-Darling statistic adds up. ln erfc(u) = ln t + P(2t - 1) - u^2 with t = 2 / (2 + u), where P is a
// minimax polynomial of ln(erfcx(u) / t) (error 2e-16; tests/reference/make_erfc_polynomial.py).
#pragma once
#include "kernels/cpu/curves_lanes.h"

namespace sluice::SLUICE_BACKEND::SLUICE_CURVES {

inline constexpr double kTails[] = {
    -1.1141466421901909e-09, -1.2776506237493277e-08, 3.675878538183882e-08,   7.746001345360312e-08,
    -3.086559820402206e-07,  -4.1484920834124593e-08, 1.3137199073509803e-06,  -1.4094127307024207e-06,
    -2.994294118363313e-06,  8.662494482986981e-06,   1.6080205095439494e-07,  -3.023780825572967e-05,
    3.1737328155349395e-05,  7.141808767204543e-05,   -0.00017430116360991256, -9.373894209180262e-05,
    0.0006736785371369921,   -0.00014624628859718252, -0.0023458124784660516,  0.0017589335075480397,
    0.00882493855611383,     -0.00987268936410846,    -0.046895610231160824,   0.047343306841863754,
    0.6726432239776567,      -0.6717940840566922};

/// In kChains chains of their own, since one has to wait for each of its steps.
template <int kChains, int kCount>
SLUICE_LANE_CALL Vec polynomial(const double (&c)[kCount], Vec x) {
  // Chain j has the powers that leave j when divided by kChains; c begins with the highest.
  Vec step = x, chains[kChains];
#pragma GCC unroll 8
  for (int j = 1; j < kChains; ++j) step *= x;
#pragma GCC unroll 8
  for (int j = 0; j < kChains; ++j) {
    const int first = (kCount - 1 - j) % kChains;
    chains[j] = all(c[first]);
#pragma GCC unroll 32
    for (int i = first + kChains; i < kCount; i += kChains) chains[j] = fma(chains[j], step, all(c[i]));
  }
  Vec sum = chains[kChains - 1];
#pragma GCC unroll 8
  for (int j = kChains - 2; j >= 0; --j) sum = fma(sum, x, chains[j]);
  return sum;
}

/// e^x for x of [-700, 0]: 2^k e^r by Taylor's series, |r| <= ln 2 / 2.
SLUICE_LANE_CALL Vec exponential(Vec x) {
  constexpr double kTerms[] = {
      1. / 6227020800, 1. / 479001600, 1. / 39916800, 1. / 3628800, 1. / 362880, 1. / 40320, 1. / 5040,
      1. / 720,        1. / 120,       1. / 24,       1. / 6,       1. / 2,      1,          1};
  const Vec magic = all(0x1.8p52);  // its low bits count units
  const Vec turned = fma(x, all(1.4426950408889634), magic), k = turned - magic;
  const Vec r = fma(k, all(-1.9082149292705877e-10), fma(k, all(-0.693147180369123816490), x));
  return vec_of(words_in(polynomial<3>(kTerms, r)) + (words_in(turned) << 52));
}

/// 2 atanh(s) for |s| <= 1/3.
SLUICE_LANE_CALL Vec twice_atanh(Vec s) {
  constexpr double kTerms[] = {2. / 35, 2. / 33, 2. / 31, 2. / 29, 2. / 27, 2. / 25,
                               2. / 23, 2. / 21, 2. / 19, 2. / 17, 2. / 15, 2. / 13,
                               2. / 11, 2. / 9,  2. / 7,  2. / 5,  2. / 3,  2};
  return polynomial<3>(kTerms, s * s) * s;
}

/// ln x of normal numbers above 0: x = 2^k m, m of [sqrt(1/2), sqrt(2)).
SLUICE_LANE_CALL Vec logarithm(Vec x) {
  constexpr double kTerms[] = {2. / 21, 2. / 19, 2. / 17, 2. / 15, 2. / 13, 2. / 11,
                               2. / 9,  2. / 7,  2. / 5,  2. / 3,  2};
  constexpr unsigned long long kRoot = 0x3fe6a09e667f3bcdull, kOne = 0x3ff0000000000000ull;
  const Words shifted = words_in(x) + (kOne - kRoot);
  // The exponent's bits as a number: they are put under those of 2^52.
  const Vec k = vec_of((shifted >> 52) | 0x4330000000000000ull) - all(0x1p52 + 1023);
  const Vec m = vec_of((shifted & 0x000fffffffffffffull) + kRoot);
  const Vec s = (m - 1.0) / (m + 1.0);
  return fma(k, all(0.69314718055994531), polynomial<3>(kTerms, s * s) * s);
}

struct Tails {
  Vec lower, upper;  // ln erfc(-x), ln erfc(x)
};

/// Of any finite x.
SLUICE_LANE_CALL Tails tails(Vec x) {
  const Vec u = magnitude(x), t = 2.0 / (2.0 + u);
  const Vec far = logarithm(t) + fma(-u, u, polynomial<4>(kTails, t + t - 1.0));  // ln erfc(|x|)
  // ln(2 - q) = ln 2 + 2 atanh(-q / (4 - q)), q = erfc(|x|).
  const Vec q = exponential(most(far, all(-700)));
  const Vec near = 0.69314718055994531 + twice_atanh(-q / (4.0 - q));
  const Bits right = x >= all(0);
  return {choose(right, near, far), choose(right, far, near)};
}

}  // namespace sluice::SLUICE_BACKEND::SLUICE_CURVES
