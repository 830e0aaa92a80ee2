// Samples that have times of their own: times as nanoseconds, what is wrong with some, and what all of them
// say: where the series begins and ends, and whether they are equally spaced.
//
// The grid of windows then counts a unit of time, the greatest that divides size and step, from the origin;
// cells are runs of samples between its borders.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "host/matrix.h"
#include "host/spill.h"
#include "host/window.h"

namespace sluice::window_detail {

/// Numbers to nanoseconds, and their order, row by row (counted from 1).
class TimeCheck {
 public:
  /// Error{kInput}: NaN, or beyond +- 292 years.
  std::int64_t nanoseconds(double seconds, const std::string& file, const std::string& column,
                           std::int64_t row) const;
  /// Error{kInput}: a time before that of the row before.
  void follows(std::int64_t time, const std::string& file, const std::string& column, std::int64_t row);
  [[noreturn]] void refuse_missing(const std::string& file, const std::string& column,
                                   std::int64_t row) const;

 private:
  std::int64_t last_ = INT64_MIN;
};

/// A file of one number a sample, in seconds, as nanoseconds beside `beside`.
std::shared_ptr<const Spill> read_times(const std::string& path, std::int64_t samples,
                                        const std::string& beside);

struct Times {
  std::shared_ptr<const Spill> spill;  // int64 nanoseconds, one a sample, ascending
  bool iso = false, zoned = false;     // since 1970 (of UTC where zoned); else seconds as the column has them
  std::int64_t samples = 0;
  std::int64_t first = 0, last = 0;
  std::int64_t interval = 0;  // the median of those between neighbours, rounded down; 1 at least
  bool even = false;          // all intervals are the same, and not 0
  std::int64_t origin = 0, size = 0, step = 0;
  std::int64_t unit = 1;  // nanoseconds of the grid's unit
  /// Windows are of equally many samples, the first of which begins one: the grid counts samples.
  bool regular = false;

  /// A time as outputs have it.
  double seconds(std::int64_t nanoseconds) const;
  /// The start of a window, in nanoseconds. The product alone may be beyond 64 bits where the origin is
  /// negative.
  std::int64_t start(std::int64_t window) const {
    return std::int64_t(__int128(origin) + __int128(window) * step);
  }
  /// The first sample that is not before a time.
  std::int64_t sample_at(std::int64_t time) const;
};

/// Looks through the spilled times: extremes and the median interval.
void survey(Times& times);

/// What can be said of sizes before any time is read. Error{kUsage}: they are no times.
void check_lengths(const WindowOptions& options);

/// Sets origin, size, step, unit, regular. Error{kUsage}: what check_lengths() refuses, an origin that is
/// none or behind the series.
void place(Times& times, const WindowOptions& options);

/// The grid of windows, in samples or units; one that is cut off at the series' end, which is the last
/// time plus the median interval.
WindowGrid grid_of(const Times& times, Partial partial);

/// "2024-03-05T12:00:00", "17.5 s".
std::string text_of(const Times& times, std::int64_t nanoseconds);

}  // namespace sluice::window_detail
