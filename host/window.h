// Statistics of overlapping windows of a multichannel series larger than memory, file to file. The operation
// is in host/window/: statistics.h (their names), problem.h (what is asked for), plan.h (arithmetic),
// engine.h (the loop over tiles), whole.h (the same for what looks at whole windows), passes.h (which is made
// in which), view.h (windows without copies, for callers who compute themselves).
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "host/formats/csv/detect.h"
#include "host/matrix.h"
#include "host/run.h"
#include "kernels/backend.h"

namespace sluice {

/// A number of samples, or a time that a rate turns into one.
struct WindowLength {
  double value = 0;
  bool seconds = false;
  std::string text;  // as typed, for messages
};

/// Spectra of windows, with the numbers of scipy.signal; what is not given has scipy's default.
struct SpectrumOptions {
  bool psd = false;                              // periodograms, or with segments Welch's means
  bool stft = false;                             // complex transforms
  std::optional<WindowLength> segment, overlap;  // within a window; default: the window, half a segment
  std::optional<std::int64_t> nfft;              // zeros follow a segment; default: none
  std::optional<std::string> taper;              // "hann", "tukey:0.25"; default: hann
  bool symmetric = false;                        // the taper ends where it begins, in place of periodic
  std::optional<std::string> detrend;            // none, constant, linear; default: constant, of stft none
  std::optional<std::string> scaling;            // density, spectrum; default: density, of stft spectrum
  std::optional<std::string> sided;              // one, two; default: one
  std::vector<std::pair<double, double>> bands;  // power in lo <= frequency < hi
};

struct WindowOptions {
  std::string input;
  OpenOptions input_options;
  bool channels_are_rows = false;  // channel-major: a channel's samples are a row
  csv::Input table;                // a file of separated values; its path is not used
  WindowLength size, step;         // step 0: the size
  double rate = 0;                 // samples a second; 0: what the file says, or not known
  std::string time;    // samples have times of their own: a table's column, or a file of one number a sample
  std::string origin;  // with `time`: where the first window begins; empty: at the first sample
  Partial partial = Partial::kDrop;
  double scale = 1, scale_offset = 0;     // value * scale + offset, of integers above all
  std::vector<std::string> statistics;    // names; empty: mean, std, min, max
  std::int64_t ddof = 0;                  // of std, var and cov
  bool omit_nan = false;                  // NaN are passed over instead of making a window NaN
  std::optional<std::int64_t> min_count;  // with omit_nan; default 1
  bool materialize = false;               // the windows themselves in place of statistics: .npy, .h5, raw
  SpectrumOptions spectrum;
  std::string output;   // .h5/.hdf5, .npy and raw (one statistic), .csv
  std::string picture;  // .png, .svg, .pdf: the statistics over time; empty: none
  int picture_width = 1200, picture_height = 1000;
};

struct WindowOutputFacts {
  std::string statistic, dtype;
  std::int64_t rows = 0, columns = 0, values = 1;  // values: of a window and channel
  std::uint64_t bytes = 0;
};

/// A pass over the series.
struct WindowPass {
  std::string kind;  // "merged": states of pieces; "whole windows"; "both"
  std::int64_t tile_samples = 0, tiles = 0;
};

/// What will be done, from arithmetic alone.
struct WindowPlan {
  MatrixInfo input;
  std::int64_t samples = 0, channels = 0, size = 0, step = 0, windows = 0;
  double rate = 0;
  bool timed = false;  // windows are of time: size and step count no samples, the view has no shape
  double size_seconds = 0, step_seconds = 0;         // timed
  std::array<std::int64_t, 3> shape{}, strides{};    // of the view of complete windows, bytes
  std::uint64_t shared_bytes = 0, copied_bytes = 0;  // of the view
  std::vector<WindowOutputFacts> outputs;
  std::uint64_t output_bytes = 0, disk_free = 0;
  std::int64_t cells_a_window = 0, longest_cell = 0;  // windows are merged from these
  std::vector<WindowPass> passes;
  std::int64_t tile_samples = 0, tiles = 0;     // of the first pass; of all
  std::uint64_t memory = 0, device_memory = 0;  // bytes that the plan holds
  std::string device;
  std::vector<std::string> notes, advice;
};

struct WindowSummary {
  WindowPlan plan;
  RunSummary run;
  std::string format;
  std::int64_t windows_resumed = 0;
  std::vector<std::string> open_hints;  // "h5py.File('W.h5')['mean']"
  std::string picture_note;             // what of the result the picture does not show
};

/// Names of all statistics, in the order of help texts.
std::vector<std::string> window_statistics();

/// The plan alone; reads headers, and of tables what they hold. Errors as window(). Without an output, none
/// is planned for.
WindowPlan plan_window(const WindowOptions&, const RunOptions&);
/// The same without a fit to memory: where none is, `advice` says so and there are no tiles.
WindowPlan estimate_window(const WindowOptions&, const RunOptions&);

/// Error kinds: kUsage, kInput, kOutput, kMemory, kDevice, kInterrupted.
WindowSummary window(const WindowOptions&, const RunOptions&);

}  // namespace sluice
