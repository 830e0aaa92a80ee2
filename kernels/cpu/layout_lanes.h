// Vectors of numbers for the pairs of a layout: float32 and float64, with AVX-512 or AVX2. Included by files
// for one vector level each, which define SLUICE_WIDE (0 or 1) and SLUICE_LAYOUT, a namespace of their own
// (tests/tools/levels_test.py).
#pragma once
#include <immintrin.h>

#include <cstdint>

#include "kernels/portable.h"

#define SLUICE_LAYOUT_CALL inline __attribute__((always_inline))

namespace sluice::SLUICE_BACKEND::SLUICE_LAYOUT {

template <class T>
struct Lanes;

#if SLUICE_WIDE
template <>
struct Lanes<float> {
  using V = __m512;
  static constexpr int kCount = 16;
  static SLUICE_LAYOUT_CALL V all(float x) { return _mm512_set1_ps(x); }
  static SLUICE_LAYOUT_CALL V load(const float* p) { return _mm512_loadu_ps(p); }
  static SLUICE_LAYOUT_CALL void store(float* p, V x) { _mm512_storeu_ps(p, x); }
  static SLUICE_LAYOUT_CALL V fma(V a, V b, V c) { return _mm512_fmadd_ps(a, b, c); }
  static SLUICE_LAYOUT_CALL V less(V a, V b, V c) { return _mm512_fnmadd_ps(a, b, c); }
  static SLUICE_LAYOUT_CALL V keep(std::uint16_t lanes, V x) { return _mm512_maskz_mov_ps(lanes, x); }
  static SLUICE_LAYOUT_CALL V magnitude(V x) { return _mm512_abs_ps(x); }
  static SLUICE_LAYOUT_CALL V reciprocal(V x) {
    const V y = _mm512_rcp14_ps(x);
    return fma(y, less(x, y, all(1)), y);
  }
  static SLUICE_LAYOUT_CALL V with_sign(V size, V x) {
    const V signed_size = _mm512_or_ps(size, _mm512_and_ps(x, all(-0.0f)));
    return keep(_mm512_cmp_ps_mask(x, all(0), _CMP_NEQ_UQ), signed_size);
  }
  static SLUICE_LAYOUT_CALL float sum(V x) {
    const __m256 half = _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
    const __m128 quarter = _mm_add_ps(_mm256_castps256_ps128(half), _mm256_extractf128_ps(half, 1));
    const __m128 two = _mm_add_ps(quarter, _mm_movehl_ps(quarter, quarter));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }
};

template <>
struct Lanes<double> {
  using V = __m512d;
  static constexpr int kCount = 8;
  static SLUICE_LAYOUT_CALL V all(double x) { return _mm512_set1_pd(x); }
  static SLUICE_LAYOUT_CALL V load(const double* p) { return _mm512_loadu_pd(p); }
  static SLUICE_LAYOUT_CALL void store(double* p, V x) { _mm512_storeu_pd(p, x); }
  static SLUICE_LAYOUT_CALL V fma(V a, V b, V c) { return _mm512_fmadd_pd(a, b, c); }
  static SLUICE_LAYOUT_CALL V less(V a, V b, V c) { return _mm512_fnmadd_pd(a, b, c); }
  static SLUICE_LAYOUT_CALL V keep(std::uint16_t lanes, V x) {
    return _mm512_maskz_mov_pd(__mmask8(lanes), x);
  }
  static SLUICE_LAYOUT_CALL V magnitude(V x) { return _mm512_abs_pd(x); }
  static SLUICE_LAYOUT_CALL V reciprocal(V x) {
    // Errors of 2^-14, 2^-28, 2^-53.
    const V one = all(1), y = _mm512_rcp14_pd(x), z = fma(y, less(x, y, one), y);
    return fma(z, less(x, z, one), z);
  }
  static SLUICE_LAYOUT_CALL V with_sign(V size, V x) {
    const V signed_size = _mm512_or_pd(size, _mm512_and_pd(x, all(-0.0)));
    return keep(_mm512_cmp_pd_mask(x, all(0), _CMP_NEQ_UQ), signed_size);
  }
  static SLUICE_LAYOUT_CALL double sum(V x) {
    const __m256d half = _mm256_add_pd(_mm512_castpd512_pd256(x), _mm512_extractf64x4_pd(x, 1));
    const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(half), _mm256_extractf128_pd(half, 1));
    return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
  }
};
#else
template <>
struct Lanes<float> {
  using V = __m256;
  static constexpr int kCount = 8;
  static SLUICE_LAYOUT_CALL V all(float x) { return _mm256_set1_ps(x); }
  static SLUICE_LAYOUT_CALL V load(const float* p) { return _mm256_loadu_ps(p); }
  static SLUICE_LAYOUT_CALL void store(float* p, V x) { _mm256_storeu_ps(p, x); }
  static SLUICE_LAYOUT_CALL V fma(V a, V b, V c) { return _mm256_fmadd_ps(a, b, c); }
  static SLUICE_LAYOUT_CALL V less(V a, V b, V c) { return _mm256_fnmadd_ps(a, b, c); }
  static SLUICE_LAYOUT_CALL V keep(std::uint16_t lanes, V x) {
    const __m256i bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    const __m256i set = _mm256_and_si256(_mm256_set1_epi32(lanes), bit);
    return _mm256_and_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(set, bit)), x);
  }
  static SLUICE_LAYOUT_CALL V magnitude(V x) { return _mm256_andnot_ps(all(-0.0f), x); }
  static SLUICE_LAYOUT_CALL V reciprocal(V x) {
    const V y = _mm256_rcp_ps(x);  // an error of 2^-12
    return fma(y, less(x, y, all(1)), y);
  }
  static SLUICE_LAYOUT_CALL V with_sign(V size, V x) {
    const V signed_size = _mm256_or_ps(size, _mm256_and_ps(x, all(-0.0f)));
    return _mm256_and_ps(_mm256_cmp_ps(x, all(0), _CMP_NEQ_UQ), signed_size);
  }
  static SLUICE_LAYOUT_CALL float sum(V x) {
    const __m128 quarter = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    const __m128 two = _mm_add_ps(quarter, _mm_movehl_ps(quarter, quarter));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
  }
};

