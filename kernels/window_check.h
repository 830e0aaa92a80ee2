// Checks of the arguments of the operations on windows, the same in every backend.
#pragma once
#include "kernels/backend.h"
#include "kernels/check.h"

namespace sluice::SLUICE_BACKEND {

inline void check_grid(const char* operation, const WindowGrid& g) {
  constexpr std::int64_t kMost = std::int64_t(1) << 48;
  if (g.samples < 0 || g.samples > kMost || g.size < 1 || g.size > kMost || g.step < 1 || g.step > kMost)
    fail(kBadArgument, "%s: windows of %lld samples every %lld of %lld", operation,
         static_cast<long long>(g.size), static_cast<long long>(g.step), static_cast<long long>(g.samples));
  if (g.partial < Partial::kDrop || g.partial > Partial::kPad)
    fail(kBadArgument, "%s: unknown way with partial windows %d", operation, int(g.partial));
}

/// A tile may begin and end where a segment does, and between cells.
inline bool at_segment(const WindowGrid& g, std::int64_t sample) {
  if (sample == 0 || sample >= g.samples) return true;
  const std::int64_t cell = g.cell_of(sample), start = g.cell_start(cell);
  return sample >= g.cell_end(cell) || (sample - start) % kWindowSegment == 0;
}

inline void check_samples(const char* operation, const WindowSamples& s) {
  check_type(operation, s.type);
  check_positive(operation, "channels", s.channels);
  check_positive(operation, "first", s.first);
  check_positive(operation, "rows", s.rows);
  check_ld(operation, "source", s.layout, s.channels, s.rows, s.ld);
  if (s.channels > 0 && s.rows > 0) check_pointer(operation, "source", s.source);
}

inline void check(const WindowReduceArgs& a) {
  check_grid("window_reduce", a.grid);
  check_samples("window_reduce", a.samples);
  if (a.samples.rows == 0 || a.samples.channels == 0) return;
  check_pointer("window_reduce", "states", a.states);
  check_pointer("window_reduce", "partials", a.partials);
  const std::int64_t first = a.samples.first, end = first + a.samples.rows;
  if (a.segments != nullptr) {
    check_positive("window_reduce", "segment_count", a.segment_count);
    if ((a.needs & kNeedSlope) != 0) check_pointer("window_reduce", "times", a.times);
    return;  // which cells they name is in device memory
  }
  if (end > a.grid.samples || !at_segment(a.grid, first) || !at_segment(a.grid, end))
    fail(kBadArgument, "window_reduce: samples %lld to %lld cut a segment of a cell",
         static_cast<long long>(first), static_cast<long long>(end));
  if (a.capacity < a.grid.cell_of(end - 1) - a.grid.cell_of(first) + 1)
    fail(kBadArgument, "window_reduce: a ring of %lld states does not hold the cells of %lld samples",
         static_cast<long long>(a.capacity), static_cast<long long>(a.samples.rows));
}

inline void check(const WindowMergeArgs& a) {
  check_grid("window_merge", a.grid);
  check_positive("window_merge", "channels", a.channels);
  check_positive("window_merge", "first", a.first);
  check_positive("window_merge", "windows", a.windows);
  if (a.outputs < 0 || a.outputs > kWindowOutputs)
    fail(kBadArgument, "window_merge: %d outputs: expected at most %d", a.outputs, kWindowOutputs);
  if (a.windows == 0 || a.channels == 0) return;
  if (a.first + a.windows > a.grid.windows())
    fail(kBadArgument, "window_merge: windows %lld to %lld of %lld", static_cast<long long>(a.first),
         static_cast<long long>(a.first + a.windows), static_cast<long long>(a.grid.windows()));
  check_pointer("window_merge", "states", a.states);
  const std::int64_t cells = a.grid.cells_a_window(), first = a.first * a.grid.cells_a_step();
  const std::int64_t beyond = first + (a.windows - 1) * a.grid.cells_a_step() + cells;
  const std::int64_t there = a.grid.cell_of(a.grid.samples - 1) + 1;  // cells that the series has
  if (a.capacity < (beyond < there ? beyond : there) - first)
    fail(kBadArgument, "window_merge: a ring of %lld states does not hold the cells of %lld windows",
         static_cast<long long>(a.capacity), static_cast<long long>(a.windows));
  if (cells > kWindowFewCells) check_pointer("window_merge", "scratch", a.scratch);
  if (a.rules.min_count < 0) fail(kBadArgument, "window_merge: min_count is negative");
  for (int i = 0; i < a.outputs; ++i) {
    if (a.output[i].statistic < WindowStatistic::kCount ||
        a.output[i].statistic > WindowStatistic::kLineLength)
      fail(kBadArgument, "window_merge: unknown statistic %d", int(a.output[i].statistic));
    if ((needs_of(a.output[i].statistic) & ~a.needs) != 0)
      fail(kBadArgument, "window_merge: the states lack what statistic %d needs", int(a.output[i].statistic));
    check_float("window_merge", a.output[i].type);
    check_pointer("window_merge", "out", a.output[i].out);
    if (reinterpret_cast<std::uintptr_t>(a.output[i].out) % size_of(a.output[i].type) != 0)
      fail(kBadArgument, "window_merge: output %d does not begin where its type may", i);
  }
}

}  // namespace sluice::SLUICE_BACKEND
