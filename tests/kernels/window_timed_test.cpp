// window_reduce and window_merge where times say which samples lie in which cell: on every backend against
// each window's own samples in long double, at any cut into calls; equal times as the grid's own segments.
#include "window_support.h"

namespace sluice::test {
namespace {

class WindowTimed : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(WindowTimed);

/// A series and its times, in units of the grid.
struct Timed {
  Series s;
  std::vector<double> times;
  WindowGrid g;

  std::int64_t sample_at(std::int64_t unit) const {
    return std::lower_bound(times.begin(), times.end(), double(unit)) - times.begin();
  }
  /// All segments, cut at multiples of kWindowSegment samples.
  std::vector<WindowSegment> segments() const {
    std::vector<WindowSegment> all;
    for (std::int64_t cell = 0; g.cell_start(cell) < g.samples; ++cell) {
      const std::int64_t end = sample_at(g.cell_end(cell));
      std::int64_t place = 0, at = sample_at(g.cell_start(cell));
      do {
        const std::int64_t next = std::min(end, (at / kWindowSegment + 1) * kWindowSegment);
        all.push_back({cell, place++, at, next});
        at = next;
      } while (at < end);
    }
    return all;
  }
};

/// Samples at irregular times, none for a while, several at once, and some NaN.
Timed irregular(std::int64_t samples, std::int64_t size, std::int64_t step) {
  Timed t{series(samples, 5, 300), {}, {0, size, step, Partial::kDrop}};
  double time = 0;
  for (std::int64_t i = 0; i < samples; ++i) {
    const double u = noise(std::uint64_t(i) + 5);
    time += i % 700 == 699 ? 40 : i % 9 == 8 ? 0 : u / 8;
    t.times.push_back(time);
    if (i % 211 == 0) t.s.at(i, i % 5) = std::numeric_limits<double>::quiet_NaN();
  }
  t.g.samples = std::int64_t(time) + 1;
  return t;
}

/// Statistics (statistic, window, channel), with so many segments a call.
std::vector<double> timed_windows(const Backend& table, Timed t, const std::vector<S>& statistics,
                                  const WindowRules& rules, std::size_t a_call) {
  Session session(table, 3);
  const std::vector<char> bytes = encoded(t.s);
  const Array<char> source(session, bytes);
  const std::vector<WindowSegment> segments = t.segments();
  std::vector<double> from_starts(t.times.size());
  for (const WindowSegment& segment : segments)
    for (std::int64_t i = segment.begin; i < segment.end; ++i)
      from_starts[std::size_t(i)] = t.times[std::size_t(i)] - double(t.g.cell_start(segment.cell));
  const Array<double> times(session, from_starts);
  const std::uint32_t needs = needs_of(statistics);
  const WindowGrid& g = t.g;
  const std::int64_t state = WindowFields(needs).fields * t.s.channels, windows = g.windows();
  const std::int64_t capacity = segments.back().cell + 1, block = windows * t.s.channels;
  const Array<double> ring(session, capacity * state), scratch(session, capacity * state);
  const Array<double> partials(session, std::int64_t(a_call) * state);
  const Array<double> out(session, block * std::int64_t(statistics.size()));
  for (std::size_t first = 0; first < segments.size(); first += a_call) {
    const std::size_t n = std::min(a_call, segments.size() - first);
    const Array<WindowSegment> some(
        session, {segments.begin() + std::ptrdiff_t(first), segments.begin() + std::ptrdiff_t(first + n)});
    // A tile begins at a multiple of kWindowSegment.
    const std::int64_t begin = segments[first].begin / kWindowSegment * kWindowSegment;
    WindowReduceArgs reduce{};
    reduce.samples = samples_of(t.s, source.data(), begin, t.s.samples);
    if (reduce.samples.rows == 0) reduce.samples.rows = 1, --reduce.samples.first;
    reduce.grid = g, reduce.needs = needs, reduce.states = ring.data(), reduce.capacity = capacity;
    reduce.partials = partials.data(), reduce.segments = some.data(), reduce.segment_count = std::int64_t(n);
    reduce.times = times.data() + reduce.samples.first;
    session.run(reduce);
    session.finish();  // `some` ends with the turn
  }
  std::vector<std::int64_t> bounds;
  for (std::int64_t k = 0; k < windows; ++k) {
    bounds.push_back(t.sample_at(g.start(k)));
    bounds.push_back(t.sample_at(g.end(k)));
  }
  const Array<std::int64_t> where(session, bounds);
  WindowMergeArgs merge{g,       g.size, needs, t.s.channels, ring.data(), capacity, scratch.data(), 0,
                        windows, rules,  0,     {},           where.data()};
  for (const S statistic : statistics) {
    merge.output[merge.outputs] = {statistic, DType::kFloat64, out.data() + merge.outputs * block};
    ++merge.outputs;
  }
  session.run(merge);
  return out.download();
}

TEST_P(WindowTimed, AgainstEachWindowsOwnSamples) {
  const std::vector<S> some{S::kCount,  S::kMean, S::kVar,   S::kMin,           S::kMax,        S::kArgmin,
                            S::kArgmax, S::kSkew, S::kSlope, S::kZeroCrossings, S::kLineLength, S::kSum};
  for (const auto& [size, step] :
       {std::pair<std::int64_t, std::int64_t>{20, 20}, {60, 20}, {50, 20}, {5, 90}, {700, 3}, {1, 1}})
    for (const bool omit : {false, true}) {
      SCOPED_TRACE(testing::Message() << size << ' ' << step << ' ' << omit);
      const Timed t = irregular(9000, size, step);
      const WindowRules rules{0, omit ? 1 : 0, 2, 0.5};
      const std::vector<double> found = timed_windows(table(), t, some, rules, 1 << 20);
      for (const std::size_t a_call : {1, 37})
        if (t.segments().size() / a_call < 500) {
          const std::vector<double> cut = timed_windows(table(), t, some, rules, a_call);
          ASSERT_TRUE(std::memcmp(found.data(), cut.data(), found.size() * 8) == 0) << a_call;
        }
      const std::int64_t windows = t.g.windows();
      for (std::int64_t k = 0; k < windows; k += std::max<std::int64_t>(1, windows / 60))
        for (std::int64_t c = 0; c < 5; ++c) {
          // The window's samples as a series of their own, whose grid has one window.
          const std::int64_t begin = t.sample_at(t.g.start(k)), end = t.sample_at(t.g.end(k));
          Series own;
          own.samples = end - begin, own.channels = 1;
          for (std::int64_t i = begin; i < end; ++i) own.values.push_back(t.s.at(i, c));
          const WindowGrid one{end - begin, std::max<std::int64_t>(1, end - begin), 1, Partial::kKeep};
          for (std::size_t i = 0; i < some.size(); ++i) {
            const double x = found[(i * std::size_t(windows) + std::size_t(k)) * 5 + std::size_t(c)];
            double e = expected(own, one, some[i], rules, 0, 0);
            if (begin == end && some[i] != S::kCount) e = std::numeric_limits<double>::quiet_NaN();
            const double deviation = begin < end ? expected(own, one, S::kStd, {0, 1, 0, 1}, 0, 0) : 0;
            double bound = 1e-12 * (std::fabs(e) + deviation * double(end - begin) + 1e-3);
            if (some[i] == S::kSlope && !std::isnan(e)) {
              long double n = 0, time = 0, sum = 0, tt = 0, tx = 0;
              for (std::int64_t j = begin; j < end; ++j)
                if (!std::isnan(t.s.at(j, c)))
                  n += 1, time += t.times[std::size_t(j)], sum += t.s.at(j, c) - 300;
              for (std::int64_t j = begin; j < end; ++j)
                if (!std::isnan(t.s.at(j, c))) {
                  const long double u = t.times[std::size_t(j)] - time / n;
                  tt += u * u, tx += u * (t.s.at(j, c) - 300 - sum / n);
                }
              if (tt < 1e-6) continue;  // at one time there is no slope
              e = double(tx / tt) * 0.5;
              bound = 1e-10 * (std::fabs(e) + deviation / double(std::sqrt(tt / n)));
            }
            if (some[i] == S::kSkew && deviation < 1e-6) continue;
            if (std::isnan(e)) {
              EXPECT_TRUE(std::isnan(x)) << "statistic " << int(some[i]) << " window " << k << ": " << x;
            } else {
              EXPECT_NEAR(x, e, bound) << "statistic " << int(some[i]) << " window " << k << " channel " << c;
            }
          }
        }
    }
}

TEST_P(WindowTimed, EqualTimesAreTheGridsOwnSegments) {
  const std::vector<S> all = all_statistics();
  for (const std::int64_t step : {60, 61, 3, 500}) {
    SCOPED_TRACE(step);
    Timed t{series(4000, 3, 50), {}, {4000, 360, step, Partial::kDrop}};
    for (std::int64_t i = 0; i < 4000; ++i) t.times.push_back(double(i));
    const std::vector<double> timed = timed_windows(table(), t, all, kPlainRules, 1 << 20);
    expect_windows(timed, t.s, t.g, all, kPlainRules, 7);
    const std::vector<double> plain = windows_of(table(), t.s, t.g, all, kPlainRules, 1 << 20);
    const std::size_t block = plain.size() / all.size();
    for (std::size_t i = 0; i < all.size(); ++i)
      if (all[i] != S::kSlope) {
        EXPECT_TRUE(std::memcmp(timed.data() + i * block, plain.data() + i * block, block * 8) == 0)
            << int(all[i]);
      }
  }
}

TEST_P(WindowTimed, WhatIsRefused) {
  Session session(table());
  const Array<double> d(session, 4000);
  const Array<WindowSegment> segments(session, 4);
  WindowReduceArgs reduce{};
  reduce.samples = {d.data(), DType::kFloat64, 0, Layout::kObservations, 1, 1, 0, 1000, 1, 0};
  reduce.grid = {1000, 100, 30, Partial::kDrop}, reduce.needs = kNeedMean | kNeedSlope;
  reduce.states = d.data(), reduce.capacity = 100, reduce.partials = d.data();
  reduce.segments = segments.data(), reduce.segment_count = 4;
  Status status{};
  EXPECT_NE(table().window_reduce(session.queue(), &reduce, &status), kOk);
  EXPECT_NE(std::string(status.text).find("times"), std::string::npos) << status.text;
  reduce.times = d.data(), reduce.segment_count = -1;
  EXPECT_NE(table().window_reduce(session.queue(), &reduce, &status), kOk);
  EXPECT_NE(std::string(status.text).find("segment_count"), std::string::npos) << status.text;
}

}  // namespace
}  // namespace sluice::test
