// Runs of samples between the borders of cells, where samples have times of their own: tiles of times go in
// one after another, segments of cells come out. Segments end at the borders of cells and at multiples of
// kWindowSegment samples, so that no tile's end cuts one.
#pragma once
#include <cstdint>
#include <vector>

#include "host/window/times.h"
#include "kernels/window.h"

namespace sluice::window_detail {

class TimedCells {
 public:
  /// Cells from `cell` on; bounds of `capacity` of them are kept.
  TimedCells(const Times& times, const WindowGrid& grid, std::int64_t cell, std::int64_t capacity);

  /// How many cells the windows need, from the first of all.
  static std::int64_t needed(const WindowGrid& grid);
  /// When a cell begins and ends, in nanoseconds.
  static std::int64_t start(const Times& times, const WindowGrid& grid, std::int64_t cell);
  static std::int64_t end(const Times& times, const WindowGrid& grid, std::int64_t cell);

  struct Limits {
    std::int64_t cell;     // no cell from this one on is begun
    std::size_t segments;  // that `out` may hold
  };
  /// Goes on in the tile of samples [first, first + n), the last one of all where `last` is set. False where
  /// a limit was met: call again with the same tile. A cell is closed when all its samples have come.
  bool take(const std::int64_t* times, std::int64_t first, std::int64_t n, bool last, const Limits& limits,
            std::vector<WindowSegment>& out);
  /// Cells before this one are closed.
  std::int64_t closed() const { return cell_; }
  /// Samples of a window whose cells are closed: the first, and one beyond the last.
  void bounds(std::int64_t window, std::int64_t* to) const;

 private:
  bool is_full(const std::vector<WindowSegment>& out, const Limits& limits) const {
    return out.size() >= limits.segments;
  }
  const Times& times_;
  const WindowGrid& grid_;
  std::int64_t needed_, capacity_, cell_;
  std::vector<std::int64_t> bounds_;  // of cell j at 2 (j % capacity)
  bool open_ = false;
  std::int64_t place_ = 0, at_ = 0;  // segments of the open cell; samples before this one are dealt with
};

}  // namespace sluice::window_detail
