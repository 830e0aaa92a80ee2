// States of samples of one channel: how two that follow each other become one, and the statistics of a
// window. Moments are those of Chan et al. (1979) and Pebay (2008) about an origin of the state's own, a
// value of the series, so that no digits are lost at any offset. Loops over channels around these have no
// branch.
#pragma once
#include <cmath>
#include <cstdint>

#include "kernels/backend.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// A state among others: row f of channel c is at[f * ld + c].
struct WindowState {
  double* at;
  std::int64_t ld;
  SLUICE_HD double& operator()(int field, std::int64_t c) const { return at[field * ld + c]; }
};

/// Sets the state of no samples.
SLUICE_HD void window_clear(const WindowFields& f, const WindowState& s, std::int64_t c) {
  for (int i = 0; i < f.fields; ++i) s(i, c) = 0;
  if (f.range >= 0) {
    s(f.range, c) = double_of(0x7ff0000000000000ull);
    s(f.range + 1, c) = -double_of(0x7ff0000000000000ull);
  }
}

/// What the moments and times of both halves become; kOrder 1: means, 2: squares, 4: third and fourth powers.
/// What a merge reads of a it reads before it writes: `to` may be a.
template <int kOrder, bool kSlope>
SLUICE_HD void merge_moments(const WindowFields& f, const WindowState& to, const WindowState& a,
                             const WindowState& b, double shift, std::int64_t c) {
  const double na = a(0, c), nb = b(0, c), n = na + nb, safe = n > 0 ? n : 1;
  const double rb = nb / safe, ra = na / safe, weight = na * rb;
  const double oa = a(f.mean, c), ob = b(f.mean, c), ma = a(f.mean + 1, c), mb = b(f.mean + 1, c);
  const double origin = na > 0 ? oa : ob, other = nb > 0 ? (ob - origin) + mb : 0;
  const double delta = nb > 0 && na > 0 ? other - ma : 0;
  double mean = ma + delta * rb;
  mean = na > 0 ? mean : other;
  mean = is_finite(other) && is_finite(ma) ? mean : ma + other;  // an infinity stays one
  if (kSlope) {
    const double ta = a(f.slope, c), tb = shift + b(f.slope, c), dt = nb > 0 && na > 0 ? tb - ta : 0;
    const double time = na > 0 ? ta + dt * rb : tb;
    to(f.slope + 1, c) = a(f.slope + 1, c) + b(f.slope + 1, c) + dt * dt * weight;
    to(f.slope + 2, c) = a(f.slope + 2, c) + b(f.slope + 2, c) + dt * delta * weight;
    to(f.slope, c) = time;
  }
  if (kOrder >= 2) {
    const double qa = a(f.squares, c), qb = b(f.squares, c), square = delta * delta;
    if (kOrder >= 4) {
      const double ca = a(f.fourth, c), cb = b(f.fourth, c);
      to(f.fourth + 1, c) = a(f.fourth + 1, c) + b(f.fourth + 1, c) +
                            (square * square * weight * (ra * ra - ra * rb + rb * rb) +
                             (6 * square * (ra * ra * qb + rb * rb * qa) + 4 * delta * (ra * cb - rb * ca)));
      to(f.fourth, c) = ca + cb + delta * (square * weight * (ra - rb) + 3 * (ra * qb - rb * qa));
    }
    to(f.squares, c) = qa + qb + square * weight;
  }
  to(f.mean, c) = origin;
  to(f.mean + 1, c) = mean;
}

/// Extremes and their places; the first of equals stays.
SLUICE_HD void merge_range(const WindowFields& f, const WindowState& to, const WindowState& a,
                           const WindowState& b, double shift, std::int64_t c) {
  const double la = a(f.range, c), lb = b(f.range, c), ga = a(f.range + 1, c), gb = b(f.range + 1, c);
  const bool lower = lb<la, greater = gb> ga;
  if (f.places >= 0) {
    const double pa = a(f.places, c), pb = b(f.places, c) + shift;
    const double qa = a(f.places + 1, c), qb = b(f.places + 1, c) + shift;
    // Where a has no value its bounds are infinite, and an infinite value of b is none that is beyond them.
    const bool none = a(0, c) == 0;
    to(f.places, c) = lower || none ? pb : pa;
    to(f.places + 1, c) = greater || none ? qb : qa;
  }
  to(f.range, c) = lower ? lb : la;
  to(f.range + 1, c) = greater ? gb : ga;
}

/// What neighbours tell: changes of sign and the length of the line.
SLUICE_HD void merge_ends(const WindowFields& f, const WindowState& to, const WindowState& a,
                          const WindowState& b, std::int64_t c) {
  const bool left = a(0, c) > 0, right = b(0, c) > 0;
  const double al = a(f.ends + 1, c), bf = b(f.ends, c), af = a(f.ends, c), bl = b(f.ends + 1, c);
  if (f.signs >= 0) {
    const bool change = left && right && (al >= 0) != (bf >= 0);
    to(f.signs, c) = a(f.signs, c) + b(f.signs, c) + (change ? 1.0 : 0.0);
  }
  if (f.line >= 0) to(f.line, c) = a(f.line, c) + b(f.line, c) + (left && right ? fabs(bf - al) : 0.0);
  to(f.ends, c) = left ? af : bf;
  to(f.ends + 1, c) = right ? bl : al;
}

