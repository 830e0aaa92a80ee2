// Series, their windows' statistics by a backend in tiles of any length, and the same by two looks at each
// window in long double.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "session.h"

namespace sluice::test {

using S = WindowStatistic;

struct Series {
  std::int64_t samples = 0, channels = 0;
  std::vector<double> values;  // samples x channels
  DType type = DType::kFloat64;
  bool swapped = false;
  Layout layout = Layout::kObservations;
  std::int64_t padding = 0;
  double scale = 1, offset = 0;

  double& at(std::int64_t t, std::int64_t c) { return values[std::size_t(t * channels + c)]; }
  double at(std::int64_t t, std::int64_t c) const { return values[std::size_t(t * channels + c)]; }
  /// What the kernels see: scaled.
  double real(std::int64_t t, std::int64_t c) const {
    return scale == 1 && offset == 0 ? at(t, c) : at(t, c) * scale + offset;
  }
  std::int64_t ld() const { return (layout == Layout::kObservations ? channels : samples) + padding; }
  std::int64_t index(std::int64_t t, std::int64_t c) const {
    return layout == Layout::kObservations ? t * ld() + c : c * ld() + t;
  }
};

inline double noise(std::uint64_t i) {
  i += 0x9e3779b97f4a7c15u;
  i = (i ^ (i >> 30)) * 0xbf58476d1ce4e5b9u;
  i = (i ^ (i >> 27)) * 0x94d049bb133111ebu;
  return double((i ^ (i >> 31)) >> 11) * 0x1p-53;
}

/// Skewed noise of deviation about 1 around `offset`, a slow wave and steps, other in each channel.
inline Series series(std::int64_t samples, std::int64_t channels, double offset = 0, std::uint64_t seed = 1) {
  Series s;
  s.samples = samples, s.channels = channels;
  s.values.resize(std::size_t(samples * channels));
  for (std::int64_t t = 0; t < samples; ++t)
    for (std::int64_t c = 0; c < channels; ++c) {
      const double u = noise(std::uint64_t(t) * 1000003 + std::uint64_t(c) + seed * 77777);
      s.at(t, c) = offset - std::log(1 - u) - 1 + 0.3 * std::sin(0.01 * double(t) * double(c + 1));
    }
  return s;
}

template <class T>
void store(std::vector<char>& bytes, std::int64_t index, double value, bool swapped) {
  const T element = T(value);
  char raw[sizeof(T)];
  std::memcpy(raw, &element, sizeof(T));
  if (swapped) std::reverse(raw, raw + sizeof(T));
  std::memcpy(bytes.data() + index * std::int64_t(sizeof(T)), raw, sizeof(T));
}

/// The elements as a file holds them; float32 values are rounded in `s` too.
inline std::vector<char> encoded(Series& s) {
  const std::int64_t runs = s.layout == Layout::kObservations ? s.samples : s.channels;
  std::vector<char> bytes(
      std::size_t(std::max<std::int64_t>(1, runs * s.ld() * std::int64_t(size_of(s.type)))));
  for (std::int64_t t = 0; t < s.samples; ++t)
    for (std::int64_t c = 0; c < s.channels; ++c) {
      if (s.type == DType::kFloat32) {
        s.at(t, c) = float(s.at(t, c));
        store<float>(bytes, s.index(t, c), s.at(t, c), s.swapped);
      } else if (s.type == DType::kInt16) {
        s.at(t, c) = std::round(s.at(t, c));
        store<std::int16_t>(bytes, s.index(t, c), s.at(t, c), s.swapped);
      } else {
        store<double>(bytes, s.index(t, c), s.at(t, c), s.swapped);
      }
    }
  return bytes;
}

inline std::uint32_t needs_of(const std::vector<S>& statistics) {
  std::uint32_t needs = 0;
  for (const S s : statistics) needs |= sluice::needs_of(s);
  return needs;
}

inline std::vector<S> all_statistics() {
  std::vector<S> all;
  for (int i = 0; i <= int(S::kLineLength); ++i) all.push_back(S(i));
  return all;
}

inline constexpr WindowRules kPlainRules{0, 0, 1, 1};

/// Samples [first, end) of a series that lies encoded() at `source`.
inline WindowSamples samples_of(const Series& s, const char* source, std::int64_t first, std::int64_t end) {
  return {source + s.index(first, 0) * std::int64_t(size_of(s.type)),
          s.type,
          s.swapped,
          s.layout,
          s.channels,
          s.ld(),
          first,
          end - first,
          s.scale,
          s.offset};
}

/// 4000 samples of 6 or more channels: runs of NaN shorter and longer than cells and windows, single ones,
/// and infinities.
inline Series series_with_faults(std::int64_t channels) {
  Series s = series(4000, channels, 2);
  const double nan = std::nan(""), inf = INFINITY;
  for (std::int64_t t = 0; t < 4000; ++t) {
    if (t >= 1000 && t < 1700) s.at(t, 0) = nan;
    if (t % 7 == 0) s.at(t, 1) = nan;
    s.at(t, 2) = nan;
    if (t % 500 == 499) s.at(t, 3) = inf;
    if (t == 2500) s.at(t, 3) = -inf;
    s.at(t, 4) = 12.5;  // constant
    if (t == 0 || t == 3999) s.at(t, 5) = nan;
    if (channels > 6) s.at(t, 6) = t % 2 == 0 ? inf : t < 2000 ? -inf : 1;
  }
  return s;
}

/// Where a tile that begins at `from` may end, at or beyond `from + rows`.
inline std::int64_t tile_end(const WindowGrid& g, std::int64_t from, std::int64_t rows) {
  std::int64_t end = std::min(g.samples, from + std::max<std::int64_t>(1, rows));
  while (end < g.samples) {
    const std::int64_t cell = g.cell_of(end);
    if (end >= g.cell_end(cell) || (end - g.cell_start(cell)) % kWindowSegment == 0) break;
    ++end;
  }
  return end;
}

/// Statistics (statistic, window, channel) with tiles of about `rows` samples, as an engine would have them
/// made.
inline std::vector<double> windows_of(const Backend& table, Series s, WindowGrid g,
                                      const std::vector<S>& statistics, WindowRules rules, std::int64_t rows,
                                      int threads = 2, std::int64_t padded = 0) {
  Session session(table, threads);
  const std::vector<char> bytes = encoded(s);
  const Array<char> source(session, bytes);
  const std::uint32_t needs = needs_of(statistics);
  const std::int64_t state = WindowFields(needs).fields * s.channels, windows = g.windows();
  std::int64_t most = 1, most_rows = 1;
  for (std::int64_t t = 0; t < g.samples;) {
    const std::int64_t end = tile_end(g, t, rows);
    most = std::max(most, g.cell_of(end - 1) - g.cell_of(t) + 1), most_rows = std::max(most_rows, end - t);
    t = end;
  }
  const std::int64_t capacity = most + g.cells_a_window() + 2 * g.cells_a_step();
  const Array<double> ring(session, capacity * state), scratch(session, capacity * state);
  const Array<double> partials(session, (most_rows / kWindowSegment + 2 * most + 2) * state);
  const std::int64_t block = std::max<std::int64_t>(1, windows * s.channels);
  const Array<double> out(session, block * std::int64_t(statistics.size()));
  std::int64_t done = 0;
  for (std::int64_t t = 0; t < g.samples;) {
    const std::int64_t end = tile_end(g, t, rows);
    session.run(WindowReduceArgs{samples_of(s, source.data(), t, end), g, needs, ring.data(), capacity,
                                 partials.data()});
    t = end;
    std::int64_t ready = done;
    while (ready < windows && g.end(ready) <= end) ++ready;
    if (ready == done) continue;
    WindowMergeArgs merge{g,
                          padded > 0 ? padded : g.size,
                          needs,
                          s.channels,
                          ring.data(),
                          capacity,
                          scratch.data(),
                          done,
                          ready - done,
                          rules,
                          0,
                          {}};
    for (const S statistic : statistics) {
      merge.output[merge.outputs] = {statistic, DType::kFloat64,
                                     out.data() + merge.outputs * block + done * s.channels};
      ++merge.outputs;
    }
    session.run(merge);
    done = ready;
  }
  EXPECT_EQ(done, windows);
  return windows > 0 ? out.download() : std::vector<double>();
}

/// One statistic of one window by two looks, in long double, after its first number is subtracted.
inline double expected(const Series& s, const WindowGrid& g, S what, const WindowRules& rules,
                       std::int64_t window, std::int64_t c, std::int64_t padded = 0) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> x, times;
  for (std::int64_t t = g.start(window); t < g.end(window); ++t)
    if (!std::isnan(s.real(t, c))) x.push_back(s.real(t, c)), times.push_back(double(t - g.start(window)));
  const std::int64_t n = std::int64_t(x.size());
  const std::int64_t length =
      g.partial == Partial::kPad ? (padded > 0 ? padded : g.size) : g.end(window) - g.start(window);
  if (what == S::kCount) return double(n);
  if (rules.omit_nan ? n < rules.min_count : n < length) return nan;
  long double origin = 0, sum = 0, time = 0, energy = 0, m2 = 0, m3 = 0, m4 = 0, tt = 0, tx = 0, line = 0;
  std::int64_t crossings = 0;
  for (auto v = x.rbegin(); v != x.rend(); ++v)
    if (std::isfinite(*v)) origin = *v;
  for (std::int64_t i = 0; i < n; ++i) sum += x[std::size_t(i)] - origin, time += times[std::size_t(i)];
  const long double mean = n ? sum / n : 0, middle = n ? time / n : 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const long double d = x[std::size_t(i)] - origin - mean, t = times[std::size_t(i)] - middle;
    energy += static_cast<long double>(x[std::size_t(i)]) * x[std::size_t(i)];
    m2 += d * d, m3 += d * d * d, m4 += d * d * d * d, tt += t * t, tx += t * d;
    if (i > 0) line += std::fabs(x[std::size_t(i)] - x[std::size_t(i - 1)]);
    if (i > 0) crossings += (x[std::size_t(i)] >= 0) != (x[std::size_t(i - 1)] >= 0);
  }
  if (what == S::kSum) return double(n * origin + sum);
  if (what == S::kEnergy) return double(energy);
  if (what == S::kZeroCrossings) return double(crossings);
  if (what == S::kLineLength) return double(line);
  if (n == 0) return nan;
  const auto low = std::min_element(x.begin(), x.end()), high = std::max_element(x.begin(), x.end());
  const long double variance = n > rules.ddof ? m2 / (n - rules.ddof) : nan, plain = m2 / n;
  switch (what) {
    case S::kMean:
      return double(origin + mean);
    case S::kVar:
      return double(variance);
    case S::kStd:
      return double(std::sqrt(variance));
    case S::kMin:
      return *low;
    case S::kMax:
      return *high;
    case S::kRange:
      return *high - *low;
    case S::kArgmin:
      return times[std::size_t(low - x.begin())];
    case S::kArgmax:
      return times[std::size_t(high - x.begin())];
    case S::kRms:
      return double(std::sqrt(energy / n));
    case S::kSkew:
      return double(m3 / n / (plain * std::sqrt(plain)));
    case S::kKurtosis:
      return double(m4 / n / (plain * plain) - 3);
    default:
      return double(tx / tt * rules.samples_a_unit);
  }
}

