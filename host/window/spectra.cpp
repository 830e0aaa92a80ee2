#include "host/window/spectra.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/units.h"
#include "host/window/problem.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;

[[noreturn]] void refuse(const std::string& what, const std::string& advice = "") {
  throw Error(ErrorKind::kUsage, what, advice);
}

/// The first of the options that mean nothing without a spectrum.
std::string orphan(const SpectrumOptions& o) {
  if (o.segment) return "--segment";
  if (o.overlap) return "--overlap";
  if (o.nfft) return "--nfft";
  if (o.taper) return "--taper";
  if (o.symmetric) return "--taper-symmetric";
  if (o.detrend) return "--detrend";
  if (o.scaling) return "--scaling";
  if (o.sided) return "--sided";
  return "";
}

void check(const WindowOptions& o, const Statistics& found) {
  const SpectrumOptions& s = o.spectrum;
  if (s.psd && s.stft)
    refuse("--psd, --stft: expected one of the two: they detrend and scale differently", "run twice");
  if (o.omit_nan)
    refuse("--nan omit: a spectrum takes all samples of a window", "a NaN makes its spectrum NaN");
  if (o.partial == Partial::kKeep)
    refuse("--partial keep: spectra are of windows of one length", "give --partial drop, or pad (NaN)");
  if (s.overlap && !s.segment)
    refuse("--overlap: goes with --segment", "for example --segment 256 --overlap 128");
  if (s.stft && s.segment) refuse("--segment: a window of --stft is one segment", "give --size and --step");
  if (!s.psd && !s.stft && s.sided && *s.sided == "two")
    refuse("--sided two: goes with --psd or --stft; other numbers are of the one-sided spectrum");
  if (s.bands.empty() && !s.psd && !s.stft && found.spectral.empty()) refuse("no spectrum is asked for");
}

void set_shape(const WindowOptions& o, i64 size, DType input, Spectra& spectra) {
  const SpectrumOptions& s = o.spectrum;
  const i64 segment = s.segment ? samples_of("--segment", *s.segment, o.rate) : size;
  if (segment > size)
    refuse("--segment " + std::to_string(segment) + ": expected at most the window's " +
           std::to_string(size) + " samples");
  i64 overlap = s.segment ? segment / 2 : 0;
  if (s.overlap) {
    const bool none = s.overlap->value == 0;
    overlap = none ? 0 : samples_of("--overlap", *s.overlap, o.rate);
    if (overlap >= segment)
      refuse("--overlap " + std::to_string(overlap) + ": expected less than the segment's " +
             std::to_string(segment) + " samples");
  }
  const i64 nfft = s.nfft ? *s.nfft : segment;
  if (nfft < segment)
    refuse("--nfft " + std::to_string(nfft) + ": expected at least the segment's " + std::to_string(segment) +
           " samples");
  if (nfft > kSpectrumMost)
    refuse("a transform of " + std::to_string(nfft) + " samples: expected at most " +
               std::to_string(kSpectrumMost),
           "give --segment, or a smaller --size");
  const std::string way = s.detrend ? *s.detrend : s.stft ? "none" : "constant";
  spectra.shape = {size,
                   segment,
                   segment - overlap,
                   nfft,
                   way == "none"       ? Detrend::kNone
                   : way == "constant" ? Detrend::kConstant
                                       : Detrend::kLinear,
                   input};
}

/// Frequencies k with lo <= k rate / nfft < hi.
void set_bands(const WindowOptions& o, Spectra& spectra) {
  const double step = spectra.rate / double(spectra.shape.nfft);
  const std::string unit = o.rate > 0 ? " Hz" : " cycles per sample";
  if (o.spectrum.bands.size() > std::size_t(kSpectrumBands))
    refuse("--band-power: " + std::to_string(o.spectrum.bands.size()) + " bands: expected at most " +
           std::to_string(kSpectrumBands));
  for (const auto& [low, high] : o.spectrum.bands) {
    SpectrumBand band{0, 0};
    while (band.first < spectra.shape.frequencies() && spectra.frequency(band.first) < low) ++band.first;
    band.last = band.first;
    while (band.last < spectra.shape.frequencies() && spectra.frequency(band.last) < high) ++band.last;
    if (band.first == band.last)
      refuse("--band-power " + number(low) + ":" + number(high) + ": holds no frequency: they are " +
                 number(step) + unit + " apart, up to " + number(spectra.rate / 2),
             "give a wider band, longer windows, or --nfft");
    spectra.bands.push_back(band);
  }
}

}  // namespace

double Spectra::frequency(i64 k) const {
  const i64 n = shape.nfft;
  return double(two_sided && k > (n - 1) / 2 ? k - n : k) * rate / double(n);
}

std::optional<Spectra> open_spectra(const WindowOptions& o, i64 size, DType input, DType result,
                                    Statistics& found) {
  const SpectrumOptions& s = o.spectrum;
  if (!s.psd && !s.stft && s.bands.empty() && found.spectral.empty()) {
    const std::string option = orphan(s);
    if (!option.empty())
      refuse(option + ": goes with a spectrum", "give --psd, --stft, --band-power or --stats centroid");
    return std::nullopt;
  }
  check(o, found);
  Spectra spectra;
  spectra.rate = o.rate > 0 ? o.rate : 1;
  set_shape(o, size, input, spectra);
  set_bands(o, spectra);  // of the one-sided spectrum
  spectra.taper = parse_taper(s.taper.value_or("hann"));
  spectra.symmetric = s.symmetric;
  spectra.two_sided = s.sided && *s.sided == "two";
  spectra.density = s.scaling ? *s.scaling == "density" : !s.stft;
  spectra.taper_values = taper_values(spectra.taper, s.symmetric, spectra.shape.segment);
  double sum = 0;
  for (const double w : spectra.taper_values) sum += w;
  if (!(sum > 0))
    refuse("--taper " + spectra.taper.name + ": is 0 for segments of " +
               std::to_string(spectra.shape.segment) + (spectra.shape.segment == 1 ? " sample" : " samples"),
           "give longer ones, or no --taper-symmetric");
  const auto add = [&](const char* name, SpectrumKind kind, i64 values, bool complex) {
    spectra.outputs.push_back({kind, int(found.datasets.size())});
    Dataset dataset{name, result, values};
    dataset.cube = true, dataset.complex = complex;
    found.datasets.push_back(dataset);
  };
  if (s.psd) add("psd", SpectrumKind::kPower, spectra.frequencies(), false);
  if (s.stft) add("stft", SpectrumKind::kTransform, 2 * spectra.frequencies(), true);
  if (!s.bands.empty()) add("band_power", SpectrumKind::kBandPower, i64(s.bands.size()), false);
  for (const Spectral& one : found.spectral) spectra.outputs.push_back({one.kind, one.dataset});
  return spectra;
}

std::vector<std::pair<std::string, std::string>> describe(const Spectra& s) {
  const Detrend way = s.shape.detrend;
  return {{"taper", s.taper.name},
          {"taper_symmetric", s.symmetric ? "yes" : "no"},
          {"detrend", way == Detrend::kNone       ? "none"
                      : way == Detrend::kConstant ? "constant"
                                                  : "linear"},
          {"scaling", s.density ? "density" : "spectrum"},
          {"sided", s.two_sided ? "two" : "one"},
          {"segment", std::to_string(s.shape.segment)},
          {"overlap", std::to_string(s.shape.segment - s.shape.hop)},
          {"nfft", std::to_string(s.shape.nfft)}};
}

}  // namespace sluice::window_detail
