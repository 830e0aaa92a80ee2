// Spectra of a few windows and channels, compiled for two vector levels: what window_spectrum.cpp asks of
// either.
#pragma once
#include "kernels/backend.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

struct SpectrumLevel {
  int lanes;  // windows and channels of a group
  std::int64_t (*bytes)(const SpectrumShape&);
  /// Transform and buffers of one thread.
  void* (*create)(const SpectrumShape&);
  void (*destroy)(void* work);
  /// Group `number` of a call's windows and channels, to the call's outputs.
  void (*take)(const WindowSpectrumArgs&, const SpectrumShape&, const double* taper, void* work,
               std::int64_t number);
};

SpectrumLevel narrow_spectrum();
/// For Level::kV4; the narrow one where the compiler does not make it.
SpectrumLevel wide_spectrum();

}  // namespace sluice::SLUICE_BACKEND
