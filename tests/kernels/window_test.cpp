// window_reduce and window_merge: every statistic on every backend against two looks at each window, at
// windows and steps of all kinds; the same bytes however the series is cut.
#include "window_support.h"

namespace sluice::test {
namespace {

class Window : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(Window);

constexpr std::int64_t kWhole = std::int64_t(1) << 40;

struct Case {
  std::int64_t samples, size, step;
};

// Few cells and many, one and two a step, gaps, single samples, cells of several segments.
const Case kCases[] = {{3000, 360, 60},     {3000, 360, 61}, {3000, 360, 1},       {3000, 100, 7},
                       {3000, 50, 50},      {3000, 50, 120}, {500, 1, 1},          {500, 1, 3},
                       {2000, 2000, 10},    {2000, 1999, 1}, {40000, 20000, 9000}, {40000, 9000, 20000},
                       {40000, 8192, 4096}, {3000, 65, 64}};

TEST_P(Window, EveryStatisticAtEveryStep) {
  const std::vector<S> all = all_statistics();
  for (const Case& k : kCases) {
    SCOPED_TRACE(testing::Message() << k.samples << ' ' << k.size << ' ' << k.step);
    const Series s = series(k.samples, 3);
    const WindowGrid g{k.samples, k.size, k.step, Partial::kDrop};
    expect_windows(windows_of(table(), s, g, all, kPlainRules, kWhole), s, g, all, kPlainRules,
                   std::max<std::int64_t>(1, g.windows() / 25));
  }
}

TEST_P(Window, NumbersOfChannels) {
  const std::vector<S> all = all_statistics();
  for (const std::int64_t channels : {1, 2, 4, 5, 12, 31, 33, 70}) {
    SCOPED_TRACE(channels);
    const Series s = series(700, channels);
    for (const std::int64_t step : {20, 3}) {
      const WindowGrid g{700, 160, step, Partial::kDrop};
      expect_windows(windows_of(table(), s, g, all, kPlainRules, 200), s, g, all, kPlainRules, 11);
    }
  }
}

TEST_P(Window, DigitsStayAtAnyOffset) {
  const std::vector<S> some{S::kMean, S::kVar, S::kStd, S::kSkew, S::kKurtosis, S::kSlope};
  for (const double offset : {0.0, 1e5, 1e8}) {
    for (const std::int64_t step : {600, 601, 1}) {
      SCOPED_TRACE(testing::Message() << offset << ' ' << step);
      const Series s = series(9000, 2, offset);
      const WindowGrid g{9000, 3600, step, Partial::kDrop};
      expect_windows(windows_of(table(), s, g, some, kPlainRules, 3000), s, g, some, kPlainRules,
                     std::max<std::int64_t>(1, g.windows() / 15));
    }
  }
}

TEST_P(Window, LayoutsTypesAndByteOrders) {
  const std::vector<S> all = all_statistics();
  for (const DType type : {DType::kFloat64, DType::kFloat32, DType::kInt16})
    for (const Layout layout : {Layout::kObservations, Layout::kVariables})
      for (const bool swapped : {false, true})
        for (const double scale : {1.0, 0.25}) {
          SCOPED_TRACE(testing::Message()
                       << name_of(type) << ' ' << int(layout) << ' ' << swapped << ' ' << scale);
          Series s = series(900, 5, 3);
          if (type == DType::kInt16)
            for (double& x : s.values) x *= 100;
          s.type = type, s.layout = layout, s.swapped = swapped, s.padding = 2;
          s.scale = scale, s.offset = scale == 1 ? 0 : -7;
          encoded(s);  // rounds the values
          const WindowGrid g{900, 250, 35, Partial::kDrop};
          expect_windows(windows_of(table(), s, g, all, kPlainRules, 300), s, g, all, kPlainRules, 3);
        }
}

TEST_P(Window, NaNAndInfinityPropagateOrAreOmitted) {
  const std::vector<S> all = all_statistics();
  const Series s = series_with_faults(6);
  for (const std::int64_t step : {50, 30, 1, 601})
    for (const WindowRules& rules :
         {kPlainRules, WindowRules{0, 1, 1, 1}, WindowRules{1, 1, 100, 400}, WindowRules{1, 1, 0, 1}}) {
      SCOPED_TRACE(testing::Message() << step << ' ' << rules.omit_nan << ' ' << rules.min_count);
      const WindowGrid g{4000, 300, step, Partial::kDrop};
      expect_windows(windows_of(table(), s, g, all, rules, 900), s, g, all, rules,
                     std::max<std::int64_t>(1, g.windows() / 25));
    }
}

TEST_P(Window, ConstantWindowsHaveNoShape) {
  const Series s = series_with_faults(6);
  const WindowGrid g{4000, 300, 77, Partial::kDrop};
  const std::vector<S> some{S::kStd, S::kSkew, S::kKurtosis, S::kMean, S::kSlope};
  const auto found = windows_of(table(), s, g, some, kPlainRules, kWhole);
  const auto at = [&](std::size_t statistic, std::int64_t k) {
    return found[(statistic * std::size_t(g.windows()) + std::size_t(k)) * 6 + 4];
  };
  for (std::int64_t k = 0; k < g.windows(); ++k) {
    EXPECT_EQ(at(0, k), 0);
    EXPECT_TRUE(std::isnan(at(1, k)) && std::isnan(at(2, k)));
    EXPECT_EQ(at(3, k), 12.5);
    EXPECT_EQ(at(4, k), 0);
  }
}

TEST_P(Window, NearlyConstantVarianceIsNotNegative) {
  Series s = series(5000, 1);
  for (std::int64_t t = 0; t < 5000; ++t)
    s.at(t, 0) = t < 2500 ? 1e12 * noise(std::uint64_t(t)) : 1 + (t % 2) * 1e-9;
  const WindowGrid g{5000, 200, 1, Partial::kDrop};
  const std::vector<S> some{S::kVar, S::kStd};
  expect_windows(windows_of(table(), s, g, some, kPlainRules, kWhole), s, g, some, kPlainRules, 13);
}

TEST_P(Window, PartialWindowsAreKeptOrPadded) {
  const std::vector<S> all = all_statistics();
  for (const Case& k : {Case{1000, 300, 70}, Case{1000, 300, 1}, Case{1000, 90, 130}, Case{200, 200, 7}})
    for (const Partial partial : {Partial::kKeep, Partial::kPad})
      for (const int omit : {0, 1}) {
        SCOPED_TRACE(testing::Message()
                     << k.samples << ' ' << k.size << ' ' << k.step << ' ' << int(partial) << omit);
        const Series s = series(k.samples, 2);
        const WindowGrid g{k.samples, k.size, k.step, partial};
        EXPECT_EQ(g.windows(), (k.samples + k.step - 1) / k.step);
        const WindowRules rules{0, omit, 1, 1};
        expect_windows(windows_of(table(), s, g, all, rules, 250), s, g, all, rules, 3);
      }
  const Series s = series(100, 1);  // a window longer than the series
  const WindowGrid g{100, 100, 40, Partial::kPad};
  const WindowRules rules{0, 1, 1, 1};
  expect_windows(windows_of(table(), s, g, all, rules, kWhole, 2, 500), s, g, all, rules, 1, 500);
  const auto propagated = windows_of(table(), s, g, {S::kMean}, kPlainRules, kWhole, 2, 500);
  for (const double x : propagated) EXPECT_TRUE(std::isnan(x));
}

TEST_P(Window, TheSameBytesInAnyTilesAndThreads) {
  const std::vector<S> all = all_statistics();
  for (const Case& k : kCases) {
    SCOPED_TRACE(testing::Message() << k.samples << ' ' << k.size << ' ' << k.step);
    Series s = series(k.samples, 9, 1e4);
    for (std::int64_t t = 0; t < k.samples; t += 97) s.at(t, 3) = std::nan("");
    const WindowGrid g{k.samples, k.size, k.step, Partial::kDrop};
    const auto whole = windows_of(table(), s, g, all, {0, 1, 1, 1}, kWhole, 2);
    for (const int threads : {1, 3})
      for (const std::int64_t rows : {97, 1000}) {
        const auto pieces = windows_of(table(), s, g, all, {0, 1, 1, 1}, rows, threads);
        ASSERT_EQ(pieces.size(), whole.size());
        EXPECT_EQ(std::memcmp(pieces.data(), whole.data(), whole.size() * 8), 0) << threads << ' ' << rows;
      }
  }
}

TEST_P(Window, AStatisticHasTheSameBytesAloneOrWithOthers) {
  const std::vector<S> all = all_statistics();
  const Series s = series(3000, 7, 50);
  for (const std::int64_t step : {60, 1}) {
    const WindowGrid g{3000, 360, step, Partial::kDrop};
    const auto together = windows_of(table(), s, g, all, kPlainRules, kWhole);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const auto alone = windows_of(table(), s, g, {all[i]}, kPlainRules, kWhole);
      EXPECT_EQ(std::memcmp(alone.data(), together.data() + i * alone.size(), alone.size() * 8), 0)
          << i << ' ' << step;
    }
  }
}

TEST_P(Window, RefusesWhatCannotBe) {
  Session session(table());
  const Array<double> d(session, 4096);
  Status status{};
  const WindowGrid g{1000, 100, 30, Partial::kDrop};
  WindowReduceArgs reduce{{d.data(), DType::kFloat64, 0, Layout::kObservations, 1, 1, 0, 1000, 1, 0},
                          g,
                          kNeedMean,
                          d.data(),
                          100,
                          d.data()};
  const auto refused = [&](std::int32_t code, const char* part) {
    EXPECT_EQ(code, kBadArgument);
    EXPECT_NE(std::string(status.text).find(part), std::string::npos) << status.text;
    status = Status{};
  };
  reduce.samples.rows = 55;
  refused(table().window_reduce(session.queue(), &reduce, &status), "segment");
  reduce.samples.rows = 1001;
  refused(table().window_reduce(session.queue(), &reduce, &status), "segment");
  reduce.samples.rows = 1000, reduce.capacity = 3;
  refused(table().window_reduce(session.queue(), &reduce, &status), "ring");
  reduce.capacity = 100, reduce.grid.step = 0;
  refused(table().window_reduce(session.queue(), &reduce, &status), "windows of");
  reduce.grid = g, reduce.samples.ld = 0;
  reduce.samples.channels = 2;
  refused(table().window_reduce(session.queue(), &reduce, &status), "runs");
  WindowMergeArgs merge{g,        100,         kNeedMean, 1,
                        d.data(), 100,         nullptr,   0,
                        4,        kPlainRules, 1,         {{S::kStd, DType::kFloat64, d.data()}}};
  refused(table().window_merge(session.queue(), &merge, &status), "lack");
  merge.output[0].statistic = S::kMean, merge.output[0].type = DType::kInt16;
  refused(table().window_merge(session.queue(), &merge, &status), "float");
  merge.output[0].type = DType::kFloat64, merge.windows = 40;
  refused(table().window_merge(session.queue(), &merge, &status), "windows 0 to 40 of 31");
  merge.windows = 4, merge.capacity = 5;
  refused(table().window_merge(session.queue(), &merge, &status), "ring");
  merge.capacity = 200, merge.grid.step = 1;
  refused(table().window_merge(session.queue(), &merge, &status), "scratch");
}

}  // namespace
}  // namespace sluice::test
