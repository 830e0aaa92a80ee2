#include "kernels/cpu/window_block.h"

#include <immintrin.h>

#include <algorithm>
#include <limits>

namespace sluice::SLUICE_BACKEND {
namespace {

/// Rows of a block seen as vector rows: `fold` samples of all channels in `width` numbers, a multiple of
/// four.
struct Folded {
  int fold, width, vector_rows, rest;  // rest: samples that fill no vector row
  Folded(int rows, int channels)
      : fold(channels % 4 == 0   ? 1
             : channels % 2 == 0 ? 2
                                 : 4),
        width(fold * channels),
        vector_rows(rows / fold),
        rest(rows % fold) {}
};

/// Sums of differences from `origin`, for each place of a vector row.
void add_differences(const double* x, const Folded& f, const double* origin, double* sum) {
  for (int j = 0; j < f.width; j += 4) {
    const __m256d o = _mm256_loadu_pd(origin + j);
    __m256d total = _mm256_setzero_pd();
    for (int r = 0; r < f.vector_rows; ++r)
      total = _mm256_add_pd(total, _mm256_sub_pd(_mm256_loadu_pd(x + r * f.width + j), o));
    _mm256_storeu_pd(sum + j, total);
  }
}

struct PowerSums {
  double *square, *cube, *fourth, *low, *high;
};

template <bool kFourth, bool kRange>
void add_powers(const double* x, const Folded& f, const double* origin, const double* mean,
                const PowerSums& to) {
  for (int j = 0; j < f.width; j += 4) {
    const __m256d o = _mm256_loadu_pd(origin + j), m = _mm256_loadu_pd(mean + j);
    __m256d square = _mm256_setzero_pd(), cube = square, fourth = square;
    __m256d low = _mm256_set1_pd(std::numeric_limits<double>::infinity());
    __m256d high = _mm256_set1_pd(-std::numeric_limits<double>::infinity());
    for (int r = 0; r < f.vector_rows; ++r) {
      const __m256d v = _mm256_loadu_pd(x + r * f.width + j);
      const __m256d d = _mm256_sub_pd(_mm256_sub_pd(v, o), m), dd = _mm256_mul_pd(d, d);
      square = _mm256_add_pd(square, dd);
      if (kFourth) {
        cube = _mm256_add_pd(cube, _mm256_mul_pd(dd, d));
        fourth = _mm256_add_pd(fourth, _mm256_mul_pd(dd, dd));
      }
      if (kRange) {
        low = _mm256_min_pd(low, v);
        high = _mm256_max_pd(high, v);
      }
    }
    _mm256_storeu_pd(to.square + j, square);
    if (kFourth) {
      _mm256_storeu_pd(to.cube + j, cube);
      _mm256_storeu_pd(to.fourth + j, fourth);
    }
    if (kRange) {
      _mm256_storeu_pd(to.low + j, low);
      _mm256_storeu_pd(to.high + j, high);
    }
  }
}

}  // namespace

struct WindowBlock::Sums {
  double origin[kWidth], mean[kWidth], sum[kWidth], square[kWidth], cube[kWidth], fourth[kWidth], low[kWidth],
      high[kWidth];
};

void WindowBlock::merge(const WindowState& to, const WindowState& a, const WindowState& b, double shift,
                        std::int64_t channels) const {
  const WindowFields& f = fields_;
  const auto each = [&](auto&& one) {
#pragma omp simd
    for (std::int64_t c = 0; c < channels; ++c) one(c);
  };
  if (f.ends >= 0) each([&](std::int64_t c) { merge_ends(f, to, a, b, c); });
  if (f.range >= 0) each([&](std::int64_t c) { merge_range(f, to, a, b, shift, c); });
  if (f.mean >= 0) {
    if (f.slope >= 0) {
      if (f.fourth >= 0)
        each([&](std::int64_t c) { merge_moments<4, true>(f, to, a, b, shift, c); });
      else if (f.squares >= 0)
        each([&](std::int64_t c) { merge_moments<2, true>(f, to, a, b, shift, c); });
      else
        each([&](std::int64_t c) { merge_moments<1, true>(f, to, a, b, shift, c); });
    } else if (f.fourth >= 0) {
      each([&](std::int64_t c) { merge_moments<4, false>(f, to, a, b, shift, c); });
    } else if (f.squares >= 0) {
      each([&](std::int64_t c) { merge_moments<2, false>(f, to, a, b, shift, c); });
    } else {
      each([&](std::int64_t c) { merge_moments<1, false>(f, to, a, b, shift, c); });
    }
  }
  each([&](std::int64_t c) { to(0, c) = a(0, c) + b(0, c); });
}

void WindowBlock::reduce_single(const double* x, int channels, const WindowState& to) const {
  const WindowFields& f = fields_;
  for (int i = 0; i < f.fields; ++i) std::fill_n(to.at + i * to.ld, channels, 0.0);
  std::fill_n(to.at, channels, 1.0);
  for (const int at : {f.mean, f.range, f.ends})
    if (at >= 0) std::copy_n(x, channels, to.at + at * to.ld);
  for (const int at : {f.range, f.ends})
    if (at >= 0) std::copy_n(x, channels, to.at + (at + 1) * to.ld);
  double sum = 0;
  for (int c = 0; c < channels; ++c) sum += x[c] - x[c];
  if (sum == 0) return;  // all are numbers
  for (int c = 0; c < channels; ++c)
    if (!is_finite(x[c])) reduce_channel(x, 1, channels, to, c);
}

void WindowBlock::reduce(const double* x, int rows, int channels, const WindowState& to) const {
  if (rows == 1) return reduce_single(x, channels, to);
  const WindowFields& f = fields_;
  const Folded folded(rows, channels);
  Sums s;
  for (int r = 0; r < folded.fold; ++r) std::copy_n(x, channels, s.origin + r * channels);
  add_differences(x, folded, s.origin, s.sum);
  const double* rest = x + folded.vector_rows * folded.width;
  const auto fold = [&](double* values, auto&& join) {
    for (int r = 1; r < folded.fold; ++r)
      for (int c = 0; c < channels; ++c) values[c] = join(values[c], values[r * channels + c]);
  };
  const auto plus = [](double a, double b) { return a + b; };
  fold(s.sum, plus);
  bool finite = true;
  for (int c = 0; c < channels; ++c) {
    for (int r = 0; r < folded.rest; ++r) s.sum[c] += rest[r * channels + c] - s.origin[c];
    finite = finite && is_finite(s.sum[c]);
    s.mean[c] = s.sum[c] / rows;
    to(0, c) = rows;
  }
  if (f.mean >= 0) {
    std::copy_n(s.origin, channels, to.at + f.mean * to.ld);
    std::copy_n(s.mean, channels, to.at + (f.mean + 1) * to.ld);
  }
  if (f.squares >= 0 || f.range >= 0) {
    for (int r = 1; r < folded.fold; ++r) std::copy_n(s.mean, channels, s.mean + r * channels);
    const PowerSums sums{s.square, s.cube, s.fourth, s.low, s.high};
    if (f.fourth >= 0)
      f.range >= 0 ? add_powers<true, true>(x, folded, s.origin, s.mean, sums)
                   : add_powers<true, false>(x, folded, s.origin, s.mean, sums);
    else
      f.range >= 0 ? add_powers<false, true>(x, folded, s.origin, s.mean, sums)
                   : add_powers<false, false>(x, folded, s.origin, s.mean, sums);
    fold(s.square, plus);
    if (f.fourth >= 0) fold(s.cube, plus), fold(s.fourth, plus);
    if (f.range >= 0) {
      fold(s.low, [](double a, double b) { return b < a ? b : a; });
      fold(s.high, [](double a, double b) { return b > a ? b : a; });
    }
    for (int r = 0; r < folded.rest; ++r)
      for (int c = 0; c < channels; ++c) {
        const double v = rest[r * channels + c], d = (v - s.origin[c]) - s.mean[c];
        s.square[c] += d * d;
        if (f.fourth >= 0) s.cube[c] += d * d * d, s.fourth[c] += (d * d) * (d * d);
        if (f.range >= 0) s.low[c] = v < s.low[c] ? v : s.low[c], s.high[c] = v > s.high[c] ? v : s.high[c];
      }
    const auto put = [&](int at, const double* values) {
      if (at >= 0) std::copy_n(values, channels, to.at + at * to.ld);
    };
    put(f.squares, s.square);
    if (f.fourth >= 0) put(f.fourth, s.cube), put(f.fourth + 1, s.fourth);
    if (f.range >= 0) put(f.range, s.low), put(f.range + 1, s.high);
  }
  if (f.places >= 0) find_places(x, rows, channels, to);
  if (f.slope >= 0) reduce_times(x, rows, channels, to);
  if (f.ends >= 0) reduce_ends(x, rows, channels, to);
  if (finite) return;
  for (int c = 0; c < channels; ++c)
    if (!is_finite(s.sum[c])) reduce_channel(x, rows, channels, to, c);
}

void WindowBlock::find_places(const double* x, int rows, int channels, const WindowState& to) const {
  const int range = fields_.range, places = fields_.places;
  for (int r = rows - 1; r >= 0; --r)
#pragma omp simd
    for (int c = 0; c < channels; ++c) {
      const double v = x[r * channels + c];
      to(places, c) = v == to(range, c) ? double(r) : to(places, c);
      to(places + 1, c) = v == to(range + 1, c) ? double(r) : to(places + 1, c);
    }
}

void WindowBlock::reduce_times(const double* x, int rows, int channels, const WindowState& to) const {
  const int slope = fields_.slope;
  const double middle = (rows - 1) / 2.0, squares = rows * (double(rows) * rows - 1) / 12;
  for (int c = 0; c < channels; ++c) to(slope, c) = middle, to(slope + 1, c) = squares, to(slope + 2, c) = 0;
  for (int r = 0; r < rows; ++r)
#pragma omp simd
    for (int c = 0; c < channels; ++c) to(slope + 2, c) += (r - middle) * (x[r * channels + c] - x[c]);
}

void WindowBlock::reduce_ends(const double* x, int rows, int channels, const WindowState& to) const {
  const WindowFields& f = fields_;
  const double* last = x + (rows - 1) * channels;
  for (int c = 0; c < channels; ++c) to(f.ends, c) = x[c], to(f.ends + 1, c) = last[c];
  if (f.signs >= 0) {
    for (int c = 0; c < channels; ++c) to(f.signs, c) = 0;
    for (int r = 1; r < rows; ++r)
#pragma omp simd
      for (int c = 0; c < channels; ++c)
        to(f.signs, c) += (x[r * channels + c] >= 0) != (x[(r - 1) * channels + c] >= 0) ? 1.0 : 0.0;
  }
  if (f.line >= 0) {
    for (int c = 0; c < channels; ++c) to(f.line, c) = 0;
    for (int r = 1; r < rows; ++r)
#pragma omp simd
      for (int c = 0; c < channels; ++c)
        to(f.line, c) += fabs(x[r * channels + c] - x[(r - 1) * channels + c]);
  }
}

/// One channel that has a NaN or an infinity (or whose differences overflow), value by value.
void WindowBlock::reduce_channel(const double* x, int rows, int channels, const WindowState& to,
                                 int c) const {
  const WindowFields& f = fields_;
  double values[kRows], times[kRows];
  int n = 0;
  for (int r = 0; r < rows; ++r)
    if (!is_nan(x[r * channels + c])) values[n] = x[r * channels + c], times[n++] = r;
  window_clear(f, to, c);
  if (n == 0) return;
  to(0, c) = n;
  const double* number = std::find_if(values, values + n, [](double v) { return is_finite(v); });
  const double origin = number == values + n ? 0 : *number;
  double sum = 0, time = 0;
  for (int i = 0; i < n; ++i) sum += values[i] - origin, time += times[i];
  const double mean = sum / n;
  time /= n;
  for (int i = 0; i < n; ++i) {
    const double d = (values[i] - origin) - mean, t = times[i] - time;
    if (f.squares >= 0) to(f.squares, c) += d * d;
    if (f.fourth >= 0) to(f.fourth, c) += d * d * d, to(f.fourth + 1, c) += (d * d) * (d * d);
    if (f.slope >= 0) to(f.slope + 1, c) += t * t, to(f.slope + 2, c) += t * d;
    if (i == 0) continue;
    if (f.signs >= 0) to(f.signs, c) += (values[i] >= 0) != (values[i - 1] >= 0) ? 1.0 : 0.0;
    if (f.line >= 0) to(f.line, c) += fabs(values[i] - values[i - 1]);
  }
  if (f.mean >= 0) to(f.mean, c) = origin, to(f.mean + 1, c) = mean;
  if (f.slope >= 0) to(f.slope, c) = time;
  if (f.ends >= 0) to(f.ends, c) = values[0], to(f.ends + 1, c) = values[n - 1];
  if (f.range < 0) return;
  const auto [low, high] =
      std::pair(std::min_element(values, values + n), std::max_element(values, values + n));
  to(f.range, c) = *low, to(f.range + 1, c) = *high;
  if (f.places >= 0) to(f.places, c) = times[low - values], to(f.places + 1, c) = times[high - values];
}

}  // namespace sluice::SLUICE_BACKEND
