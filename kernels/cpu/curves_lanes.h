// Numbers of several curves side by side: one operation is that of all lanes, and a lane's numbers never
// depend on what the others hold. Included by files for one vector level each, which define SLUICE_LANES
// (4 or 8) and SLUICE_CURVES, a namespace of their own (tests/tools/levels_test.py).
#pragma once
#include <immintrin.h>

#include <cstdint>

#include "kernels/curves.h"
#include "kernels/portable.h"

#define SLUICE_LANE_CALL inline __attribute__((always_inline))

namespace sluice::SLUICE_BACKEND::SLUICE_CURVES {

constexpr int kLanes = SLUICE_LANES;
using Vec = double __attribute__((vector_size(SLUICE_LANES * 8)));
using Bits = long long __attribute__((vector_size(SLUICE_LANES * 8)));  // also what comparisons give

SLUICE_LANE_CALL Vec all(double x) {
  return x - Vec{};
}
SLUICE_LANE_CALL Vec load(const double* from) {
  return *reinterpret_cast<const Vec*>(from);
}
SLUICE_LANE_CALL void store(double* to, Vec x) {
  *reinterpret_cast<Vec*>(to) = x;
}
SLUICE_LANE_CALL Bits bits_in(Vec x) {
  return reinterpret_cast<Bits>(x);
}
SLUICE_LANE_CALL Vec vec_of(Bits x) {
  return reinterpret_cast<Vec>(x);
}
// Numbers of 64 bits without a sign: those of a NaN may overflow.
using Words = unsigned long long __attribute__((vector_size(SLUICE_LANES * 8)));
SLUICE_LANE_CALL Words words_in(Vec x) {
  return reinterpret_cast<Words>(x);
}
SLUICE_LANE_CALL Vec vec_of(Words x) {
  return reinterpret_cast<Vec>(x);
}
SLUICE_LANE_CALL Vec choose(Bits mask, Vec yes, Vec no) {
  return mask ? yes : no;
}
/// x in lanes of the mask, else 0.
SLUICE_LANE_CALL Vec keep(Bits mask, Vec x) {
  return vec_of(bits_in(x) & mask);
}

#if SLUICE_LANES == 8
SLUICE_LANE_CALL Vec fma(Vec a, Vec b, Vec c) {
  return _mm512_fmadd_pd(a, b, c);
}
SLUICE_LANE_CALL Vec least(Vec a, Vec b) {
  return _mm512_min_pd(a, b);
}
SLUICE_LANE_CALL Vec most(Vec a, Vec b) {
  return _mm512_max_pd(a, b);
}
SLUICE_LANE_CALL Vec root(Vec x) {
  return _mm512_sqrt_pd(x);
}
#else
SLUICE_LANE_CALL Vec fma(Vec a, Vec b, Vec c) {
  return _mm256_fmadd_pd(a, b, c);
}
SLUICE_LANE_CALL Vec least(Vec a, Vec b) {
  return _mm256_min_pd(a, b);
}
SLUICE_LANE_CALL Vec most(Vec a, Vec b) {
  return _mm256_max_pd(a, b);
}
SLUICE_LANE_CALL Vec root(Vec x) {
  return _mm256_sqrt_pd(x);
}
#endif

SLUICE_LANE_CALL Vec magnitude(Vec x) {
  return vec_of(bits_in(x) & 0x7fffffffffffffffll);
}
/// Neither NaN nor infinite.
SLUICE_LANE_CALL Bits finite(Vec x) {
  return magnitude(x) <= all(1.7976931348623157e308);
}

}  // namespace sluice::SLUICE_BACKEND::SLUICE_CURVES
