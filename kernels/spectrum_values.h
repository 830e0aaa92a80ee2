// The numbers of a one-sided spectrum that are one a window: the same code on every host backend.
#pragma once
#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/backend.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

SLUICE_HD void store(const SpectrumOutput& o, std::int64_t at, double x) {
  if (o.type == DType::kFloat32)
    static_cast<float*>(o.out)[at] = float(x);
  else
    static_cast<double*>(o.out)[at] = x;
}

/// The sum in blocks of 64: rounding grows with the blocks, not with the count.
template <class F>
inline double blocked_sum(std::int64_t first, std::int64_t last, const F& value) {
  double sum = 0;
  for (std::int64_t k = first; k < last;) {
    const std::int64_t end = smaller(k + 64, last);
    double block = 0;
    for (; k < end; ++k) block += value(k);
    sum += block;
  }
  return sum;
}

/// power(k) is P[k] of kernels/spectrum.h; what a kind of one number a window is.
template <class F>
double spectrum_value(SpectrumKind kind, std::int64_t frequencies, double step, const F& power) {
  const double total = blocked_sum(0, frequencies, power);
  if (!(total > 0)) return std::numeric_limits<double>::quiet_NaN();
  if (kind == SpectrumKind::kCentroid)
    return blocked_sum(0, frequencies, [&](std::int64_t k) { return double(k) * power(k); }) / total * step;
  if (kind == SpectrumKind::kEntropy)
    return blocked_sum(0, frequencies, [&](std::int64_t k) {
      const double p = power(k) / total;
      return p > 0 ? -p * std::log(p) : 0;
    });
  std::int64_t peak = 0;
  for (std::int64_t k = 1; k < frequencies; ++k)
    if (power(k) > power(peak)) peak = k;
  return double(peak) * step;
}

/// One window and channel, number `item` of the call, to all outputs but the transform: power(k) is P[k].
template <class F>
void store_powers(const WindowSpectrumArgs& a, const SpectrumShape& shape, std::int64_t item,
                  const F& power) {
  const std::int64_t frequencies = shape.frequencies(), nfft = shape.nfft;
  for (int i = 0; i < a.outputs; ++i) {
    const SpectrumOutput o = a.output[i];  // a copy, which what is stored cannot change
    if (o.kind == SpectrumKind::kTransform) continue;
    if (o.kind == SpectrumKind::kPower && o.type == DType::kFloat64 && !a.two_sided) {
      double* out = static_cast<double*>(o.out) + item * frequencies;
      const double scale = a.power;
      for (std::int64_t k = 0; k < frequencies; ++k) out[k] = power(k) * scale;
    } else if (o.kind == SpectrumKind::kPower) {
      const std::int64_t base = item * (a.two_sided ? nfft : frequencies);
      for (std::int64_t k = 0; k < frequencies; ++k) {
        const bool single = k == 0 || 2 * k == nfft;
        const double x = power(k) * a.power * (a.two_sided && !single ? 0.5 : 1);
        store(o, base + k, x);
        if (a.two_sided && !single) store(o, base + nfft - k, x);
      }
    } else if (o.kind == SpectrumKind::kBandPower) {
      for (int b = 0; b < a.bands; ++b)
        store(o, item * a.bands + b, blocked_sum(a.of_band[b].first, a.of_band[b].last, power) * a.band);
    } else {
      store(o, item, spectrum_value(o.kind, frequencies, a.frequency_step, power));
    }
  }
}

/// The same, of the transform: re(k), im(k).
template <class Re, class Im>
void store_transform(const WindowSpectrumArgs& a, const SpectrumShape& shape, std::int64_t item, const Re& re,
                     const Im& im) {
  const std::int64_t frequencies = shape.frequencies(), nfft = shape.nfft;
  for (int i = 0; i < a.outputs; ++i) {
    const SpectrumOutput& o = a.output[i];
    if (o.kind != SpectrumKind::kTransform) continue;
    const std::int64_t base = item * (a.two_sided ? nfft : frequencies);
    for (std::int64_t k = 0; k < frequencies; ++k) {
      const double x = re(k) * a.amplitude, y = im(k) * a.amplitude;
      store(o, 2 * (base + k), x), store(o, 2 * (base + k) + 1, y);
      if (!a.two_sided || k == 0 || 2 * k == nfft) continue;
      store(o, 2 * (base + nfft - k), x), store(o, 2 * (base + nfft - k) + 1, -y);
    }
  }
}

}  // namespace sluice::SLUICE_BACKEND
