// Strided windows of a series: where they lie, the cells they are made of, and the arguments of the
// operations on them. Windows overlap, cells do not: every window is a run of whole cells, so each sample is
// reduced once and windows are merges of cells. All of it follows from (samples, size, step) alone, never
// from tiles.
#pragma once
#include <cstdint>

#include "kernels/dtype.h"

namespace sluice {

enum class Layout : std::int32_t;

enum class Partial : std::int32_t {
  kDrop = 0,  // only windows that fit
  kKeep = 1,  // every window that begins before the end, with the samples there are
  kPad = 2,   // the same windows; samples beyond the end count as NaN
};

/// Cells are reduced in segments of this many samples, merged in order; a tile of samples begins where a
/// segment does, or between cells.
inline constexpr std::int64_t kWindowSegment = 4096;

struct WindowSegment {
  std::int64_t cell, place;  // place: which of the cell's segments
  std::int64_t begin, end;   // samples; none where the series ends before
};

/// Window k covers samples [k step, k step + size).
struct WindowGrid {
  std::int64_t samples, size, step;  // all below 2^48; size and step at least 1
  Partial partial;

  constexpr std::int64_t windows() const {
    if (partial == Partial::kDrop) return samples >= size ? (samples - size) / step + 1 : 0;
    return samples > 0 ? (samples - 1) / step + 1 : 0;
  }
  constexpr std::int64_t start(std::int64_t window) const { return window * step; }
  /// One beyond the window's last sample that is there.
  constexpr std::int64_t end(std::int64_t window) const {
    return window * step + size < samples ? window * step + size : samples;
  }

  // Window starts and ends cut the series into cells: one or two a step.
  constexpr std::int64_t cells_a_step() const { return step >= size || size % step == 0 ? 1 : 2; }
  constexpr std::int64_t cells_a_window() const {
    return step >= size ? 1 : size % step == 0 ? size / step : 2 * (size / step) + 1;
  }
  constexpr std::int64_t cell_start(std::int64_t cell) const {
    return cells_a_step() == 1 ? cell * step : cell / 2 * step + cell % 2 * (size % step);
  }
  /// One beyond the cell's last sample; what lies between cells is in no window.
  constexpr std::int64_t cell_end(std::int64_t cell) const {
    const std::int64_t end = step >= size ? cell * step + size : cell_start(cell + 1);
    return end < samples ? end : samples;
  }
  /// The last cell that begins at or before the sample.
  constexpr std::int64_t cell_of(std::int64_t sample) const {
    if (cells_a_step() == 1) return sample / step;
    return 2 * (sample / step) + (sample % step >= size % step ? 1 : 0);
  }
  constexpr std::int64_t longest_cell() const {
    if (cells_a_step() == 1) return step < size ? step : size;
    const std::int64_t rest = size % step;
    return rest > step - rest ? rest : step - rest;
  }

  // Segments, numbered over the whole series.
  constexpr std::int64_t segments_a_step() const {
    return segments_of(0) + (cells_a_step() == 2 ? segments_of(1) : 0);
  }
  constexpr WindowSegment segment(std::int64_t number) const {
    const std::int64_t whole = number / segments_a_step(), rest = number % segments_a_step();
    const std::int64_t second = rest >= segments_of(0) ? 1 : 0;
    WindowSegment s{whole * cells_a_step() + second, rest - second * segments_of(0), 0, 0};
    s.begin = cell_start(s.cell) + s.place * kWindowSegment;
    const std::int64_t end = cell_end(s.cell);
    s.end = s.begin + kWindowSegment < end ? s.begin + kWindowSegment : end;
    return s;
  }
  /// The first segment that ends beyond the sample.
  constexpr std::int64_t segment_of(std::int64_t sample) const {
    const std::int64_t cell = cell_of(sample), within = (sample - cell_start(cell)) / kWindowSegment;
    const std::int64_t first = cell / cells_a_step() * segments_a_step(), second = cell % cells_a_step();
    const std::int64_t segments = segments_of(second);
    const std::int64_t number = first + second * segments_of(0) + (within < segments ? within : segments - 1);
    return segment(number).end <= sample ? number + 1 : number;
  }
  constexpr bool cells_are_segments() const { return longest_cell() <= kWindowSegment; }

 private:
  /// Of the first or the second cell of a step.
  constexpr std::int64_t segments_of(std::int64_t second) const {
    const std::int64_t length = cells_a_step() == 1 ? longest_cell()
                                : second == 0       ? size % step
                                                    : step - size % step;
    return (length + kWindowSegment - 1) / kWindowSegment;
  }
};

/// Windows of more cells than this are merged from running merges of blocks of cells (van Herk 1992, for any
/// associative state), which costs three merges a cell at any overlap.
inline constexpr std::int64_t kWindowFewCells = 12;

/// What a state of samples holds; a set of these.
enum WindowNeed : std::uint32_t {
  kNeedMean = 1,
  kNeedSquares = 2,  // with kNeedMean
  kNeedFourth = 4,   // third and fourth powers; with kNeedSquares
  kNeedRange = 8,
  kNeedPlaces = 16,  // of the extremes; with kNeedRange
  kNeedSlope = 32,   // with kNeedMean
  kNeedEnds = 64,    // first and last value
  kNeedSigns = 128,  // with kNeedEnds
  kNeedLine = 256,   // with kNeedEnds
};

/// Rows of a state: row f of channel c is state[f * channels + c]. -1: not held. The number of values that
/// are not NaN is row 0. Places and times count from the state's first sample; where samples have times of
/// their own, from the cell's start: a sample's number less that start.
struct WindowFields {
  std::int32_t fields = 1;
  std::int32_t mean = -1;     // origin (a value of the series), and the mean less it
  std::int32_t squares = -1;  // sum of squared deviations from the mean
  std::int32_t fourth = -1;   // of third and of fourth powers
  std::int32_t range = -1;    // least, greatest; infinite the wrong way round where there is no value
  std::int32_t places = -1;   // where they are first met
  std::int32_t slope = -1;    // mean time, squared deviations of times, products of both deviations
  std::int32_t ends = -1;     // first and last value
  std::int32_t signs = -1;    // changes of sign between neighbours; 0 counts as positive
  std::int32_t line = -1;     // sum of absolute differences of neighbours

