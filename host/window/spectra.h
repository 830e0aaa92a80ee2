// Spectra of windows: what is asked for with everything looked up (lengths in samples, scaling, bands in
// frequencies), the datasets it makes, and the operation of the pass over whole windows.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/machine.h"
#include "host/window.h"
#include "host/window/statistics.h"
#include "host/window/taper.h"

namespace sluice::window_detail {

struct Problem;
class WholeOperation;

struct Spectra {
  SpectrumShape shape{};
  Taper taper;
  bool symmetric = false, two_sided = false, density = true;
  double rate = 1;  // samples a second, or a sample
  std::vector<double> taper_values;
  std::vector<SpectrumBand> bands;
  struct Output {
    SpectrumKind kind;
    int dataset;
  };
  std::vector<Output> outputs;

  std::int64_t frequencies() const { return two_sided ? shape.nfft : shape.frequencies(); }
  /// The frequency of number k of a spectrum, as numpy.fft.fftfreq has them.
  double frequency(std::int64_t k) const;
};

/// Reads the options and adds what they make to `found`. None where no spectrum is asked for.
/// `size`: samples of a window. Error{kUsage}: options that go without a spectrum, or exclude each other,
/// lengths that do not fit, a band without a frequency.
std::optional<Spectra> open_spectra(const WindowOptions& options, std::int64_t size, DType input,
                                    DType result, Statistics& found);

/// "key: value" lines of all that the bytes depend on.
std::vector<std::pair<std::string, std::string>> describe(const Spectra& spectra);

std::unique_ptr<WholeOperation> spectrum_operation(const Problem& problem, const Machine& machine);

}  // namespace sluice::window_detail
