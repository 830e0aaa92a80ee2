// The arithmetic of centre for one slab: a variable's contiguous run, or a block of neighbouring variables.
// Sums run in a fixed order (16 lanes along a run; observation by observation across a block), so that the
// bytes do not depend on how a tile was cut. Compile without contraction.
#pragma once
#include <immintrin.h>

#include <cmath>
#include <cstdint>
#include <cstring>

#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// What a slab says of one variable: its mean, sum of squared deviations, and r / sqrt(Wk).
struct SlabStats {
  double mean, m2, within;
};

/// Weights of a slab: w and sqrt(w) by observation (null: all 1), and their sum.
struct SlabWeights {
  const double* w;
  const double* root;
  double sum;
};

// Intrinsics for what compilers split into halves; arithmetic is the vector types' own.
using Double4 = __m256d;

inline Double4 load4(const double* x) {
  return _mm256_loadu_pd(x);
}
inline Double4 load4(const float* x) {
  return _mm256_cvtps_pd(_mm_loadu_ps(x));
}
inline void store4(double* to, Double4 v) {
  _mm256_storeu_pd(to, v);
}
inline void store4(float* to, Double4 v) {
  _mm_storeu_ps(to, _mm256_cvtpd_ps(v));
}

template <class X>
double load1(const X* x) {  // sources need not be aligned
  X v;
  std::memcpy(&v, x, sizeof v);
  return double(v);
}

/// From the residuals about the unrounded mean (r, q) to the stats; `shift` is the mean in the panel's type.
inline SlabStats slab_stats(double mean, double shift, double r, double q, double weight) {
  SlabStats s;
  s.mean = mean + r / weight;
  s.m2 = q - r * r / weight;
  s.within = (r + weight * (mean - shift)) / std::sqrt(weight);
  return s;
}

/// The first observation that counts; constants are centred exactly on it. Expects a positive sum of weights.
inline std::int64_t first_weighted(const SlabWeights& weights) {
  std::int64_t k = 0;
  while (weights.w != nullptr && !(weights.w[k] != 0)) ++k;
  return k;
}

inline constexpr int kLanes = 16;

inline double sum_of(const double* lanes) {
  double sums[kLanes];
  std::memcpy(sums, lanes, sizeof sums);
  for (int half = kLanes / 2; half > 0; half /= 2) {
    for (int l = 0; l < half; ++l) sums[l] += sums[l + half];
  }
  return sums[0];
}

/// One variable whose `n` observations are contiguous.
template <bool kWeighted, class X, class P>
SlabStats centre_run(const X* x, std::int64_t n, const SlabWeights& weights, P* panel) {
  const double origin = load1(x + first_weighted(weights));
  const std::int64_t whole = n / kLanes * kLanes;
  double lanes[kLanes], squares[kLanes];
  Double4 s[4] = {};
  for (std::int64_t k = 0; k < whole; k += kLanes) {
    for (int j = 0; j < 4; ++j) {
      const Double4 d = load4(x + k + 4 * j) - origin;
      s[j] += kWeighted ? load4(weights.w + k + 4 * j) * d : d;
    }
  }
  std::memcpy(lanes, s, sizeof lanes);
  for (std::int64_t k = whole; k < n; ++k) {
    const double d = load1(x + k) - origin;
    lanes[k - whole] += kWeighted ? weights.w[k] * d : d;
  }
  const double mean = origin + sum_of(lanes) / weights.sum;
  const double shift = double(P(mean));

  Double4 r[4] = {}, q[4] = {};
  for (std::int64_t k = 0; k < whole; k += kLanes) {
    for (int j = 0; j < 4; ++j) {
      const std::int64_t i = k + 4 * j;
      const Double4 v = load4(x + i), e = v - mean, d = v - shift;
      const Double4 we = kWeighted ? load4(weights.w + i) * e : e;
      r[j] += we;
      q[j] += we * e;
      store4(panel + i, kWeighted ? load4(weights.root + i) * d : d);
    }
  }
  std::memcpy(lanes, r, sizeof lanes);
  std::memcpy(squares, q, sizeof squares);
  for (std::int64_t k = whole; k < n; ++k) {
    const double v = load1(x + k), e = v - mean, d = v - shift;
    const double we = kWeighted ? weights.w[k] * e : e;
    lanes[k - whole] += we;
    squares[k - whole] += we * e;
    panel[k] = P(kWeighted ? weights.root[k] * d : d);
  }
  const double q_sum = sum_of(squares);
  if (q_sum == 0 && shift != mean) {
    // A constant that the panel's type cannot hold: centred exactly, so that its products are exactly 0.
    for (std::int64_t k = 0; k < n; ++k) panel[k] = 0;
    return slab_stats(mean, mean, sum_of(lanes), 0, weights.sum);
  }
  return slab_stats(mean, shift, sum_of(lanes), q_sum, weights.sum);
}

