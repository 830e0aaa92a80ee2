#include "host/window/timed_cells.h"

#include <algorithm>

namespace sluice::window_detail {

using i64 = std::int64_t;

namespace {

/// A border in nanoseconds; one beyond what 64 bits hold is behind all samples.
i64 moment(const Times& t, i64 units) {
  const __int128 at = __int128(t.origin) + __int128(units) * t.unit;
  return i64(std::min<__int128>(at, INT64_MAX));
}

}  // namespace

TimedCells::TimedCells(const Times& times, const WindowGrid& grid, i64 cell, i64 capacity)
    : times_(times),
      grid_(grid),
      needed_(needed(grid)),
      capacity_(capacity),
      cell_(cell),
      bounds_(std::size_t(2 * capacity)) {}

i64 TimedCells::needed(const WindowGrid& g) {
  const i64 windows = g.windows();
  if (windows == 0) return 0;
  return std::min((windows - 1) * g.cells_a_step() + g.cells_a_window(), g.cell_of(g.samples - 1) + 1);
}

i64 TimedCells::start(const Times& t, const WindowGrid& g, i64 cell) {
  return moment(t, g.cell_start(cell));
}

i64 TimedCells::end(const Times& t, const WindowGrid& g, i64 cell) {
  return moment(t, g.step >= g.size ? cell * g.step + t.size / t.unit : g.cell_start(cell + 1));
}

bool TimedCells::take(const i64* times, i64 first, i64 n, bool last, const Limits& limits,
                      std::vector<WindowSegment>& out) {
  const i64 beyond = first + n;
  at_ = std::max(at_, first);
  const auto before = [&](i64 moment) {  // the first sample from at_ on that is not before it
    return std::lower_bound(times + (at_ - first), times + n, moment) - times + first;
  };
  while (cell_ < needed_) {
    i64* const bounds = &bounds_[std::size_t(2 * (cell_ % capacity_))];
    if (!open_) {
      if (cell_ >= limits.cell || is_full(out, limits)) return false;
      at_ = before(start(times_, grid_, cell_));
      if (at_ == beyond && !last) return true;  // it may begin with the next tile's first sample
      bounds[0] = at_;
      open_ = true, place_ = 0;
    }
    const i64 border = before(end(times_, grid_, cell_));
    const bool closes = border < beyond || last;
    while (at_ < border) {
      if (is_full(out, limits)) return false;
      const i64 next = std::min(border, (at_ / kWindowSegment + 1) * kWindowSegment);
      out.push_back({cell_, place_++, at_, next});
      at_ = next;
    }
    if (!closes) return true;
    if (place_ == 0) {
      if (is_full(out, limits)) return false;
      out.push_back({cell_, place_++, at_, at_});
    }
    bounds[1] = border;
    open_ = false;
    ++cell_;
  }
  return true;
}

void TimedCells::bounds(i64 window, i64* to) const {
  const i64 first = window * grid_.cells_a_step();
  const i64 last = std::min(first + grid_.cells_a_window(), needed_) - 1;
  to[0] = bounds_[std::size_t(2 * (first % capacity_))];
  to[1] = bounds_[std::size_t(2 * (last % capacity_) + 1)];
}

}  // namespace sluice::window_detail
