#include "apps/window_spectra.h"

#include "apps/frame/values.h"
#include "apps/window_values.h"

namespace sluice {

frame::Options spectrum_options(WindowOptions& options) {
  SpectrumOptions& o = options.spectrum;
  const char* group = "Spectra";
  return frame::Options{
      {{"--psd"},
       "",
       "power spectra, windows x channels x frequencies, as scipy.signal.spectrogram; with --segment as "
       "welch",
       group,
       [&o](const std::string&) { o.psd = true; }},
      {{"--stft"},
       "",
       "complex transforms of the windows, as scipy.signal.stft with boundary=None, padded=False",
       group,
       [&o](const std::string&) { o.stft = true; }},
      {{"--segment"},
       "N",
       "spectra are means over segments of N samples (or a time) of each window (Welch)",
       group,
       [&o](const std::string& v) { o.segment = length_of("--segment", v); }},
      {{"--overlap"},
       "N",
       "samples that a segment shares with the next; default: half of it",
       group,
       [&o](const std::string& v) { o.overlap = length_of("--overlap", v, true); }},
      {{"--taper"},
       "NAME",
       "boxcar, hann, hamming, blackman, tukey:A or kaiser:B; default: hann",
       group,
       [&o](const std::string& v) { o.taper = v; }},
      {{"--taper-symmetric"},
       "",
       "a taper that ends where it begins; default: periodic, as scipy.signal",
       group,
       [&o](const std::string&) { o.symmetric = true; }},
      {{"--detrend"},
       "WAY",
       "what is taken off each segment first: none, constant (its mean, the default) or linear (its line); "
       "with --stft the default is none",
       group,
       [&o](const std::string& v) { o.detrend = v; },
       {"none", "constant", "linear"}},
      {{"--scaling"},
       "WAY",
       "density (power per Hz, the default) or spectrum (power); with --stft the default is spectrum",
       group,
       [&o](const std::string& v) { o.scaling = v; },
       {"density", "spectrum"}},
      {{"--sided"},
       "WAY",
       "one (0 to half the rate, the default) or two (negative frequencies too)",
       group,
       [&o](const std::string& v) { o.sided = v; },
       {"one", "two"}},
      {{"--nfft"},
       "N",
       "length of a transform, zeros following the segment; default: the segment's",
       group,
       [&o](const std::string& v) { o.nfft = frame::parse_count("--nfft", v); }},
      {{"--band-power"},
       "LIST",
       "power in bands such as 0.5:4,4:8, each from a frequency up to another",
       group,
       [&o](const std::string& v) { o.bands = bands_of(v); }},
  };
}

}  // namespace sluice
