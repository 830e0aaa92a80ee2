// Checks of the arguments of window_spectrum, the same in every backend.
#pragma once
#include "kernels/window_check.h"

namespace sluice::SLUICE_BACKEND {

inline void check(const SpectrumShape& s) {
  if (s.size < 1 || s.segment < 1 || s.segment > s.size || s.hop < 1 || s.nfft < s.segment ||
      s.nfft > kSpectrumMost)
    fail(kBadArgument,
         "window_spectrum: transforms of %lld with segments of %lld every %lld in windows of %lld",
         static_cast<long long>(s.nfft), static_cast<long long>(s.segment), static_cast<long long>(s.hop),
         static_cast<long long>(s.size));
  if (s.detrend < Detrend::kNone || s.detrend > Detrend::kLinear)
    fail(kBadArgument, "window_spectrum: unknown way to detrend %d", int(s.detrend));
  check_type("window_spectrum", s.type);
}

inline void check_output(const WindowSpectrumArgs& a, const SpectrumOutput& o, const SpectrumShape& shape) {
  if (o.kind < SpectrumKind::kPower || o.kind > SpectrumKind::kEntropy)
    fail(kBadArgument, "window_spectrum: unknown output %d", int(o.kind));
  check_float("window_spectrum", o.type);
  check_pointer("window_spectrum", "out", o.out);
  if (reinterpret_cast<std::uintptr_t>(o.out) % size_of(o.type) != 0)
    fail(kBadArgument, "window_spectrum: an output does not begin where its type may");
  if (o.kind == SpectrumKind::kTransform && shape.segments() != 1)
    fail(kBadArgument, "window_spectrum: the transform of a window has one segment, found %lld",
         static_cast<long long>(shape.segments()));
  if (o.kind != SpectrumKind::kBandPower) return;
  if (a.bands < 1 || a.bands > kSpectrumBands)
    fail(kBadArgument, "window_spectrum: %d bands: expected 1 to %d", a.bands, kSpectrumBands);
  for (int b = 0; b < a.bands; ++b)
    if (a.of_band[b].first < 0 || a.of_band[b].last < a.of_band[b].first ||
        a.of_band[b].last > shape.frequencies())
      fail(kBadArgument, "window_spectrum: band %d is not within the frequencies", b);
}

inline void check(const WindowSpectrumArgs& a, const SpectrumShape& shape) {
  check_grid("window_spectrum", a.grid);
  check_samples("window_spectrum", a.samples);
  check_positive("window_spectrum", "first", a.first);
  check_positive("window_spectrum", "windows", a.windows);
  if (a.outputs < 0 || a.outputs > kSpectrumOutputs)
    fail(kBadArgument, "window_spectrum: %d outputs: expected at most %d", a.outputs, kSpectrumOutputs);
  for (int i = 0; i < a.outputs; ++i) check_output(a, a.output[i], shape);
  if (a.windows == 0 || a.samples.channels == 0) return;
  if (a.samples.type != shape.type)
    fail(kBadArgument, "window_spectrum: the plan is for %s, the samples are %s", name_of(shape.type),
         name_of(a.samples.type));
  if (a.grid.partial == Partial::kKeep)
    fail(kBadArgument, "window_spectrum: windows have one length: expected drop or pad");
  const std::int64_t last = a.first + a.windows - 1;
  if (last >= a.grid.windows() || a.grid.start(a.first) < a.samples.first ||
      a.grid.end(last) > a.samples.first + a.samples.rows)
    fail(kBadArgument, "window_spectrum: windows %lld to %lld are not within the tile",
         static_cast<long long>(a.first), static_cast<long long>(last));
}

}  // namespace sluice::SLUICE_BACKEND