/// The state of a's samples followed by b's, whose first lies `shift` samples after a's. `to` may be a or b.
SLUICE_HD void merge_channel(const WindowFields& f, const WindowState& to, const WindowState& a,
                             const WindowState& b, double shift, std::int64_t c) {
  if (f.ends >= 0) merge_ends(f, to, a, b, c);
  if (f.range >= 0) merge_range(f, to, a, b, shift, c);
  if (f.mean >= 0) {
    if (f.slope >= 0) {
      f.fourth >= 0    ? merge_moments<4, true>(f, to, a, b, shift, c)
      : f.squares >= 0 ? merge_moments<2, true>(f, to, a, b, shift, c)
                       : merge_moments<1, true>(f, to, a, b, shift, c);
    } else {
      f.fourth >= 0    ? merge_moments<4, false>(f, to, a, b, shift, c)
      : f.squares >= 0 ? merge_moments<2, false>(f, to, a, b, shift, c)
                       : merge_moments<1, false>(f, to, a, b, shift, c);
    }
  }
  to(0, c) = a(0, c) + b(0, c);
}

/// What a window's statistics are made with; a window without samples is one that lacks a value.
SLUICE_HD double window_length(const WindowMergeArgs& a, std::int64_t window) {
  const WindowGrid& g = a.grid;
  if (a.bounds != nullptr) {
    const std::int64_t* bounds = a.bounds + 2 * (window - a.first);
    return double(larger(1, bounds[1] - bounds[0]));
  }
  return double(g.partial == Partial::kPad ? a.padded_size : g.end(window) - g.start(window));
}

/// From the start of the window's first cell to its first sample; states hold places less that start.
SLUICE_HD double window_place(const WindowMergeArgs& a, std::int64_t window) {
  if (a.bounds == nullptr) return 0;
  return double(a.grid.start(window)) - double(a.bounds[2 * (window - a.first)]);
}

/// Statistics of a window of `length` samples (missing ones of a padded window among them).
struct WindowValue {
  WindowFields fields;
  WindowRules rules;
  double length;
  double place = 0;  // what a place of the state lacks to count from the window's first sample

  SLUICE_HD double operator()(WindowStatistic what, const WindowState& s, std::int64_t c) const {
    const double nan = double_of(0x7ff8000000000000ull), n = s(0, c);
    if (what == WindowStatistic::kCount) return n;
    if (rules.omit_nan ? n < double(rules.min_count) : n < length) return nan;
    switch (what) {
      case WindowStatistic::kSum:
        return n > 0 ? n * s(fields.mean, c) + n * s(fields.mean + 1, c) : 0;
      case WindowStatistic::kEnergy:
        return n > 0 ? energy(s, c, n) : 0;
      case WindowStatistic::kZeroCrossings:
        return s(fields.signs, c);
      case WindowStatistic::kLineLength:
        return s(fields.line, c);
      default:
        return n > 0 ? of_values(what, s, c, n) : nan;
    }
  }

 private:
  SLUICE_HD double mean(const WindowState& s, std::int64_t c) const {
    return s(fields.mean, c) + s(fields.mean + 1, c);
  }
  /// The sum of squares; there is no NaN here, so squares that are none say that a value is infinite.
  SLUICE_HD double energy(const WindowState& s, std::int64_t c, double n) const {
    const double q = s(fields.squares, c), m = mean(s, c);
    return is_nan(q) ? double_of(0x7ff0000000000000ull) : q + n * (m * m);
  }
  SLUICE_HD double variance(const WindowState& s, std::int64_t c, double n) const {
    const double left = n - double(rules.ddof);
    return left > 0 ? s(fields.squares, c) / left : double_of(0x7ff8000000000000ull);
  }

  SLUICE_HD double of_values(WindowStatistic what, const WindowState& s, std::int64_t c, double n) const {
    switch (what) {
      case WindowStatistic::kMean:
        return mean(s, c);
      case WindowStatistic::kStd:
        return sqrt(variance(s, c, n));
      case WindowStatistic::kVar:
        return variance(s, c, n);
      case WindowStatistic::kRms:
        return sqrt(energy(s, c, n) / n);
      case WindowStatistic::kMin:
        return s(fields.range, c);
      case WindowStatistic::kMax:
        return s(fields.range + 1, c);
      case WindowStatistic::kRange:
        return s(fields.range + 1, c) - s(fields.range, c);
      case WindowStatistic::kArgmin:
        return s(fields.places, c) + place;
      case WindowStatistic::kArgmax:
        return s(fields.places + 1, c) + place;
      case WindowStatistic::kSkew:
        return skew(s, c, n);
      case WindowStatistic::kKurtosis:
        return kurtosis(s, c, n);
      default:
        return s(fields.slope + 2, c) / s(fields.slope + 1, c) * rules.samples_a_unit;
    }
  }
  /// Of powers scaled by the deviation first, so that they neither overflow nor vanish.
  SLUICE_HD double skew(const WindowState& s, std::int64_t c, double n) const {
    const double variance = s(fields.squares, c) / n, deviation = sqrt(variance);
    return s(fields.fourth, c) / n / variance / deviation;
  }
  SLUICE_HD double kurtosis(const WindowState& s, std::int64_t c, double n) const {
    const double variance = s(fields.squares, c) / n;
    return s(fields.fourth + 1, c) / n / variance / variance - 3;
  }
};

}  // namespace sluice::SLUICE_BACKEND
