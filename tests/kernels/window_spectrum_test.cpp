// window_spectrum: every length, taper, detrending and output on every backend against the sum that defines
// a transform, in long double; the same bytes however the windows are cut.
#include "spectrum_support.h"

namespace sluice::test {
namespace {

class Spectrum : public OnEachBackend {};
SLUICE_ON_EACH_BACKEND(Spectrum);

// Small, odd, powers, primes small and large, squares of primes, twice and four times a prime.
const std::int64_t kLengths[] = {1,  2,  3,   4,   5,   6,   7,   8,   11,  13,   15,   17,   19,  26,
                                 34, 64, 121, 289, 360, 361, 499, 500, 998, 1009, 1024, 1996, 2048};

TEST_P(Spectrum, EveryLength) {
  for (const std::int64_t n : kLengths)
    for (const Detrend way : {Detrend::kNone, Detrend::kConstant, Detrend::kLinear}) {
      SCOPED_TRACE(testing::Message() << n << ' ' << int(way));
      const Series s = series(n + 3, 3);
      const WindowGrid g{n + 3, n, 2, Partial::kDrop};
      SpectrumRequest r = request(n, way);
      r.taper = hann(n);
      const auto found = spectra_of(table(), s, g, r, K::kPower);
      // Of one or two numbers a line leaves nothing but rounding.
      const double bound = way != Detrend::kNone && n <= 2 ? 1 : 1e-12;
      EXPECT_LE(worst_power(found, s, g, r), bound);
    }
}

TEST_P(Spectrum, LengthsOfHoursAndPrimes) {
  for (const std::int64_t n : {3599, 3600, 3607, 4096}) {
    SCOPED_TRACE(n);
    for (const double offset : {0.0, 1e5, 1e8}) {
      const Series s = series(n, 2, offset);
      const WindowGrid g{n, n, n, Partial::kDrop};
      SpectrumRequest r = request(n, Detrend::kConstant);
      r.taper = hann(n);
      EXPECT_LE(worst_power(spectra_of(table(), s, g, r, K::kPower), s, g, r), 1e-12) << offset;
    }
  }
}

TEST_P(Spectrum, Float32AtAnOffset) {
  for (const std::int64_t n : {3599, 3600, 3607, 4096})
    for (const Detrend way : {Detrend::kNone, Detrend::kConstant, Detrend::kLinear}) {
      Series s = series(n, 2, 1e5);
      s.type = DType::kFloat32;
      encoded(s);  // rounds the values
      const WindowGrid g{n, n, n, Partial::kDrop};
      SpectrumRequest r = request(n, way);
      r.taper = hann(n), r.type = DType::kFloat32;
      EXPECT_LE(worst_power(spectra_of(table(), s, g, r, K::kPower), s, g, r), 1e-5) << n << ' ' << int(way);
    }
}

TEST_P(Spectrum, TransformsHaveTheirPhases) {
  for (const std::int64_t n : {1, 2, 9, 17, 100, 127, 1500})
    for (const bool two_sided : {false, true}) {
      SCOPED_TRACE(testing::Message() << n << ' ' << two_sided);
      const Series s = series(3 * n + 5, 3, 2);
      const WindowGrid g{3 * n + 5, n, n, Partial::kDrop};
      SpectrumRequest r = request(n, Detrend::kNone, n + 3);
      r.taper = hann(n), r.two_sided = two_sided, r.amplitude = 0.25;
      const auto found = spectra_of(table(), s, g, r, K::kTransform);
      const std::int64_t bins = r.frequencies();
      for (std::int64_t item = 0; item < g.windows() * 3; ++item) {
        const auto exact = exact_segment(s, g.start(item / 3), item % 3, r);
        double largest = 0;
        for (const Exact& x : exact) largest = std::max(largest, double(std::abs(x)) * 0.25);
        for (std::int64_t k = 0; k < bins; ++k) {
          const bool mirrored = two_sided && 2 * k > r.shape.nfft;
          const Exact e = mirrored ? std::conj(exact[std::size_t(r.shape.nfft - k)]) : exact[std::size_t(k)];
          EXPECT_NEAR(found[std::size_t(2 * (item * bins + k))], double(e.real()) * 0.25, 1e-12 * largest);
          EXPECT_NEAR(found[std::size_t(2 * (item * bins + k) + 1)], double(e.imag()) * 0.25,
                      1e-12 * largest);
        }
      }
    }
}

TEST_P(Spectrum, SegmentsAreAveraged) {
  struct Case {
    std::int64_t size, segment, hop, nfft;
  };
  for (const Case& k : {Case{100, 30, 10, 30}, Case{100, 30, 30, 64}, Case{101, 17, 1, 17},
                        Case{64, 64, 5, 100}, Case{300, 1, 1, 4}, Case{90, 31, 16, 31}})
    for (const bool two_sided : {false, true}) {
      SCOPED_TRACE(testing::Message() << k.size << ' ' << k.segment << ' ' << k.hop << ' ' << k.nfft);
      const Series s = series(700, 5, 10);
      const WindowGrid g{700, k.size, 45, Partial::kDrop};
      SpectrumRequest r;
      r.shape = {k.size,         k.segment, k.hop, k.nfft, k.segment > 1 ? Detrend::kLinear : Detrend::kNone,
                 DType::kFloat64};
      r.taper = hann(k.segment), r.power = 3, r.two_sided = two_sided;
      EXPECT_LE(worst_power(spectra_of(table(), s, g, r, K::kPower), s, g, r), 1e-12);
    }
}

TEST_P(Spectrum, LayoutsTypesAndByteOrders) {
  for (const DType type : {DType::kFloat64, DType::kFloat32, DType::kInt16})
    for (const Layout layout : {Layout::kObservations, Layout::kVariables})
      for (const bool swapped : {false, true})
        for (const double scale : {1.0, 0.25})
          for (const std::int64_t channels : {1, 4, 7}) {
            SCOPED_TRACE(testing::Message() << name_of(type) << ' ' << int(layout) << ' ' << swapped << ' '
                                            << scale << ' ' << channels);
            Series s = series(300, channels, 3);
            if (type == DType::kInt16)
              for (double& x : s.values) x *= 100;
            s.type = type, s.layout = layout, s.swapped = swapped, s.padding = 2;
            s.scale = scale, s.offset = scale == 1 ? 0 : -7;
            encoded(s);
            const WindowGrid g{300, 100, 35, Partial::kDrop};
            SpectrumRequest r = request(100, Detrend::kConstant);
            r.taper = hann(100);
            EXPECT_LE(worst_power(spectra_of(table(), s, g, r, K::kPower, 2), s, g, r),
                      type == DType::kFloat32 ? 1e-5 : 1e-12);
          }
}

TEST_P(Spectrum, WhatIsNotFiniteMakesItsWindowNaN) {
  Series s = series(1000, 6);
  s.at(250, 1) = std::nan("");
  s.at(0, 2) = INFINITY, s.at(999, 2) = -INFINITY;
  for (std::int64_t t = 0; t < 1000; ++t) s.at(t, 3) = std::nan(""), s.at(t, 4) = 1e9;
  for (const Partial partial : {Partial::kDrop, Partial::kPad})
    for (const std::int64_t segment : {100, 30}) {
      const WindowGrid g{1000, 100, 60, partial};
      SpectrumRequest r;
      r.shape = {100, segment, segment, segment, Detrend::kConstant, DType::kFloat64};
      r.taper = hann(segment);
      r.bands = {{0, 3}};
      for (const K kind : {K::kPower, K::kBandPower, K::kCentroid, K::kPeakFrequency, K::kEntropy}) {
        const auto found = spectra_of(table(), s, g, r, kind);
        for (std::size_t i = 0; i < found.size(); ++i) {
          const std::int64_t item = std::int64_t(i) / r.values(kind), window = item / 6, c = item % 6;
          bool wrong = g.start(window) + 100 > 1000;
          for (std::int64_t t = g.start(window); t < g.end(window); ++t)
            wrong = wrong || !std::isfinite(s.at(t, c));
          const bool shapeless = c == 4 && kind != K::kPower && kind != K::kBandPower;
          EXPECT_EQ(std::isnan(found[i]), wrong || shapeless) << int(kind) << ' ' << window << ' ' << c;
          if (c == 4 && !wrong && !shapeless) {
            EXPECT_EQ(found[i], 0);
          }
        }
      }
    }
}

TEST_P(Spectrum, NumbersOfAWindow) {
  const Series s = series(800, 4, 5);
  const WindowGrid g{800, 200, 90, Partial::kDrop};
  SpectrumRequest r = request(200, Detrend::kConstant, 256);
  r.taper = hann(200), r.step = 0.5, r.band = 0.125, r.power = 77;  // power must not matter here
  r.bands = {{0, 129}, {3, 9}, {128, 129}, {5, 5}};
  const auto bands = spectra_of(table(), s, g, r, K::kBandPower);
  const auto centroid = spectra_of(table(), s, g, r, K::kCentroid);
  const auto peak = spectra_of(table(), s, g, r, K::kPeakFrequency);
  const auto entropy = spectra_of(table(), s, g, r, K::kEntropy);
  for (std::int64_t item = 0; item < g.windows() * 4; ++item) {
    const auto power = exact_power(s, g, item / 4, item % 4, r);
    long double total = 0, moment = 0, sum = 0;
    for (std::size_t k = 0; k < power.size(); ++k) total += power[k], moment += power[k] * k;
    for (const long double p : power) sum -= p > 0 ? p / total * std::log(p / total) : 0;
    const auto highest = std::max_element(power.begin(), power.end()) - power.begin();
    const std::size_t i = std::size_t(item);
    EXPECT_NEAR(centroid[i], double(moment / total) * 0.5, 1e-11);
    EXPECT_EQ(peak[i], double(highest) * 0.5);
    EXPECT_NEAR(entropy[i], double(sum), 1e-11);
    for (std::size_t b = 0; b < r.bands.size(); ++b) {
      long double in_band = 0;
      for (std::int64_t k = r.bands[b].first; k < r.bands[b].last; ++k) in_band += power[std::size_t(k)];
      EXPECT_NEAR(bands[i * 4 + b], double(in_band) * 0.125, 1e-12 * double(total));
    }
  }
}

TEST_P(Spectrum, TheSameBytesInAnyCallsAndThreads) {
  for (const std::int64_t channels : {1, 3, 8}) {
    Series s = series(1200, channels, 40);
    for (std::int64_t t = 0; t < 1200; t += 397) s.at(t, channels / 2) = std::nan("");
    for (const std::int64_t n : {120, 127}) {
      const WindowGrid g{1200, n, 50, Partial::kPad};
      SpectrumRequest r = request(n, Detrend::kLinear);
      r.taper = hann(n);
      for (const K kind : {K::kPower, K::kTransform, K::kEntropy}) {
        const auto whole = spectra_of(table(), s, g, r, kind);
        for (const int threads : {1, 3})
          for (const std::int64_t most : {1, 5}) {
            const auto pieces = spectra_of(table(), s, g, r, kind, most, threads);
            EXPECT_EQ(std::memcmp(pieces.data(), whole.data(), whole.size() * 8), 0)
                << channels << ' ' << n << ' ' << int(kind) << ' ' << threads << ' ' << most;
          }
      }
    }
  }
}

TEST_P(Spectrum, RefusesWhatCannotBe) {
  Session session(table());
  Status status{};
  std::int64_t bytes = 0;
  const auto refused = [&](std::int32_t code, const char* part) {
    EXPECT_EQ(code, kBadArgument);
    EXPECT_NE(std::string(status.text).find(part), std::string::npos) << status.text;
    status = Status{};
  };
  for (const SpectrumShape& wrong : {SpectrumShape{100, 101, 1, 128, Detrend::kNone, DType::kFloat64},
                                     SpectrumShape{100, 50, 0, 50, Detrend::kNone, DType::kFloat64},
                                     SpectrumShape{100, 50, 1, 49, Detrend::kNone, DType::kFloat64},
                                     SpectrumShape{0, 0, 1, 1, Detrend::kNone, DType::kFloat64}})
    refused(table().spectrum_bytes(session.context(), &wrong, &bytes, &status), "transforms of");
  const SpectrumShape shape{100, 50, 25, 50, Detrend::kNone, DType::kFloat64};
  must(table().spectrum_bytes(session.context(), &shape, &bytes, &status), status);
  EXPECT_GT(bytes, 0);
  const Array<char> memory(session, bytes);
  const std::vector<double> taper(50, 1.0);
  SpectrumPlan* plan = nullptr;
  refused(table().spectrum_create(session.context(), &shape, nullptr, memory.data(), &plan, &status),
          "taper");
  must(table().spectrum_create(session.context(), &shape, taper.data(), memory.data(), &plan, &status),
       status);
  const Array<double> d(session, 4096);
  WindowSpectrumArgs a{};
  a.samples = {d.data(), DType::kFloat64, 0, Layout::kObservations, 1, 1, 0, 400, 1, 0};
  a.grid = {1000, 100, 30, Partial::kDrop}, a.plan = plan, a.windows = 5, a.outputs = 1;
  a.output[0] = {K::kTransform, DType::kFloat64, d.data()};
  refused(table().window_spectrum(session.queue(), &a, &status), "one segment");
  a.output[0].kind = K::kPower, a.windows = 12;
  refused(table().window_spectrum(session.queue(), &a, &status), "not within the tile");
  a.windows = 5, a.output[0].kind = K::kBandPower;
  refused(table().window_spectrum(session.queue(), &a, &status), "bands");
  a.bands = 1, a.of_band[0] = {3, 27};
  refused(table().window_spectrum(session.queue(), &a, &status), "within the frequencies");
  a.of_band[0] = {3, 26}, a.samples.type = DType::kFloat32;
  refused(table().window_spectrum(session.queue(), &a, &status), "plan is for float64");
  a.samples.type = DType::kFloat64, a.plan = nullptr;
  refused(table().window_spectrum(session.queue(), &a, &status), "plan is null");
  must(table().queue_finish(session.queue(), &status), status);
  table().spectrum_destroy(plan);
}

}  // namespace
}  // namespace sluice::test