  constexpr explicit WindowFields(std::uint32_t needs) {
    mean = take(needs & kNeedMean, 2);
    squares = take(needs & kNeedSquares, 1);
    fourth = take(needs & kNeedFourth, 2);
    range = take(needs & kNeedRange, 2);
    places = take(needs & kNeedPlaces, 2);
    slope = take(needs & kNeedSlope, 3);
    ends = take(needs & kNeedEnds, 2);
    signs = take(needs & kNeedSigns, 1);
    line = take(needs & kNeedLine, 1);
  }

 private:
  constexpr std::int32_t take(bool needed, std::int32_t rows) {
    if (!needed) return -1;
    const std::int32_t at = fields;
    fields += rows;
    return at;
  }
};

/// Channels that are taken together: blocks of a series' channels begin at multiples of this, so that the
/// order of sums does not depend on the blocks.
inline constexpr std::int64_t kWindowChannels = 32;

/// Samples of a tile, any type, as numbers: value * scale + offset.
struct WindowSamples {
  const void* source;  // device
  DType type;
  std::int32_t swapped;
  Layout layout;  // kObservations: the channels of a sample are contiguous
  std::int64_t channels;
  std::int64_t ld;           // elements between contiguous runs
  std::int64_t first, rows;  // samples [first, first + rows) of the series
  double scale, offset;
};

/// window_reduce: the states of the cells that lie in a tile, into a ring of states: that of cell j is at
/// states + j % capacity * fields * channels. A cell that began in an earlier tile is gone on with.
struct WindowReduceArgs {
  WindowSamples samples;  // begin and end at the borders of segments
  WindowGrid grid;
  std::uint32_t needs;
  double* states;  // device
  std::int64_t capacity;
  double* partials;  // device; a state for each segment of the tile

  // Where samples have times of their own, the grid counts a unit of time, and these say which samples of the
  // tile lie in which cell: in order, a cell's segments one after another, one without samples for a cell
  // that has none. Null: the grid's segments.
  const WindowSegment* segments = nullptr;  // device
  std::int64_t segment_count = 0;
  /// With kNeedSlope: of each sample of the tile, in that unit from its cell's start.
  const double* times = nullptr;  // device
};

enum class WindowStatistic : std::int32_t {
  kCount,
  kMean,
  kSum,
  kStd,
  kVar,
  kMin,
  kMax,
  kRange,
  kArgmin,
  kArgmax,
  kRms,
  kEnergy,
  kSkew,
  kKurtosis,
  kSlope,
  kZeroCrossings,
  kLineLength,
};

constexpr std::uint32_t needs_of(WindowStatistic s) {
  switch (s) {
    case WindowStatistic::kCount:
      return 0;
    case WindowStatistic::kMean:
    case WindowStatistic::kSum:
      return kNeedMean;
    case WindowStatistic::kStd:
    case WindowStatistic::kVar:
    case WindowStatistic::kRms:
    case WindowStatistic::kEnergy:
      return kNeedMean | kNeedSquares;
    case WindowStatistic::kSkew:
    case WindowStatistic::kKurtosis:
      return kNeedMean | kNeedSquares | kNeedFourth;
    case WindowStatistic::kMin:
    case WindowStatistic::kMax:
    case WindowStatistic::kRange:
      return kNeedRange;
    case WindowStatistic::kArgmin:
    case WindowStatistic::kArgmax:
      return kNeedRange | kNeedPlaces;
    case WindowStatistic::kSlope:
      return kNeedMean | kNeedSlope;
    case WindowStatistic::kZeroCrossings:
      return kNeedEnds | kNeedSigns;
    case WindowStatistic::kLineLength:
      return kNeedEnds | kNeedLine;
  }
  return 0;
}

/// What the statistics of a window mean where values are missing or few.
struct WindowRules {
  std::int64_t ddof;       // of std and var; NaN where the count is not above it
  std::int32_t omit_nan;   // 1: NaN are passed over; 0: a window with a NaN gives NaN (its count does not)
  std::int64_t min_count;  // with omit_nan: fewer values give NaN
  double samples_a_unit;   // slope is per unit: 1 for a sample, the rate for seconds
};

struct WindowOutput {
  WindowStatistic statistic;
  DType type;  // kFloat32 or kFloat64
  void* out;   // device; windows x channels, dense
};
inline constexpr int kWindowOutputs = 24;  // most outputs of a call

/// window_merge: statistics of windows [first, first + windows) from the states of their cells.
struct WindowMergeArgs {
  WindowGrid grid;
  std::int64_t padded_size;  // kPad: the size that was asked for (grid.size is at most grid.samples)
  std::uint32_t needs;
  std::int64_t channels;
  const double* states;
  std::int64_t capacity;
  double* scratch;  // device; as large as the ring; null where cells_a_window() <= kWindowFewCells
  std::int64_t first, windows;
  WindowRules rules;
  std::int32_t outputs;
  WindowOutput output[kWindowOutputs];
  /// Where samples have times of their own: of each of the windows its first sample and one beyond its last.
  const std::int64_t* bounds = nullptr;  // device; null: by the grid
};

}  // namespace sluice
