// Spectra of windows: what a transform is, and the arguments of the operation. Numbers are scipy.signal's;
// everything that depends on the lengths alone (taper, twiddles, the device's own plan) is made once, as a
// SpectrumPlan.
#pragma once
#include <cstdint>

#include "kernels/window.h"

namespace sluice {

/// What is taken off a segment before its transform.
enum class Detrend : std::int32_t {
  kNone = 0,
  kConstant = 1,  // its mean
  kLinear = 2,    // its line of least squares
};

/// A window's segments: segment s has the window's samples [s hop, s hop + segment), tapered and followed by
/// zeros up to nfft.
struct SpectrumShape {
  std::int64_t size;     // samples of a window, below 2^31 as the others
  std::int64_t segment;  // at most size
  std::int64_t hop;      // at least 1
  std::int64_t nfft;     // at least segment
  Detrend detrend;
  DType type;  // of the samples: transforms of float32 may be made in float32

  constexpr std::int64_t segments() const { return (size - segment) / hop + 1; }
  constexpr std::int64_t frequencies() const { return nfft / 2 + 1; }  // 0 to half the rate
};
inline constexpr std::int64_t kSpectrumMost = std::int64_t(1) << 28;  // longest transform

struct SpectrumPlan;  // a backend's own

enum class SpectrumKind : std::int32_t {
  kPower,      // windows x channels x frequencies
  kTransform,  // the same, complex: pairs of real and imaginary part; of a single segment
  kBandPower,  // windows x channels x bands
  kCentroid,   // windows x channels, as the next ones
  kPeakFrequency,
  kEntropy,
};

/// A device array that is dense in the order of its kind, of kFloat32 or kFloat64.
struct SpectrumOutput {
  SpectrumKind kind;
  DType type;
  void* out;
};
inline constexpr int kSpectrumOutputs = 6;  // most outputs of a call

/// Frequencies [first, last) of the one-sided spectrum.
struct SpectrumBand {
  std::int64_t first, last;
};
inline constexpr int kSpectrumBands = 32;  // most bands of a call

/// window_spectrum: spectra of windows [first, first + windows), whose samples lie in the tile; those beyond
/// the series' end are NaN. With X the transform of a segment, P[k] is the mean over segments of
/// |X[k]|^2, twice that but at 0 and at half the rate (the one-sided spectrum). A window with a value
/// that is not finite has NaN everywhere.
///   kPower      P * power; two-sided: half of it, but at 0 and at half the rate, for k and nfft - k
///   kTransform  X * amplitude; two-sided: X[nfft - k] is the conjugate of X[k]
///   kBandPower  the sum over the band's frequencies of P * band
///   kCentroid   sum(f P) / sum(P), f = k * frequency_step; NaN where sum(P) is 0, as the next ones
///   kPeakFrequency  f of the first greatest P
///   kEntropy    -sum(p log p), p = P / sum(P), the natural logarithm
/// Outputs depend on the window alone: never on the tile or on who computes it.
struct WindowSpectrumArgs {
  WindowSamples samples;
  WindowGrid grid;
  SpectrumPlan* plan;  // of this context; destroyed after the queue has finished
  std::int64_t first, windows;
  std::int32_t two_sided;  // of kPower and kTransform: nfft frequencies in the order 0, 1, ..., -2, -1
  double power, amplitude, band, frequency_step;
  std::int32_t outputs, bands;
  SpectrumOutput output[kSpectrumOutputs];
  SpectrumBand of_band[kSpectrumBands];
};

}  // namespace sluice
