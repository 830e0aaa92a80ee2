// Sums over the rows of a group of curves, one idea a loop: each is taken row by row in a lane, about a
// flux of the curve and its first time, so that it depends on its curve alone.
#pragma once
#include "kernels/cpu/curves_normal.h"
#include "kernels/cpu/curves_rows.h"

namespace sluice::SLUICE_BACKEND::SLUICE_CURVES {

/// CurveSums of all lanes.
struct Sums {
  Vec low, high, mean, m2, m3, m4, snr_mean, weighted_mean, chi2, absolute, square_error;
  Vec least_interval, steps, slopes, steepest, cusum, fit_slope, fit_xx, fit_chi2;
  Vec trend_slope, trend_xx, trend_m2, normality, otsu_difference, otsu_lower_m2, otsu_upper_m2, otsu_count;
  Vec roms;
};

SLUICE_LANE_CALL Vec row(const double* x, std::int64_t k) {
  return load(x + k * kLanes);
}

/// The flux of the first row of the least error. An outlier with a large error would cost sums about it the
/// digits of all others.
SLUICE_LANE_CALL Vec flux_of_least_error(const Group& g) {
  Vec best = all(std::numeric_limits<double>::infinity()), flux = g.origin;
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    const Vec e = row(g.e, k);
    const Bits better = both(mask, Bits(e < best));
    best = choose(better, e, best), flux = choose(better, row(g.f, k), flux);
  });
  return flux;
}

/// What can be summed at first sight; e becomes 1 / e. Each sum is a chain of its own, so they go together.
template <bool kErrors>
SLUICE_LANE_CALL void sum_first(const Group& g, Sums& s) {
  Vec sum{}, low = all(std::numeric_limits<double>::infinity()), high = -low;
  Vec squares{}, weight{}, weighted{};
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    const Vec f = row(g.f, k), d = f - g.origin;
    sum += keep(mask, d);
    low = choose(mask, least(f, low), low), high = choose(mask, most(f, high), high);
    if constexpr (kErrors) {
      const Vec e = keep(mask, row(g.e, k)), inverse = 1.0 / e, ratio = keep(mask, f * inverse);
      const Vec square = ratio * ratio, from = f - g.weighted_origin;
      store(g.e + k * kLanes, keep(mask, inverse));
      squares = fma(e, e, squares), weight += square, weighted += keep(mask, square * from);
    }
  });
  s.mean = sum / g.rows, s.low = low, s.high = high;
  s.square_error = squares, s.snr_mean = weighted / weight;
}

SLUICE_LANE_CALL void sum_moments(const Group& g, Sums& s) {
  Vec m2{}, m3{}, m4{};
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    const Vec c = keep(mask, (row(g.f, k) - g.origin) - s.mean), square = c * c;
    m2 += square, m3 = fma(square, c, m3), m4 = fma(square, square, m4);
  });
  s.m2 = m2, s.m3 = m3, s.m4 = m4;
}

SLUICE_LANE_CALL void sum_weights(const Group& g, Sums& s) {
  Vec weight{}, sum{}, chi2{}, absolute{};
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    const Vec e = row(g.e, k), w = keep(mask, e * e);
    weight += w, sum += keep(mask, w * (row(g.f, k) - g.weighted_origin));
  });
  const Vec mean = sum / weight;
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    const Vec z = keep(mask, ((row(g.f, k) - g.weighted_origin) - mean) * row(g.e, k));
    chi2 = fma(z, z, chi2), absolute += magnitude(z);
  });
  s.weighted_mean = mean, s.chi2 = chi2, s.absolute = absolute;
}

SLUICE_LANE_CALL void sum_neighbours(const Group& g, Sums& s) {
  const Vec none = all(-1);
  Vec steps{}, slopes{}, steepest = none, interval = all(std::numeric_limits<double>::infinity());
  each_row(g, 1, [&](std::int64_t k, auto mask) {
    const Vec step = keep(mask, row(g.f, k) - row(g.f, k - 1)), apart = row(g.t, k) - row(g.t, k - 1);
    const Vec slope = step / apart, square = slope * slope;
    steps = fma(step, step, steps);
    slopes += keep(both(mask, finite(square)), square);
    steepest = choose(both(mask, finite(slope)), most(magnitude(slope), steepest), steepest);
    interval = choose(mask, least(apart, interval), interval);
  });
  s.steps = steps, s.slopes = slopes, s.least_interval = interval;
  s.steepest = choose(Bits(steepest < all(0)), all(std::numeric_limits<double>::quiet_NaN()), steepest);
}

