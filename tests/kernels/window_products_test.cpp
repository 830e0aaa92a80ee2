// window_products: covariances and correlations of channels in windows, on every backend against two looks at
// each window in long double.
#include "window_support.h"

namespace sluice::test {
namespace {

class WindowProducts : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(WindowProducts);

struct Case {
  std::int64_t samples, size, step;
};

std::int64_t some(const WindowGrid& g) {
  return std::max<std::int64_t>(1, g.windows() / 20);
}

/// Covariances (window, channel, channel) in calls of `most` windows.
std::vector<double> products_of(const Backend& table, Series s, const WindowGrid& g, std::int64_t ddof,
                                bool correlation, std::int64_t most = 1 << 20, int threads = 2) {
  Session session(table, threads);
  const std::vector<char> bytes = encoded(s);
  const Array<char> source(session, bytes);
  const std::int64_t windows = g.windows(), each = s.channels * s.channels;
  const Array<double> out(session, std::max<std::int64_t>(1, windows * each));
  const std::int64_t scratch_bytes = window_products_scratch(g, windows, s.channels, threads);
  const Array<char> scratch(session, scratch_bytes);
  for (std::int64_t first = 0; first < windows; first += most) {
    const std::int64_t count = std::min(most, windows - first), begin = g.start(first);
    WindowProductsArgs a{};
    a.samples = samples_of(s, source.data(), begin, g.end(first + count - 1));
    a.grid = g, a.padded_size = g.size, a.first = first, a.windows = count, a.ddof = ddof;
    a.correlation = correlation ? 1 : 0, a.scratch = scratch.data(), a.scratch_bytes = scratch_bytes;
    a.type = DType::kFloat64, a.out = out.data() + first * each;
    session.run(a);
  }
  return out.download();
}

void expect_products(const std::vector<double>& found, const Series& s, const WindowGrid& g,
                     std::int64_t ddof, bool correlation) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  int wrong = 0;
  for (std::int64_t k = 0; k < g.windows(); k += some(g)) {
    const std::int64_t begin = g.start(k), end = g.end(k), n = end - begin;
    const bool missing = g.partial == Partial::kPad && n < g.size;
    const auto product = [&](std::int64_t i, std::int64_t j) {
      long double a = 0, b = 0, sum = 0;
      for (std::int64_t t = begin; t < end; ++t)
        a += s.real(t, i) - static_cast<long double>(s.real(begin, i)),
            b += s.real(t, j) - static_cast<long double>(s.real(begin, j));
      for (std::int64_t t = begin; t < end; ++t)
        sum += (s.real(t, i) - static_cast<long double>(s.real(begin, i)) - a / n) *
               (s.real(t, j) - static_cast<long double>(s.real(begin, j)) - b / n);
      return sum;
    };
    for (std::int64_t i = 0; i < s.channels; ++i)
      for (std::int64_t j = 0; j < s.channels; ++j) {
        const double x = found[std::size_t((k * s.channels + i) * s.channels + j)];
        const long double ii = product(i, i), jj = product(j, j), p = product(i, j);
        double e = correlation ? double(p / std::sqrt(ii) / std::sqrt(jj))
                   : n > ddof  ? double(p / (n - ddof))
                               : nan;
        if (missing) e = nan;
        const double scale = correlation ? 1 : double(std::sqrt(ii) * std::sqrt(jj) / n);
        if ((std::isnan(e) && std::isnan(x)) || std::fabs(x - e) <= 1e-12 * scale) continue;
        ADD_FAILURE() << "window " << k << " channels " << i << ' ' << j << ": " << x << " for " << e;
        if (++wrong > 5) return;
      }
  }
}

TEST_P(WindowProducts, OfChannels) {
  for (const double offset : {0.0, 1e5, 1e8})
    for (const Case& k : {Case{3000, 360, 60}, Case{3000, 360, 61}, Case{1500, 360, 1}, Case{3000, 50, 120},
                          Case{3000, 1000, 1000}, Case{200, 2, 1}})
      for (const bool correlation : {false, true}) {
        SCOPED_TRACE(testing::Message() << offset << ' ' << k.size << ' ' << k.step << ' ' << correlation);
        const Series s = series(k.samples, 5, offset);
        const WindowGrid g{k.samples, k.size, k.step, Partial::kDrop};
        expect_products(products_of(table(), s, g, 1, correlation), s, g, 1, correlation);
      }
  for (const std::int64_t channels : {1, 17, 40}) {
    Series s = series(900, channels, 3);
    s.type = DType::kFloat32, s.layout = Layout::kVariables, s.padding = 3;
    encoded(s);
    const WindowGrid g{900, 250, 50, Partial::kDrop};
    expect_products(products_of(table(), s, g, 0, false), s, g, 0, false);
  }
}

TEST_P(WindowProducts, OfMissingConstantAndPartialWindows) {
  Series s = series(1000, 4);
  for (std::int64_t t = 0; t < 1000; ++t) s.at(t, 2) = 7;
  s.at(500, 1) = std::nan("");
  for (const Partial partial : {Partial::kDrop, Partial::kKeep, Partial::kPad})
    for (const bool correlation : {false, true}) {
      const WindowGrid g{1000, 300, 70, partial};
      expect_products(products_of(table(), s, g, 0, correlation), s, g, 0, correlation);
    }
}

TEST_P(WindowProducts, TheSameBytesInAnyCallsAndThreads) {
  for (const Case& k : {Case{5000, 360, 60}, Case{2000, 360, 1}, Case{5000, 300, 70}}) {
    const Series s = series(k.samples, 6, 1e4);
    const WindowGrid g{k.samples, k.size, k.step, Partial::kDrop};
    const auto whole = products_of(table(), s, g, 0, false);
    const auto pieces = products_of(table(), s, g, 0, false, 13, 3);
    EXPECT_EQ(std::memcmp(pieces.data(), whole.data(), whole.size() * 8), 0) << k.step;
    EXPECT_EQ(whole[1], whole[6]);  // symmetric
  }
}

}  // namespace
}  // namespace sluice::test