template <>
struct Lanes<double> {
  using V = __m256d;
  static constexpr int kCount = 4;
  static SLUICE_LAYOUT_CALL V all(double x) { return _mm256_set1_pd(x); }
  static SLUICE_LAYOUT_CALL V load(const double* p) { return _mm256_loadu_pd(p); }
  static SLUICE_LAYOUT_CALL void store(double* p, V x) { _mm256_storeu_pd(p, x); }
  static SLUICE_LAYOUT_CALL V fma(V a, V b, V c) { return _mm256_fmadd_pd(a, b, c); }
  static SLUICE_LAYOUT_CALL V less(V a, V b, V c) { return _mm256_fnmadd_pd(a, b, c); }
  static SLUICE_LAYOUT_CALL V keep(std::uint16_t lanes, V x) {
    const __m256i bit = _mm256_setr_epi64x(1, 2, 4, 8);
    const __m256i set = _mm256_and_si256(_mm256_set1_epi64x(lanes), bit);
    return _mm256_and_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(set, bit)), x);
  }
  static SLUICE_LAYOUT_CALL V magnitude(V x) { return _mm256_andnot_pd(all(-0.0), x); }
  static SLUICE_LAYOUT_CALL V reciprocal(V x) { return _mm256_div_pd(all(1), x); }
  static SLUICE_LAYOUT_CALL V with_sign(V size, V x) {
    const V signed_size = _mm256_or_pd(size, _mm256_and_pd(x, all(-0.0)));
    return _mm256_and_pd(_mm256_cmp_pd(x, all(0), _CMP_NEQ_UQ), signed_size);
  }
  static SLUICE_LAYOUT_CALL double sum(V x) {
    const __m128d two = _mm_add_pd(_mm256_castpd256_pd128(x), _mm256_extractf128_pd(x, 1));
    return _mm_cvtsd_f64(_mm_add_sd(two, _mm_unpackhi_pd(two, two)));
  }
};
#endif

}  // namespace sluice::SLUICE_BACKEND::SLUICE_LAYOUT
