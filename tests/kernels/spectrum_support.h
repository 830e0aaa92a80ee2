// Spectra of a series' windows by a backend, a few windows a call, and the same by the sum that defines them
// in long double.
#pragma once
#include <complex>
#include <functional>

#include "window_support.h"

namespace sluice::test {

using K = SpectrumKind;

/// What is asked of a backend.
struct SpectrumRequest {
  SpectrumShape shape{};
  std::vector<double> taper;  // empty: ones
  bool two_sided = false;
  double power = 1, amplitude = 1, band = 1, step = 1;
  std::vector<SpectrumBand> bands;
  DType type = DType::kFloat64;  // of the outputs
  std::int64_t frequencies() const { return two_sided ? shape.nfft : shape.frequencies(); }
  std::int64_t values(K kind) const {
    return kind == K::kPower       ? frequencies()
           : kind == K::kTransform ? 2 * frequencies()
           : kind == K::kBandPower ? std::int64_t(bands.size())
                                   : 1;
  }
};

inline SpectrumRequest request(std::int64_t size, Detrend detrend = Detrend::kNone, std::int64_t nfft = 0) {
  SpectrumRequest r;
  r.shape = {size, size, size, nfft > 0 ? nfft : size, detrend, DType::kFloat64};
  return r;
}

/// The periodic taper of Hann.
inline std::vector<double> hann(std::int64_t n) {
  std::vector<double> w(static_cast<std::size_t>(n), 1.0);
  for (std::int64_t t = 0; t < n && n > 1; ++t)
    w[std::size_t(t)] = 0.5 - 0.5 * std::cos(2 * M_PI * double(t) / double(n));
  return w;
}

/// One output for all windows, (windows, channels, values); `most` windows of the series a call, each with a
/// tile of its own samples.
inline std::vector<double> spectra_of(const Backend& table, Series s, const WindowGrid& g,
                                      const SpectrumRequest& r, K kind, std::int64_t most = 1 << 20,
                                      int threads = 2) {
  Session session(table, threads);
  Status status{};
  const std::vector<char> bytes = encoded(s);
  const Array<char> source(session, bytes);
  SpectrumShape shape = r.shape;
  shape.type = s.type;
  std::int64_t held = 0;
  must(table.spectrum_bytes(session.context(), &shape, &held, &status), status);
  const Array<char> memory(session, held);
  const std::vector<double> taper =
      r.taper.empty() ? std::vector<double>(static_cast<std::size_t>(shape.segment), 1.0) : r.taper;
  SpectrumPlan* plan = nullptr;
  must(table.spectrum_create(session.context(), &shape, taper.data(), memory.data(), &plan, &status), status);
  const std::int64_t windows = g.windows(), values = r.values(kind) * s.channels;
  const std::int64_t element = std::int64_t(size_of(r.type));
  const Array<char> out(session, std::max<std::int64_t>(8, windows * values * element));
  for (std::int64_t first = 0; first < windows; first += most) {
    const std::int64_t count = std::min(most, windows - first), begin = g.start(first);
    WindowSpectrumArgs a{};
    a.samples = {source.data() + s.index(begin, 0) * std::int64_t(size_of(s.type)),
                 s.type,
                 s.swapped,
                 s.layout,
                 s.channels,
                 s.ld(),
                 begin,
                 g.end(first + count - 1) - begin,
                 s.scale,
                 s.offset};
    a.grid = g, a.plan = plan, a.first = first, a.windows = count, a.two_sided = r.two_sided;
    a.power = r.power, a.amplitude = r.amplitude, a.band = r.band, a.frequency_step = r.step;
    a.outputs = 1, a.output[0] = {kind, r.type, out.data() + first * values * element};
    for (const SpectrumBand& b : r.bands) a.of_band[a.bands++] = b;
    must(table.window_spectrum(session.queue(), &a, &status), status);
  }
  const std::vector<char> raw = out.download();
  table.spectrum_destroy(plan);
  std::vector<double> found(std::size_t(windows * values));
  for (std::size_t i = 0; i < found.size(); ++i)
    found[i] = r.type == DType::kFloat64 ? reinterpret_cast<const double*>(raw.data())[i]
                                         : double(reinterpret_cast<const float*>(raw.data())[i]);
  return found;
}

using Exact = std::complex<long double>;

/// The transform of a segment, k = 0 ... nfft / 2, term by term.
inline std::vector<Exact> exact_segment(const Series& s, std::int64_t begin, std::int64_t c,
                                        const SpectrumRequest& r) {
  const std::int64_t n = r.shape.segment, nfft = r.shape.nfft;
  std::vector<long double> x;
  for (std::int64_t t = 0; t < n; ++t)
    x.push_back(r.shape.detrend == Detrend::kNone
                    ? static_cast<long double>(s.real(begin + t, c))
                    : static_cast<long double>(s.real(begin + t, c)) - s.real(begin, c));
  long double mean = 0, products = 0, squares = 0;
  for (const long double v : x) mean += v / n;
  const long double middle = (n - 1) / 2.0L;
  for (std::int64_t t = 0; t < n; ++t)
    products += (t - middle) * (x[std::size_t(t)] - mean), squares += (t - middle) * (t - middle);
  for (std::int64_t t = 0; t < n; ++t) {
    if (r.shape.detrend != Detrend::kNone) x[std::size_t(t)] -= mean;
    if (r.shape.detrend == Detrend::kLinear && n > 1) x[std::size_t(t)] -= products / squares * (t - middle);
    if (!r.taper.empty()) x[std::size_t(t)] *= r.taper[std::size_t(t)];
  }
  std::vector<Exact> roots;
  for (std::int64_t j = 0; j < nfft; ++j) {
    const long double angle = -2 * 3.14159265358979323846264338327950288L * j / nfft;
    roots.emplace_back(std::cos(angle), std::sin(angle));
  }
  std::vector<Exact> out;
  for (std::int64_t k = 0; k <= nfft / 2; ++k) {
    long double re = 0, im = 0;
    for (std::int64_t t = 0; t < n; ++t) {
      const Exact& root = roots[std::size_t(t * k % nfft)];
      re += x[std::size_t(t)] * root.real(), im += x[std::size_t(t)] * root.imag();
    }
    out.emplace_back(re, im);
  }
  return out;
}

/// P[k] of a window: the mean over its segments.
inline std::vector<long double> exact_power(const Series& s, const WindowGrid& g, std::int64_t window,
                                            std::int64_t c, const SpectrumRequest& r) {
  std::vector<long double> power(std::size_t(r.shape.frequencies()));
  for (std::int64_t i = 0; i < r.shape.segments(); ++i) {
    const auto x = exact_segment(s, g.start(window) + i * r.shape.hop, c, r);
    for (std::size_t k = 0; k < x.size(); ++k)
      power[k] += std::norm(x[k]) * (k == 0 || 2 * std::int64_t(k) == r.shape.nfft ? 1 : 2) /
                  static_cast<long double>(r.shape.segments());
  }
  return power;
}

/// The largest difference of a window's bins, relative to its largest one, over all windows.
inline double worst_power(const std::vector<double>& found, const Series& s, const WindowGrid& g,
                          const SpectrumRequest& r) {
  double worst = 0;
  const std::int64_t bins = r.frequencies();
  for (std::int64_t item = 0; item < g.windows() * s.channels; ++item) {
    const auto exact = exact_power(s, g, item / s.channels, item % s.channels, r);
    const double largest = double(*std::max_element(exact.begin(), exact.end()));
    for (std::int64_t k = 0; k < bins; ++k) {
      const std::int64_t from = std::min(k, r.two_sided ? r.shape.nfft - k : k);
      const bool half = r.two_sided && from != 0 && 2 * from != r.shape.nfft;
      const double e = double(exact[std::size_t(from)]) * (half ? 0.5 : 1);
      const double d = std::fabs(found[std::size_t(item * bins + k)] / r.power - e);
      worst = std::max(worst, std::isnan(d) ? INFINITY : largest > 0 ? d / largest : d);
    }
  }
  return worst;
}

}  // namespace sluice::test