/// All of `found` against expected(): values relative to the statistic's own scale, 1e-12; skew and kurtosis
/// 1e-12 absolute; counts and places exactly. `every`: look at every so many windows.
inline void expect_windows(const std::vector<double>& found, const Series& s, const WindowGrid& g,
                           const std::vector<S>& statistics, const WindowRules& rules, std::int64_t every = 1,
                           std::int64_t padded = 0) {
  const std::int64_t windows = g.windows();
  ASSERT_EQ(found.size(), std::size_t(windows * s.channels) * statistics.size());
  int wrong = 0;
  for (std::size_t i = 0; i < statistics.size(); ++i)
    for (std::int64_t k = 0; k < windows; k += every)
      for (std::int64_t c = 0; c < s.channels; ++c) {
        const double x =
            found[(i * std::size_t(windows) + std::size_t(k)) * std::size_t(s.channels) + std::size_t(c)];
        const double e = expected(s, g, statistics[i], rules, k, c, padded);
        if ((std::isnan(e) && std::isnan(x)) || x == e) continue;
        const bool shape = statistics[i] == S::kSkew || statistics[i] == S::kKurtosis;
        const double deviation = expected(s, g, S::kStd, {0, 1, 0, 1}, k, c, padded);
        double scale = std::fabs(e);
        // A mean near 0 has no digits of its own, nor has a slope: what counts is the window's spread.
        if (statistics[i] == S::kMean) scale += deviation;
        if (statistics[i] == S::kSum) scale += deviation * double(g.size);
        if (statistics[i] == S::kSlope) scale += deviation / double(g.size) * std::fabs(rules.samples_a_unit);
        if (std::fabs(x - e) <= 1e-12 * (shape ? 1 : scale)) continue;
        ADD_FAILURE() << "statistic " << int(statistics[i]) << " window " << k << " channel " << c << ": "
                      << x << " for " << e << " (" << x - e << ")";
        if (++wrong > 5) return;
      }
}

}  // namespace sluice::test