/// Variables that a task takes of a tile whose observations are contiguous.
inline constexpr int kBlock = 256;
/// Observations between two sums: that many rows of a block stay in the first-level cache.
inline constexpr std::int64_t kRows = 16;
/// Observations that a block's shift is the mean of, evenly spaced over the slab.
inline constexpr std::int64_t kSampled = 64;

/// Calls group(v) for 4 neighbouring variables at a time, and single(v) for what is left of them.
template <class Group, class Single>
void over_variables(int width, Group&& group, Single&& single) {
  int v = 0;
  for (; v + 4 <= width; v += 4) group(v);
  for (; v < width; ++v) single(v);
}

/// Rows of a block: `data` holds consecutive observations, `ld` elements apart.
template <class X>
struct Rows {
  const X* data;
  std::int64_t ld;
};

/// A value near each variable's mean over the slab: the mean of evenly spaced observations, rounded to the
/// panel's type so that differences are exact where they can be. One pass then does: what the shift is off by
/// is in r, and products() takes it out again (backend.h, Moments). What looks constant is centred on itself.
template <bool kWeighted, class P, class X, class Bring>
void choose_shift(const Bring& bring, int width, std::int64_t n, const SlabWeights& weights, double* shift) {
  double origin[kBlock], sum[kBlock] = {}, spread[kBlock] = {};
  const Rows<X> first = bring(first_weighted(weights), 1);
  for (int v = 0; v < width; ++v) origin[v] = load1(first.data + v);
  double weight = 0;
  for (std::int64_t step = (n + kSampled - 1) / kSampled; weight == 0; step = 1) {
    for (std::int64_t k = 0; k < n; k += step) {
      const double w = kWeighted ? weights.w[k] : 1;
      if (kWeighted && w == 0) continue;
      const X* x = bring(k, 1).data;
      for (int v = 0; v < width; ++v) {
        const double d = load1(x + v) - origin[v];
        sum[v] += w * d;
        spread[v] += std::fabs(d);
      }
      weight += w;
    }
  }
  for (int v = 0; v < width; ++v) {
    shift[v] = spread[v] == 0 ? origin[v] : double(P(origin[v] + sum[v] / weight));
  }
}

/// `width` (at most kBlock) neighbouring variables in one pass. bring(k, count) gives `count` (at most kRows)
/// observations from k.
template <bool kWeighted, class X, class P, class Bring>
void centre_block(const Bring& bring, int width, std::int64_t n, const SlabWeights& weights, P* panel,
                  std::int64_t panel_ld, SlabStats* stats) {
  double shift[kBlock], r[kBlock] = {}, q[kBlock] = {};
  choose_shift<kWeighted, P, X>(bring, width, n, weights, shift);
  for (std::int64_t begin = 0; begin < n; begin += kRows) {
    const std::int64_t count = smaller(kRows, n - begin);
    const Rows<X> rows = bring(begin, count);
    P* to = panel + begin * panel_ld;
    const double* w = kWeighted ? weights.w + begin : nullptr;
    const double* root = kWeighted ? weights.root + begin : nullptr;
    over_variables(
        width,
        [&](int v) {
          const Double4 t = load4(shift + v);
          Double4 rs = load4(r + v), qs = load4(q + v);
          for (std::int64_t k = 0; k < count; ++k) {
            const Double4 d = load4(rows.data + k * rows.ld + v) - t;
            const Double4 wd = kWeighted ? w[k] * d : d;
            rs += wd;
            qs += wd * d;
            store4(to + k * panel_ld + v, kWeighted ? root[k] * d : d);
          }
          store4(r + v, rs);
          store4(q + v, qs);
        },
        [&](int v) {
          for (std::int64_t k = 0; k < count; ++k) {
            const double d = load1(rows.data + k * rows.ld + v) - shift[v], wd = kWeighted ? w[k] * d : d;
            r[v] += wd;
            q[v] += wd * d;
            to[k * panel_ld + v] = P(kWeighted ? root[k] * d : d);
          }
        });
  }
  for (int v = 0; v < width; ++v) stats[v] = slab_stats(shift[v], shift[v], r[v], q[v], weights.sum);
}

}  // namespace sluice::SLUICE_BACKEND
