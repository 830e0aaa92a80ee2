// What is asked for, with everything looked up: the opened series, sizes in samples, the output's files.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "host/machine.h"
#include "host/window.h"
#include "host/window/spectra.h"
#include "host/window/statistics.h"

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

  /// Samples [first, first + rows) of some channels, as a rectangle of the file.
  Rect rect(std::int64_t first, std::int64_t rows, std::int64_t channel, std::int64_t width) const {
    return across ? Rect{first, channel, rows, width} : Rect{channel, first, width, rows};
  }
  /// Where a tile may end: at or before `sample`, a border of segments; `sample` itself where none is in
  /// reach.
  std::int64_t border_before(std::int64_t sample) const;
};

/// Reads headers only. Error{kUsage}: sizes that are none, a time without a rate, options that exclude each
/// other; Error{kInput}: what open_matrix() refuses, a series shorter than a window.
Problem open_problem(const WindowOptions& options);

/// A whole number of samples; a time is one where the rate makes it one, to within rounding. Error{kUsage}.
std::int64_t samples_of(const char* option, const WindowLength& length, double rate);

/// Everything that the bytes of the result depend on, a "key: value" a line.
std::string fingerprint(const Problem& problem, const Machine& machine);

/// "step 5000 is beyond the size: samples between windows are in none" and its likes.
std::vector<std::string> advice(const Problem& problem);

}  // namespace sluice::window_detail