SLUICE_LANE_CALL void sum_cusum(const Group& g, Sums& s) {
  Vec sum{}, low = all(std::numeric_limits<double>::infinity()), high = -low;
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    sum += keep(mask, (row(g.f, k) - g.origin) - s.mean);
    low = choose(mask, least(sum, low), low), high = choose(mask, most(sum, high), high);
  });
  s.cusum = high - low;
}

struct Line {
  Vec slope, xx, rest;
};

/// Least squares about the means of time and flux, origin + mean, of weights w(k).
template <class Weight>
SLUICE_LANE_CALL Line line_of(const Group& g, Vec origin, Vec mean, const Weight& w) {
  const Vec first = row(g.t, 0);
  Vec weight{}, sum{}, xx{}, xy{}, rest{};
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    const Vec here = keep(mask, w(k));
    weight += here, sum += keep(mask, here * (row(g.t, k) - first));
  });
  const Vec middle = sum / weight;
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    const Vec x = keep(mask, (row(g.t, k) - first) - middle), wx = keep(mask, w(k) * x);
    xx = fma(wx, x, xx), xy += keep(mask, wx * ((row(g.f, k) - origin) - mean));
  });
  const Vec slope = xy / xx;
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    const Vec x = (row(g.t, k) - first) - middle, y = (row(g.f, k) - origin) - mean;
    const Vec off = y - slope * x;
    rest += keep(mask, w(k) * (off * off));
  });
  return {slope, xx, rest};
}

SLUICE_LANE_CALL void sum_normality(const Group& g, Sums& s) {
  const Vec scale = 0.70710678118654752 / root(s.m2 / (g.rows - 1.0));
  Vec sum{};
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    const Tails z = tails(((row(g.order, k) - g.origin) - s.mean) * scale);
    const Vec before = all(double(2 * k + 1)), behind = 2.0 * (g.rows - all(double(k))) - 1.0;
    sum += keep(mask, fma(before, z.lower, behind * z.upper));
  });
  s.normality = sum;
}

/// x of row k[j] in each lane j; 0 where there is no such row.
SLUICE_LANE_CALL Vec row_of_each(const Group& g, const double* x, Vec k) {
  Vec found{};
  for (int lane = 0; lane < kLanes; ++lane) {
    const std::int64_t place = std::int64_t(k[lane]);
    if (place < g.n[lane]) found[lane] = x[place * kLanes + lane];
  }
  return found;
}

/// The split of the values in order whose parts lie farthest apart: C^2 / (a (n - a)) of a values whose sum
/// less the mean is C. Of splits that are alike but for rounding the first is taken.
SLUICE_LANE_CALL void sum_otsu(const Group& g, Sums& s) {
  Vec sum{}, best = all(-1), count = all(1), low{}, high{};
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    const Vec a = all(double(k + 1)), rest = g.rows - a;
    sum += keep(mask, (row(g.order, k) - g.origin) - s.mean);
    const Vec apart = sum * sum / (a * rest);
    const Bits better = both(mask, Bits(apart > best * (1 + 1e-13)) & Bits(rest > all(0)));
    best = choose(better, apart, best), count = choose(better, a, count);
  });
  // Each part about its own least value: a part of equal values deviates by 0, one beside an outlier keeps
  // its digits.
  const Vec first = row(g.order, 0), second = row_of_each(g, g.order, count);
  Vec low_sum{}, high_sum{};
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    const Bits below = all(double(k)) < count;
    const Vec c = keep(mask, row(g.order, k) - choose(below, first, second));
    low_sum += keep(below, c), high_sum += keep(~below, c);
  });
  const Vec lower = low_sum / count, upper = high_sum / (g.rows - count);
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    const Bits below = all(double(k)) < count;
    const Vec c = row(g.order, k) - choose(below, first, second);
    const Vec d = keep(mask, c - choose(below, lower, upper)), square = d * d;
    low += keep(below, square), high += keep(~below, square);
  });
  s.otsu_difference = (second - first) + (upper - lower);
  s.otsu_count = count, s.otsu_lower_m2 = low, s.otsu_upper_m2 = high;
}

SLUICE_LANE_CALL void sum_roms(const Group& g, Vec median, Sums& s) {
  Vec sum{};
  each_row(g, 0, [&](std::int64_t k, auto mask) {
    const Vec off = magnitude(row(g.f, k) - median) * row(g.e, k);
    sum += keep(both(mask, finite(off)), off);
  });
  s.roms = sum;
}

}  // namespace sluice::SLUICE_BACKEND::SLUICE_CURVES
