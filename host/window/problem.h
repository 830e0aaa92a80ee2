// What is asked for, with everything looked up: the opened series, sizes in samples, the output's files.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/machine.h"
#include "host/window.h"
#include "host/window/spectra.h"
#include "host/window/statistics.h"
#include "host/window/table.h"
#include "host/window/times.h"

namespace sluice::window_detail {

enum class OutputKind { kNone, kHdf5, kMatrix, kCsv };

/// Bytes of one output of a merge: the next begins where any type may.
inline std::int64_t aligned(std::int64_t bytes) {
  return (bytes + 7) / 8 * 8;
}

struct Problem {
  WindowOptions options;
  std::unique_ptr<MatrixSource> source;
  std::int64_t channels = 0;
  bool across = true;  // columns are the channels
  Layout layout = Layout::kObservations;
  WindowGrid grid{};
  std::int64_t asked_size = 0;  // grid.size is at most the series' length
  WindowRules rules{};
  std::vector<Statistic> statistics;  // that merge
  std::vector<Ordered> ordered;
  std::vector<Paired> paired;
  std::optional<Spectra> spectra;
  std::vector<Dataset> datasets;  // of all of them, as the result has them
  OutputKind output = OutputKind::kNone;

  std::vector<sys::Identity> identities;

  std::unique_ptr<Table> table;    // the input is separated values
  std::unique_ptr<Times> times;    // samples have times of their own
  std::vector<std::string> names;  // of the channels; empty: they have none
  std::int64_t samples = 0;
  DType window_type = DType::kFloat64;  // of windows that are written themselves
  std::vector<std::string> notes;       // on the input, for the user

  /// Windows are of time: the grid counts a unit of time, and no arithmetic says which samples they have.
  bool timed() const { return times != nullptr && !times->regular; }
  bool has_time() const { return times != nullptr || options.rate > 0; }
  /// Seconds at which a window begins; with has_time().
  double time(std::int64_t window) const {
    return times != nullptr ? times->seconds(times->start(window))
                            : double(grid.start(window)) / options.rate;
  }
  std::string channel_name(std::int64_t channel) const {
    return names.empty() ? std::to_string(channel) : names[std::size_t(channel)];
  }

  /// Samples [first, first + rows) of some channels, as a rectangle of the file.
  Rect rect(std::int64_t first, std::int64_t rows, std::int64_t channel, std::int64_t width) const {
    return across ? Rect{first, channel, rows, width} : Rect{channel, first, width, rows};
  }
  /// Of the input's files as they are now: other ones than `identities` where one has changed.
  std::vector<sys::Identity> identities_now() const;
  /// Where a tile may end: at or before `sample`, a border of segments; `sample` itself where none is in
  /// reach.
  std::int64_t border_before(std::int64_t sample) const;
};

struct Opening {
  const RunOptions& run;
  bool plan = false;  // values are not wanted: of a table only what it holds is looked for, and its times
  std::function<void(const Problem&)> before_reading;  // a table's values: what should be refused till then
};

/// Reads headers, and tables. Error{kUsage}: sizes that are none, a time without a rate, options that exclude
/// each other; Error{kInput}: what open_matrix() refuses, a series shorter than a window.
Problem open_problem(const WindowOptions& options, const Opening& opening);

/// A whole number of samples; a time is one where the rate makes it one, to within rounding. Error{kUsage}.
std::int64_t samples_of(const char* option, const WindowLength& length, double rate);

/// Everything that the bytes of the result depend on, a "key: value" a line.
std::string fingerprint(const Problem& problem, const Machine& machine);

/// "step 5000 is beyond the size: samples between windows are in none" and its likes.
std::vector<std::string> advice(const Problem& problem);

}  // namespace sluice::window_detail
