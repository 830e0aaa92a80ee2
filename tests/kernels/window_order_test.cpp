// window_order: places in the order of a window's values and sums about its own mean, on every backend
// against a look at each window by itself.
#include "../sanitized.h"
#include "window_support.h"

namespace sluice::test {
namespace {

using O = WindowOrderStatistic;

class WindowOrder : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(WindowOrder);

struct Asked {
  O what;
  double parameter;
};
const std::vector<Asked> kAll{{O::kMedian, 0},     {O::kQuantile, 0},      {O::kQuantile, 0.05},
                              {O::kQuantile, 0.5}, {O::kQuantile, 1},      {O::kQuantile, 0.975},
                              {O::kMad, 0},        {O::kMeanCrossings, 0}, {O::kAcf, 0},
                              {O::kAcf, 1},        {O::kAcf, 17}};

struct Case {
  std::int64_t samples, size, step;
};
// Overlaps of one sample and of all but one, gaps, single samples, one window, more samples than are sorted
// at a time.
const Case kCases[] = {{3000, 360, 60},    {3000, 360, 61},    {2000, 360, 1},       {3000, 100, 7},
                       {3000, 50, 50},     {3000, 50, 49},     {3000, 50, 120},      {500, 1, 1},
                       {500, 1, 3},        {600, 2, 1},        {2000, 2000, 10},     {2001, 2000, 1},
                       {40000, 9000, 700}, {90000, 3600, 600}, {80000, 40000, 9000}, {70000, 64, 64},
                       {3000, 65, 64}};

/// Values (statistic, window, channel), in calls of `most` windows.
std::vector<double> orders_of(const Backend& table, Series s, const WindowGrid& g,
                              const std::vector<Asked>& asked, const WindowRules& rules,
                              std::int64_t most = 1 << 20, int threads = 2, std::int64_t padded = 0) {
  Session session(table, threads);
  const std::vector<char> bytes = encoded(s);
  const Array<char> source(session, bytes);
  const std::int64_t windows = g.windows(), block = std::max<std::int64_t>(1, windows * s.channels);
  const Array<double> out(session, block * std::int64_t(asked.size()));
  most = std::min(most, std::max<std::int64_t>(1, windows));
  const std::int64_t scratch_bytes = window_order_scratch(g, most, s.channels, threads);
  const Array<char> scratch(session, scratch_bytes);
  for (std::int64_t first = 0; first < windows; first += most) {
    const std::int64_t count = std::min(most, windows - first), begin = g.start(first);
    WindowOrderArgs a{};
    a.samples = samples_of(s, source.data(), begin, g.end(first + count - 1));
    a.grid = g, a.padded_size = padded > 0 ? padded : g.size, a.first = first, a.windows = count;
    a.rules = rules, a.scratch = scratch.data(), a.scratch_bytes = scratch_bytes;
    for (const Asked& one : asked) {
      a.output[a.outputs] = {one.what, one.parameter, DType::kFloat64,
                             out.data() + a.outputs * block + first * s.channels};
      ++a.outputs;
    }
    session.run(a);
  }
  return windows > 0 ? out.download() : std::vector<double>();
}

double middle(std::vector<double> x) {
  std::sort(x.begin(), x.end());
  return x.size() % 2 == 1 ? x[x.size() / 2] : (x[x.size() / 2 - 1] + x[x.size() / 2]) / 2;
}

double by_itself(const Series& s, const WindowGrid& g, const Asked& asked, const WindowRules& rules,
                 std::int64_t window, std::int64_t c, std::int64_t padded) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  std::vector<double> all, x;
  for (std::int64_t t = g.start(window); t < g.end(window); ++t) all.push_back(s.real(t, c));
  for (const double v : all)
    if (!std::isnan(v)) x.push_back(v);
  const std::int64_t n = std::int64_t(x.size());
  const std::int64_t length =
      g.partial == Partial::kPad ? (padded > 0 ? padded : g.size) : std::int64_t(all.size());
  if (n == 0 || (rules.omit_nan ? n < rules.min_count : n < length)) return nan;
  if (asked.what == O::kMedian) return middle(x);
  if (asked.what == O::kQuantile) {
    std::sort(x.begin(), x.end());
    const double at = asked.parameter * double(n - 1);  // where numpy says it is
    const std::size_t low = std::size_t(at), high = std::min(low + 1, x.size() - 1);
    const long double t = at - double(low);
    if (t >= 0.5 && x[low] != x[high] && !std::isfinite(x[high] - x[low])) return nan;  // as numpy
    return t == 0 || x[low] == x[high] ? x[low] : double(x[low] * (1 - t) + x[high] * t);
  }
  if (asked.what == O::kMad) {
    const double median = middle(x);
    for (double& v : x) v = std::fabs(v - median);
    for (const double v : x)
      if (std::isnan(v)) return nan;
    return middle(x);
  }
  long double sum = 0, energy = 0, product = 0;
  for (const double v : x) {
    if (!std::isfinite(v)) return nan;
    sum += static_cast<long double>(v) - x[0];
  }
  const long double mean = x[0] + sum / n;
  if (asked.what == O::kMeanCrossings) {
    double crossings = 0;
    for (std::size_t i = 1; i < x.size(); ++i)
      crossings += (x[i] >= double(mean)) != (x[i - 1] >= double(mean));
    return crossings;
  }
  const std::size_t lag = std::size_t(asked.parameter);
  if (lag >= all.size()) return nan;
  for (const double v : x) energy += (v - mean) * (v - mean);
  for (std::size_t i = 0; i + lag < all.size(); ++i)
    if (!std::isnan(all[i]) && !std::isnan(all[i + lag])) product += (all[i] - mean) * (all[i + lag] - mean);
  return double(product / energy);
}

/// Places exactly but for the last digit between two values; acf 1e-12.
void expect_orders(const std::vector<double>& found, const Series& s, const WindowGrid& g,
                   const std::vector<Asked>& asked, const WindowRules& rules, std::int64_t every = 1,
                   std::int64_t padded = 0) {
  const std::int64_t windows = g.windows();
  ASSERT_EQ(found.size(), std::size_t(windows * s.channels) * asked.size());
  int wrong = 0;
  for (std::size_t i = 0; i < asked.size(); ++i)
    for (std::int64_t k = 0; k < windows; k += every)
      for (std::int64_t c = 0; c < s.channels; ++c) {
        const double x =
            found[(i * std::size_t(windows) + std::size_t(k)) * std::size_t(s.channels) + std::size_t(c)];
        const double e = by_itself(s, g, asked[i], rules, k, c, padded);
        if ((std::isnan(e) && std::isnan(x)) || x == e) continue;
        const double scale = asked[i].what == O::kAcf        ? 1e-12
                             : asked[i].what == O::kQuantile ? 1e-15 * std::fabs(e) + 1e-18
                                                             : 0;
        if (std::fabs(x - e) <= scale) continue;
        ADD_FAILURE() << "statistic " << int(asked[i].what) << ' ' << asked[i].parameter << " window " << k
                      << " channel " << c << ": " << x << " for " << e << " (" << x - e << ")";
        if (++wrong > 5) return;
      }
}

std::int64_t some(const WindowGrid& g) {
  return std::max<std::int64_t>(1, g.windows() / 20);
}

TEST_P(WindowOrder, EveryStatisticAtEveryStep) {
  for (const Case& k : kCases) {
    SCOPED_TRACE(testing::Message() << k.samples << ' ' << k.size << ' ' << k.step);
    if ((kSanitized || is("serial")) && k.samples > 40000) continue;  // sorts each window by itself
    const Series s = series(k.samples, 3);
    const WindowGrid g{k.samples, k.size, k.step, Partial::kDrop};
    expect_orders(orders_of(table(), s, g, kAll, kPlainRules), s, g, kAll, kPlainRules, some(g));
  }
}

TEST_P(WindowOrder, NoWindowWhereTheSeriesIsShorter) {
  for (const std::int64_t n : {99, 100, 101}) {
    const Series s = series(n, 2);
    const WindowGrid g{n, 100, 1, Partial::kDrop};
    EXPECT_EQ(g.windows(), n - 99);
    expect_orders(orders_of(table(), s, g, kAll, kPlainRules), s, g, kAll, kPlainRules);
  }
}

TEST_P(WindowOrder, NumbersOfChannelsLayoutsAndTypes) {
  for (const std::int64_t channels : {1, 2, 7, 8, 9, 33}) {
    const Series s = series(700, channels);
    const WindowGrid g{700, 160, 20, Partial::kDrop};
    expect_orders(orders_of(table(), s, g, kAll, kPlainRules), s, g, kAll, kPlainRules, 5);
  }
  for (const DType type : {DType::kFloat64, DType::kFloat32, DType::kInt16})
    for (const Layout layout : {Layout::kObservations, Layout::kVariables})
      for (const bool swapped : {false, true})
        for (const double scale : {1.0, 0.25}) {
          SCOPED_TRACE(testing::Message()
                       << name_of(type) << ' ' << int(layout) << ' ' << swapped << ' ' << scale);
          Series s = series(900, 5, 3);
          if (type == DType::kInt16)
            for (double& x : s.values) x *= 10;  // many ties
          s.type = type, s.layout = layout, s.swapped = swapped, s.padding = 2;
          s.scale = scale, s.offset = scale == 1 ? 0 : -7;
          encoded(s);  // rounds the values
          const WindowGrid g{900, 250, 35, Partial::kDrop};
          expect_orders(orders_of(table(), s, g, kAll, kPlainRules), s, g, kAll, kPlainRules, 3);
        }
}

/// Values that are hard to sort by digits: far outliers, one neighbourhood, ties, denormals, both zeros.
Series hard(std::int64_t samples) {
  Series s = series(samples, 7);
  for (std::int64_t t = 0; t < samples; ++t) {
    const double u = noise(std::uint64_t(t) + 99);
    if (t % 97 == 0) s.at(t, 0) = u < 0.5 ? 1e300 * u : -1e290;
    s.at(t, 1) = 1e9 + u * 1e-6;
    s.at(t, 2) = std::floor(4 * u);
    s.at(t, 3) = (u - 0.5) * 1e-310;
    s.at(t, 4) = t % 3 == 0 ? 0.0 : t % 3 == 1 ? -0.0 : u - 0.5;
    s.at(t, 5) = t % 2 == 0 ? 5 + u * 1e-12 : t % 51 == 1 ? 1e12 : -u;
    s.at(t, 6) = double(t);
  }
  return s;
}

TEST_P(WindowOrder, ValuesThatAreHardToSort) {
  const std::vector<Asked> places(kAll.begin(), kAll.begin() + 7);
  const Series s = hard(6000);
  for (const std::int64_t step : {100, 3, 1500}) {
    const WindowGrid g{6000, 1001, step, Partial::kDrop};
    expect_orders(orders_of(table(), s, g, places, kPlainRules), s, g, places, kPlainRules, some(g));
  }
}

/// Windows that are not sorted: overlapping, with gaps; the same bytes in any calls.
TEST_P(WindowOrder, LongWindows) {
  if (is("serial")) return;  // as for short ones, and slowly
  const std::vector<Asked> places{{O::kMedian, 0}, {O::kQuantile, 0.975}, {O::kMad, 0}};
  for (const std::int64_t step : {30011, 90000}) {
    if (kSanitized && step > 66000) continue;
    SCOPED_TRACE(step);
    const std::int64_t samples = 66000 + 2 * step;
    Series s = hard(samples);
    for (std::int64_t t = 66000; t < samples; t += 5)
      s.at(t, 6) = t % 2 == 0 ? std::nan("") : t % 3 * INFINITY;
    const WindowGrid g{samples, 66000, step, Partial::kDrop};
    ASSERT_TRUE(window_order_is_long(g));
    const auto whole = orders_of(table(), s, g, places, {0, 1, 1, 1});
    expect_orders(whole, s, g, places, {0, 1, 1, 1}, 2);
    const auto pieces = orders_of(table(), s, g, places, {0, 1, 1, 1}, 1, 1);
    EXPECT_EQ(std::memcmp(pieces.data(), whole.data(), whole.size() * 8), 0);
  }
}

TEST_P(WindowOrder, NaNAndInfinityPropagateOrAreOmitted) {
  const Series s = series_with_faults(7);
  for (const std::int64_t step : {50, 30, 1, 601})
    for (const WindowRules& rules :
         {kPlainRules, WindowRules{0, 1, 1, 1}, WindowRules{0, 1, 100, 1}, WindowRules{0, 1, 0, 1}}) {
      SCOPED_TRACE(testing::Message() << step << ' ' << rules.omit_nan << ' ' << rules.min_count);
      const WindowGrid g{4000, 300, step, Partial::kDrop};
      expect_orders(orders_of(table(), s, g, kAll, rules), s, g, kAll, rules, some(g));
    }
}

TEST_P(WindowOrder, ConstantWindows) {
  const Series s = series_with_faults(7);
  const WindowGrid g{4000, 300, 77, Partial::kDrop};
  const auto found = orders_of(
      table(), s, g, {{O::kMedian, 0}, {O::kMad, 0}, {O::kMeanCrossings, 0}, {O::kAcf, 1}}, kPlainRules);
  const auto at = [&](std::int64_t i, std::int64_t k) {
    return found[std::size_t((i * g.windows() + k) * 7 + 4)];
  };
  for (std::int64_t k = 0; k < g.windows(); ++k) {
    EXPECT_EQ(at(0, k), 12.5);
    EXPECT_EQ(at(1, k), 0);
    EXPECT_EQ(at(2, k), 0);
    EXPECT_TRUE(std::isnan(at(3, k)));
  }
}

TEST_P(WindowOrder, PartialWindowsAreKeptOrPadded) {
  for (const Case& k : {Case{1000, 300, 70}, Case{1000, 300, 1}, Case{1000, 90, 130}, Case{200, 200, 7}})
    for (const Partial partial : {Partial::kKeep, Partial::kPad})
      for (const int omit : {0, 1}) {
        SCOPED_TRACE(testing::Message()
                     << k.samples << ' ' << k.size << ' ' << k.step << ' ' << int(partial) << omit);
        const Series s = series(k.samples, 2);
        const WindowGrid g{k.samples, k.size, k.step, partial};
        const WindowRules rules{0, omit, 1, 1};
        expect_orders(orders_of(table(), s, g, kAll, rules, 11), s, g, kAll, rules, 3);
      }
  const Series s = series(100, 1);  // a window longer than the series
  const WindowGrid g{100, 100, 40, Partial::kPad};
  const WindowRules rules{0, 1, 1, 1};
  expect_orders(orders_of(table(), s, g, kAll, rules, 9, 2, 500), s, g, kAll, rules, 1, 500);
}

TEST_P(WindowOrder, TheSameBytesInAnyCallsAndThreads) {
  for (const Case& k : kCases) {
    SCOPED_TRACE(testing::Message() << k.samples << ' ' << k.size << ' ' << k.step);
    if ((kSanitized || is("serial")) && k.samples > 40000) continue;
    Series s = series(k.samples, 9, 1e4);
    for (std::int64_t t = 0; t < k.samples; t += 97) s.at(t, 3) = std::nan("");
    const WindowGrid g{k.samples, k.size, k.step, Partial::kDrop};
    const auto whole = orders_of(table(), s, g, kAll, {0, 1, 1, 1});
    for (const auto& [threads, most] : {std::pair(1, 7), std::pair(3, 100)}) {
      if (most == 7 && g.windows() > 1000) continue;
      const auto pieces = orders_of(table(), s, g, kAll, {0, 1, 1, 1}, most, threads);
      ASSERT_EQ(pieces.size(), whole.size());
      EXPECT_EQ(std::memcmp(pieces.data(), whole.data(), whole.size() * 8), 0) << threads << ' ' << most;
    }
  }
}

TEST_P(WindowOrder, RefusesWhatCannotBe) {
  Session session(table());
  const Array<double> d(session, 65536);
  Status status{};
  WindowOrderArgs a{};
  a.samples = {d.data(), DType::kFloat64, 0, Layout::kObservations, 1, 1, 0, 1000, 1, 0};
  a.grid = {1000, 100, 30, Partial::kDrop}, a.padded_size = 100, a.windows = 31, a.rules = kPlainRules;
  a.scratch = d.data(), a.scratch_bytes = window_order_run(a.grid, 31, 1).bytes;
  a.outputs = 1, a.output[0] = {O::kMedian, 0, DType::kFloat64, d.data()};
  const auto refused = [&](const WindowOrderArgs& args, const char* part) {
    EXPECT_EQ(table().window_order(session.queue(), &args, &status), kBadArgument);
    EXPECT_NE(std::string(status.text).find(part), std::string::npos) << status.text;
    status = Status{};
  };
  WindowOrderArgs b = a;
  b.windows = 32, refused(b, "windows 0 to 32 of 31");
  b = a, b.samples.rows = 999, refused(b, "do not hold");
  b = a, b.samples.rows = 990, b.windows = 30, b.first = 1, refused(b, "do not hold");
  b = a, b.scratch_bytes -= 1, refused(b, "scratch");
  b = a, b.output[0].type = DType::kInt16, refused(b, "float");
  b = a, b.output[0] = {O::kQuantile, 1.5, DType::kFloat64, d.data()}, refused(b, "quantile");
  b = a, b.output[0] = {O::kAcf, -1, DType::kFloat64, d.data()}, refused(b, "lag");
  b = a, b.outputs = 99, refused(b, "outputs");
}

}  // namespace
}  // namespace sluice::test
