// Series of many channels, samples x channels, of which any tile can be made alone: noise, ramps, sines. The
// same file at any number of threads and on every backend.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "host/machine.h"
#include "host/run.h"

namespace sluice {

struct SeriesChannel {
  enum class Kind { kNormal, kUniform, kGamma, kRamp, kConstant, kSine };
  Kind kind = Kind::kNormal;
  double value = 1;  // constant: what it is; sine: its frequency in Hz
};

struct GenerateSeriesOptions {
  double rate = 0;               // samples a second
  std::int64_t samples = 0;      // or
  double days = 0;               // a time, which the rate turns into samples
  DType type = DType::kFloat64;  // float32: of float64 numbers, rounded
  std::vector<SeriesChannel> channels;
  std::uint64_t seed = 0;
  std::string output;  // .npy, .h5, else raw
};

struct GenerateSeriesSummary {
  RunSummary run;
  std::int64_t samples = 0;
  std::uint64_t bytes = 0;
  std::string format, open_hint;
};

struct GenerateSeriesPlan {
  std::int64_t samples = 0;
  std::uint64_t bytes = 0, disk_free = 0;
};

/// normal, uniform, gamma, ramp, constant, constant:VALUE, sine:FREQUENCY. Error{kUsage} names the part that
/// makes no sense.
std::vector<SeriesChannel> parse_series_channels(const std::string& text);
std::string text_of(const std::vector<SeriesChannel>& channels);

/// Error{kUsage}: no samples, no whole number of them, more than a file can hold.
GenerateSeriesPlan plan_generate_series(const GenerateSeriesOptions&);
GenerateSeriesSummary generate_series(const GenerateSeriesOptions&, const RunOptions&);

}  // namespace sluice
