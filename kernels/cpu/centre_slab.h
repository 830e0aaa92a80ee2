// The arithmetic of centre for one slab: a variable's contiguous run, or a block of neighbouring variables.
// Both make the same operations in the same order for a variable, so that the bytes depend neither on the
// layout nor on how a tile was cut. Compile without contraction.
#pragma once
#include <immintrin.h>

#include <cmath>
#include <cstdint>
#include <cstring>

#include "kernels/portable.h"
#include "kernels/running.h"

namespace sluice::SLUICE_BACKEND {

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

/// The first observation that counts; constants are centred exactly on it. Expects a positive sum of weights.
inline std::int64_t first_weighted(const SlabWeights& weights) {
  std::int64_t k = 0;
  while (weights.w != nullptr && !(weights.w[k] != 0)) ++k;
  return k;
}

// A sum adds `kStrips` strips: strip c takes steps c, c + kStrips, ... of kRows observations. Within a step
// observations k, k + kStrips, ... add up first. Runs then load along, blocks across, and neither waits.
inline constexpr int kStrips = 4;
/// Observations of a step: that many rows of a block stay in the first-level cache.
inline constexpr std::int64_t kRows = 16;

template <class V>
V sum_of(const V* four) {
  return (four[0] + four[1]) + (four[2] + four[3]);
}

/// Observations that a shift is the mean of, evenly spaced over the slab.
inline constexpr std::int64_t kSampled = 64;

inline std::int64_t sample_step(std::int64_t n) {
  return (n + kSampled - 1) / kSampled;
}

/// From the samples of a slab, their sum of w d and of |d| from `origin`, to a value near the mean, rounded
/// to the panel's type P, so that differences are exact where they can be. What looks constant is centred on
/// itself, and what has no finite mean on 0.
template <class P>
double shift_of(double origin, double sum, double spread, double weight) {
  const double near = spread == 0 ? origin : double(P(origin + sum / weight));
  return is_finite(near) ? near : 0;
}

/// A shift for one pass over the data: what it is off by is in r, and products() takes it out again
/// (backend.h, Moments). One observation in kSlab / kSampled is a sample, so without weights the square of
/// what it is off by is at most that many times the variance, whatever the data's period.
template <bool kWeighted, class P, class X>
double run_shift(const X* x, std::int64_t n, const SlabWeights& weights) {
  const double origin = load1(x + first_weighted(weights));
  double sum = 0, spread = 0, weight = 0;
  for (std::int64_t step = sample_step(n); weight == 0; step = 1) {
    for (std::int64_t k = 0; k < n; k += step) {
      const double w = kWeighted ? weights.w[k] : 1;
      if (kWeighted && w == 0) continue;
      const double d = load1(x + k) - origin;
      sum += w * d;
      spread += std::fabs(d);
      weight += w;
    }
  }
  return shift_of<P>(origin, sum, spread, weight);
}

/// The sum of each of four vectors, as sum_of adds them.
inline Double4 sums_of(const Double4* v) {
  const Double4 low = _mm256_hadd_pd(v[0], v[1]), high = _mm256_hadd_pd(v[2], v[3]);
  return _mm256_permute2f128_pd(low, high, 0x20) + _mm256_permute2f128_pd(low, high, 0x31);
}

/// One variable whose `n` observations are contiguous.
template <bool kWeighted, class X, class P>
SlabStats centre_run(const X* x, std::int64_t n, const SlabWeights& weights, P* panel) {
  const double shift = run_shift<kWeighted, P>(x, n, weights);
  const std::int64_t whole = n / (kStrips * kRows) * (kStrips * kRows);
  Double4 r_strips = {}, q_strips = {};
  for (std::int64_t begin = 0; begin < whole; begin += kStrips * kRows) {
    Double4 r[kStrips] = {}, q[kStrips] = {};
    for (int c = 0; c < kStrips; ++c) {
      for (int j = 0; j < kRows; j += 4) {
        const std::int64_t k = begin + c * kRows + j;
        const Double4 d = load4(x + k) - shift;
        const Double4 wd = kWeighted ? load4(weights.w + k) * d : d;
        r[c] += wd;
        q[c] += wd * d;
        store4(panel + k, kWeighted ? load4(weights.root + k) * d : d);
      }
    }
    r_strips += sums_of(r);
    q_strips += sums_of(q);
  }
  double r[kStrips], q[kStrips];
  std::memcpy(r, &r_strips, sizeof r);
  std::memcpy(q, &q_strips, sizeof q);
  for (std::int64_t begin = whole; begin < n; begin += kRows) {
    double rs[kStrips] = {}, qs[kStrips] = {};
    for (std::int64_t k = begin; k < smaller(begin + kRows, n); ++k) {
      const double d = load1(x + k) - shift, wd = kWeighted ? weights.w[k] * d : d;
      rs[k % kStrips] += wd;
      qs[k % kStrips] += wd * d;
      panel[k] = P(kWeighted ? weights.root[k] * d : d);
    }
    r[begin / kRows % kStrips] += sum_of(rs);
    q[begin / kRows % kStrips] += sum_of(qs);
  }
  return slab_stats(shift, shift, sum_of(r), sum_of(q), weights.sum);
}

/// Variables that a task takes of a tile whose observations are contiguous.
inline constexpr int kBlock = 256;

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

/// As run_shift, for each variable of a block.
template <bool kWeighted, class P, class X, class Bring>
void block_shift(const Bring& bring, int width, std::int64_t n, const SlabWeights& weights, double* shift) {
  double origin[kBlock], sum[kBlock] = {}, spread[kBlock] = {};
  const Rows<X> first = bring(first_weighted(weights), 1);
  for (int v = 0; v < width; ++v) origin[v] = load1(first.data + v);
  double weight = 0;
  for (std::int64_t step = sample_step(n); weight == 0; step = 1) {
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
  for (int v = 0; v < width; ++v) shift[v] = shift_of<P>(origin[v], sum[v], spread[v], weight);
}

/// `width` (at most kBlock) neighbouring variables in one pass. bring(k, count) gives `count` (at most kRows)
/// observations from k.
template <bool kWeighted, class X, class P, class Bring>
void centre_block(const Bring& bring, int width, std::int64_t n, const SlabWeights& weights, P* panel,
                  std::int64_t panel_ld, SlabStats* stats) {
  double shift[kBlock], r[kStrips][kBlock] = {}, q[kStrips][kBlock] = {};
  block_shift<kWeighted, P, X>(bring, width, n, weights, shift);
  for (std::int64_t begin = 0; begin < n; begin += kRows) {
    const std::int64_t count = smaller(kRows, n - begin), strip = begin / kRows % kStrips;
    const Rows<X> rows = bring(begin, count);
    P* to = panel + begin * panel_ld;
    const double* w = kWeighted ? weights.w + begin : nullptr;
    const double* root = kWeighted ? weights.root + begin : nullptr;
    over_variables(
        width,
        [&](int v) {
          const Double4 t = load4(shift + v);
          Double4 rs[kStrips] = {}, qs[kStrips] = {};
          const auto take = [&](std::int64_t k, int lane) __attribute__((always_inline)) {
            const Double4 d = load4(rows.data + k * rows.ld + v) - t;
            const Double4 wd = kWeighted ? w[k] * d : d;
            rs[lane] += wd;
            qs[lane] += wd * d;
            store4(to + k * panel_ld + v, kWeighted ? root[k] * d : d);
          };
          std::int64_t k = 0;
          for (; k + kStrips <= count; k += kStrips) {
            take(k, 0);
            take(k + 1, 1);
            take(k + 2, 2);
            take(k + 3, 3);
          }
          if (k < count) take(k, 0);
          if (k + 1 < count) take(k + 1, 1);
          if (k + 2 < count) take(k + 2, 2);
          store4(r[strip] + v, load4(r[strip] + v) + sum_of(rs));
          store4(q[strip] + v, load4(q[strip] + v) + sum_of(qs));
        },
        [&](int v) {
          double rs[kStrips] = {}, qs[kStrips] = {};
          for (std::int64_t k = 0; k < count; ++k) {
            const double d = load1(rows.data + k * rows.ld + v) - shift[v], wd = kWeighted ? w[k] * d : d;
            rs[k % kStrips] += wd;
            qs[k % kStrips] += wd * d;
            to[k * panel_ld + v] = P(kWeighted ? root[k] * d : d);
          }
          r[strip][v] += sum_of(rs);
          q[strip][v] += sum_of(qs);
        });
  }
  for (int v = 0; v < width; ++v) {
    const double rs[] = {r[0][v], r[1][v], r[2][v], r[3][v]}, qs[] = {q[0][v], q[1][v], q[2][v], q[3][v]};
    stats[v] = slab_stats(shift[v], shift[v], sum_of(rs), sum_of(qs), weights.sum);
  }
}

}  // namespace sluice::SLUICE_BACKEND
