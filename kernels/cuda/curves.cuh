// A curve's sums by a team of threads: rows that count are brought to memory of the team's own, summed about
// one of its fluxes and the first time, and put in order. The maths is that of kernels/cpu/curves_sums.h.
#pragma once
#include "kernels/cuda/team.cuh"
#include "kernels/curves.inl"

namespace sluice::cuda {

/// Rows of a curve; e holds 1 / e.
struct CurveRows {
  double *t, *f, *e, *order;
};

/// Brings the rows that count, in their order; returns how many. dropped: bad rows, rows that were cut.
template <class T>
__device__ std::int64_t bring_rows(const T& team, const CurveFeaturesArgs& a, std::int64_t first,
                                   std::int64_t n, const CurveRows& rows, double* square_error,
                                   std::int64_t* dropped) {
  std::int64_t count = 0;
  double bad = 0, cut = 0, squares = 0;
  for (std::int64_t base = 0; base < n; base += 32 * T::kWarpsEach) {
    const std::int64_t i = base + team.rank, row = first + i;
    const bool there = i < n;
    const double t = there ? a.t[row] : 0, f = there ? a.flux[row] : 0,
                 e = there && a.error ? a.error[row] : 0;
    const int why = there ? curve_row(a.cuts, t, f, e, a.error != nullptr) : 3;
    bad += why == 1, cut += why == 2;
    const double counts = why == 0 ? 1 : 0;
    const std::int64_t at = count + std::int64_t(team.before(counts));
    if (why == 0) {
      rows.t[at] = t, rows.f[at] = f, rows.e[at] = 1 / e;
      squares += e * e;
    }
    count += std::int64_t(team.sum(counts));
  }
  bad = team.sum(bad), cut = team.sum(cut);
  *square_error = team.sum(squares);
  if (team.rank == 0) dropped[0] = std::int64_t(bad), dropped[1] = std::int64_t(cut);
  team.sync();
  return count;
}

/// Ascending: a bitonic network whose merges begin mirrored, so that places past the end need no value.
template <class T>
__device__ void sort_values(const T& team, double* x, std::int64_t n) {
  const auto order = [&](std::int64_t a, std::int64_t b) {
    if (b >= n) return;
    const double u = x[a], v = x[b];
    if (v < u) x[a] = v, x[b] = u;
  };
  std::int64_t pairs = 1;
  while (2 * pairs < n) pairs *= 2;
  team.sync();
  for (std::int64_t p = 1; p < n; p *= 2) {
    team.each(0, pairs, [&](std::int64_t i) {
      const std::int64_t base = i / p * 2 * p, offset = i % p;
      order(base + offset, base + 2 * p - 1 - offset);
    });
    team.sync();
    for (std::int64_t k = p / 2; k >= 1; k /= 2) {
      team.each(0, pairs, [&](std::int64_t i) {
        const std::int64_t a = i / k * 2 * k + i % k;
        order(a, a + k);
      });
      team.sync();
    }
  }
}

template <class T>
__device__ void sum_cusum(const T& team, const CurveRows& r, CurveSums& s) {
  const auto run = team.run(s.n);
  const auto off = [&](std::int64_t i) { return (r.f[i] - s.origin) - s.mean; };
  double sum = 0;
  for (std::int64_t i = run.from; i < run.to; ++i) sum += off(i);
  sum = team.before(sum);
  double low = double_of(0x7ff0000000000000ull), high = -low;
  for (std::int64_t i = run.from; i < run.to; ++i) {
    sum += off(i);
    low = sum < low ? sum : low, high = sum > high ? sum : high;
  }
  s.cusum = team.most(high) - team.least(low);
}

template <class T>
__device__ void sum_neighbours(const T& team, const CurveRows& r, CurveSums& s) {
  const double infinite = double_of(0x7ff0000000000000ull);
  double steps = 0, slopes = 0, steepest = -1, interval = infinite;
  team.each(1, s.n, [&](std::int64_t i) {
    const double step = r.f[i] - r.f[i - 1], apart = r.t[i] - r.t[i - 1], slope = step / apart;
    const double square = slope * slope, size = fabs(slope);
    steps += step * step;
    if (is_finite(square)) slopes += square;
    if (is_finite(size) && size > steepest) steepest = size;
    if (apart < interval) interval = apart;
  });
  s.steps = team.sum(steps), s.slopes = team.sum(slopes), s.least_interval = team.least(interval);
  steepest = team.most(steepest);
  s.steepest = steepest < 0 ? curve_none() : steepest;
}

/// The flux of the first row of the least error: sums about an outlier would lose the digits of the others.
template <class T>
__device__ double flux_of_least_error(const T& team, const CurveRows& r, std::int64_t n) {
  double best = -1, place = 0;  // 1 / e, and its row
  team.each(0, n, [&](std::int64_t i) {
    if (r.e[i] > best) best = r.e[i], place = double(i);
  });
  const double own = best;
  best = team.most(best);
  return r.f[std::int64_t(team.least(own == best ? place : double(n)))];
}

template <class T>
__device__ void sum_weights(const T& team, const CurveRows& r, CurveSums& s) {
  const auto weight = [&](std::int64_t i) { return r.e[i] * r.e[i]; };
  const double all = team.sum_of(0, s.n, weight);
  const double mean =
      team.sum_of(0, s.n, [&](std::int64_t i) { return weight(i) * (r.f[i] - s.weighted_origin); }) / all;
  const auto z = [&](std::int64_t i) { return ((r.f[i] - s.weighted_origin) - mean) * r.e[i]; };
  s.weighted_mean = mean;
  s.chi2 = team.sum_of(0, s.n, [&](std::int64_t i) { return z(i) * z(i); });
  s.absolute = team.sum_of(0, s.n, [&](std::int64_t i) { return fabs(z(i)); });
}

struct Line {
  double slope, xx, rest;
};

template <class T, class W>
__device__ Line line_of(const T& team, const CurveRows& r, const CurveSums& s, double origin, double mean,
                        const W& w) {
  const double first = r.t[0], all = team.sum_of(0, s.n, w);
  const double middle = team.sum_of(0, s.n, [&](std::int64_t i) { return w(i) * (r.t[i] - first); }) / all;
  const auto x = [&](std::int64_t i) { return (r.t[i] - first) - middle; };
  const auto y = [&](std::int64_t i) { return (r.f[i] - origin) - mean; };
  const double xx = team.sum_of(0, s.n, [&](std::int64_t i) { return w(i) * x(i) * x(i); });
  const double slope = team.sum_of(0, s.n, [&](std::int64_t i) { return w(i) * x(i) * y(i); }) / xx;
  const double rest = team.sum_of(0, s.n, [&](std::int64_t i) {
    const double off = y(i) - slope * x(i);
    return w(i) * off * off;
  });
  return {slope, xx, rest};
}

template <class T>
__device__ void sum_normality(const T& team, const CurveRows& r, CurveSums& s) {
  const double scale = 0.70710678118654752 / sqrt(s.m2 / double(s.n - 1));
  s.normality = team.sum_of(0, s.n, [&](std::int64_t i) {
    const double z = ((r.order[i] - s.origin) - s.mean) * scale, u = fabs(z);
    const double far = log(erfcx(u)) - u * u, near = log(erfc(-u));
    const double lower = z >= 0 ? near : far, upper = z >= 0 ? far : near;
    return double(2 * i + 1) * lower + double(2 * (s.n - i) - 1) * upper;
  });
}

template <class T>
__device__ void sum_otsu(const T& team, const CurveRows& r, CurveSums& s) {
  const auto run = team.run(s.n);
  const double n = double(s.n);
  const auto off = [&](std::int64_t i) { return (r.order[i] - s.origin) - s.mean; };
  double start = 0, best = 0;
  for (std::int64_t i = run.from; i < run.to; ++i) start += off(i);
  start = team.before(start);
  // f(values of the lower part, their sum, how far apart the parts lie) of this thread's splits.
  const auto splits = [&](const auto& f) {
    double sum = start;
    for (std::int64_t i = run.from; i < run.to && i + 1 < s.n; ++i) {
      const double a = double(i + 1);
      sum += off(i);
      f(a, sum, sum * sum / (a * (n - a)));
    }
  };
  splits([&](double, double, double apart) { best = apart > best ? apart : best; });
  best = team.most(best);
  // Of splits that are alike but for rounding the first.
  double count = n;
  splits([&](double a, double, double apart) {
    if (a < count && apart * (1 + 1e-13) >= best) count = a;
  });
  count = team.least(count);
  // Each part about its own least value, as on the CPU. Of one row there is no second part.
  const std::int64_t split = std::int64_t(count);
  const double first = r.order[0], second = split < s.n ? r.order[split] : 0;
  const auto part = [&](std::int64_t i) { return r.order[i] - (i < split ? first : second); };
  const double lower = team.sum_of(0, split, part) / count,
               upper = team.sum_of(split, s.n, part) / (n - count);
  double low = 0, high = 0;
  team.each(0, s.n, [&](std::int64_t i) {
    const bool below = i < split;
    const double d = part(i) - (below ? lower : upper);
    (below ? low : high) += d * d;
  });
  s.otsu_lower_m2 = team.sum(low), s.otsu_upper_m2 = team.sum(high);
  s.otsu_difference = (second - first) + (upper - lower), s.otsu_count = count;
}

/// All sums that the columns need but those of errors about the median.
template <class T>
__device__ void sum_rows(const T& team, std::uint32_t needs, const CurveRows& r, CurveSums& s) {
  const double infinite = double_of(0x7ff0000000000000ull);
  double low = infinite, high = -infinite;
  team.each(0, s.n,
            [&](std::int64_t i) { low = r.f[i] < low ? r.f[i] : low, high = r.f[i] > high ? r.f[i] : high; });
  s.low = team.least(low), s.high = team.most(high);
  s.origin = curve_middle(r.f[0], r.f[s.n / 2], r.f[s.n - 1]), s.duration = r.t[s.n - 1] - r.t[0];
  s.mean = team.sum_of(0, s.n, [&](std::int64_t i) { return r.f[i] - s.origin; }) / double(s.n);
  if (needs & kNeedsMoments) {
    double m2 = 0, m3 = 0, m4 = 0;
    team.each(0, s.n, [&](std::int64_t i) {
      const double c = (r.f[i] - s.origin) - s.mean, square = c * c;
      m2 += square, m3 += square * c, m4 += square * square;
    });
    s.m2 = team.sum(m2), s.m3 = team.sum(m3), s.m4 = team.sum(m4);
  }
  if (needs & (kNeedsSnrMean | kNeedsWeights | kNeedsFit))
    s.weighted_origin = flux_of_least_error(team, r, s.n);
  if (needs & kNeedsSnrMean) {
    const auto weight = [&](std::int64_t i) { return r.f[i] * r.e[i] * (r.f[i] * r.e[i]); };
    const double all = team.sum_of(0, s.n, weight);
    s.snr_mean =
        team.sum_of(0, s.n, [&](std::int64_t i) { return weight(i) * (r.f[i] - s.weighted_origin); }) / all;
  }
  if (needs & kNeedsWeights) sum_weights(team, r, s);
  if (needs & kNeedsNeighbours) sum_neighbours(team, r, s);
  if (needs & kNeedsCusum) sum_cusum(team, r, s);
  if (needs & kNeedsFit) {
    const Line line = line_of(team, r, s, s.weighted_origin, s.weighted_mean,
                              [&](std::int64_t i) { return r.e[i] * r.e[i]; });
    s.fit_slope = line.slope, s.fit_xx = line.xx, s.fit_chi2 = line.rest;
  }
  if (needs & kNeedsTrend) {
    const Line line = line_of(team, r, s, s.origin, s.mean, [](std::int64_t) { return 1.0; });
    s.trend_slope = line.slope, s.trend_xx = line.xx, s.trend_m2 = line.rest;
  }
  if (needs & kNeedsOrder) {
    team.each(0, s.n, [&](std::int64_t i) { r.order[i] = r.f[i] + 0.0; });
    sort_values(team, r.order, s.n);
  }
  if (needs & kNeedsNormality) sum_normality(team, r, s);
  if (needs & kNeedsOtsu) sum_otsu(team, r, s);
}

}  // namespace sluice::cuda
