// window_reduce on the CPU: threads take segments of cells, for up to 32 channels at a time; a segment is its
// blocks, merged in order, and a cell its segments.
#include <omp.h>

#include <algorithm>
#include <type_traits>

#include "kernels/cpu/window_block.h"
#include "kernels/cpu/workers.h"
#include "kernels/elements.h"

namespace sluice::SLUICE_BACKEND {
namespace {

constexpr int kChannels = WindowBlock::kChannels;

template <class T, bool kSwapped>
class Reduction {
 public:
  Reduction(Workers& workers, const WindowReduceArgs& a)
      : workers_(workers),
        a_(a),
        s_(a.samples),
        block_(a.needs),
        fields_(block_.fields().fields),
        timed_(a.segments != nullptr),
        first_(timed_ ? 0 : a.grid.segment_of(s_.first)),
        end_(a.segment_count),
        groups_((s_.channels + kChannels - 1) / kChannels) {
    if (timed_) return;
    // The last segment that begins in the tile.
    end_ = a.grid.segment_of(s_.first + s_.rows - 1);
    if (a.grid.segment(end_).begin < s_.first + s_.rows) ++end_;
  }

  void run() { timed_ ? run_timed() : run_grid(); }

 private:
  void run_grid() const {
    const std::int64_t chunk = std::max<std::int64_t>(1, kWindowSegment / a_.grid.longest_cell());
#pragma omp parallel for schedule(dynamic, chunk) num_threads(workers_.threads())
    for (std::int64_t task = 0; task < (end_ - first_) * groups_; ++task) {
      const std::int64_t number = first_ + task / groups_, channel = task % groups_ * kChannels;
      const WindowSegment segment = a_.grid.segment(number);
      reduce(segment, channel,
             a_.grid.cells_are_segments() ? cell(segment.cell, channel) : part(number, channel));
    }
    if (a_.grid.cells_are_segments()) return;
    const std::int64_t first = a_.grid.segment(first_).cell, last = a_.grid.segment(end_ - 1).cell;
#pragma omp parallel for schedule(static) num_threads(workers_.threads())
    for (std::int64_t task = 0; task < (last - first + 1) * groups_; ++task)
      join(first + task / groups_, task % groups_ * kChannels);
  }

  /// Segments where the times of the samples cut them: the first of a cell is its state, others are merged
  /// into it.
  void run_timed() const {
#pragma omp parallel for schedule(dynamic, 4) num_threads(workers_.threads())
    for (std::int64_t task = 0; task < end_ * groups_; ++task) {
      const WindowSegment segment = a_.segments[task / groups_];
      const std::int64_t channel = task % groups_ * kChannels;
      reduce(segment, channel,
             segment.place == 0 ? cell(segment.cell, channel) : part(task / groups_, channel));
    }
#pragma omp parallel for schedule(static) num_threads(workers_.threads())
    for (std::int64_t task = 0; task < end_ * groups_; ++task) {
      const std::int64_t first = task / groups_, channel = task % groups_ * kChannels;
      const std::int64_t number = a_.segments[first].cell;
      if (a_.segments[first].place == 0 ||
          (first > 0 && a_.segments[first - 1].cell == number && a_.segments[first - 1].place > 0))
        continue;  // the first of those to merge does it for all
      const WindowState to = cell(number, channel);
      for (std::int64_t i = first; i < end_ && a_.segments[i].cell == number; ++i)
        block_.merge(to, to, part(i, channel), 0, width(channel));
    }
  }

  std::int64_t width(std::int64_t channel) const {
    return std::min<std::int64_t>(kChannels, s_.channels - channel);
  }
  WindowState cell(std::int64_t cell, std::int64_t channel) const {
    return {a_.states + cell % a_.capacity * fields_ * s_.channels + channel, s_.channels};
  }
  WindowState part(std::int64_t number, std::int64_t channel) const {
    return {a_.partials + (number - first_) * fields_ * s_.channels + channel, s_.channels};
  }

  void reduce(const WindowSegment& segment, std::int64_t channel, const WindowState& to) const {
    const int thread = omp_get_thread_num(), channels = int(width(channel));
    double* buffer = workers_.partials<double>(thread);
    const WindowState found{buffer + WindowBlock::kNumbers, channels};
    const int most = WindowBlock::rows_of(channels);
    if (segment.begin == segment.end)
      for (int c = 0; c < channels; ++c) window_clear(block_.fields(), to, c);
    for (std::int64_t row = segment.begin; row < segment.end; row += most) {
      const int rows = int(std::min<std::int64_t>(most, segment.end - row));
      const double* x = load(row, rows, channel, channels, buffer);
      const bool begins = row == segment.begin;
      block_.reduce(x, rows, channels, begins ? to : found);
      if (timed_)
        place_in_time(x, row, rows, channels, double(a_.grid.cell_start(segment.cell)), begins ? to : found);
      if (!begins) block_.merge(to, to, found, timed_ ? 0 : double(row - segment.begin), channels);
    }
  }

  /// Places and times of a block count from the start of its cell.
  void place_in_time(const double* x, std::int64_t row, int rows, int channels, double start,
                     const WindowState& to) const {
    const WindowFields& f = block_.fields();
    for (int c = 0; c < channels && f.places >= 0; ++c)
      if (to(0, c) > 0) to(f.places, c) += double(row) - start, to(f.places + 1, c) += double(row) - start;
    if (f.slope < 0) return;
    const double* times = a_.times + (row - s_.first);
    for (int c = 0; c < channels; ++c) {
      const double origin = to(f.mean, c), mean = to(f.mean + 1, c);
      double middle = 0, squares = 0, products = 0;
      for (int r = 0; r < rows; ++r)
        if (!is_nan(x[r * channels + c])) middle += times[r];
      if (to(0, c) > 0) middle /= to(0, c);
      for (int r = 0; r < rows; ++r) {
        if (is_nan(x[r * channels + c])) continue;
        const double t = times[r] - middle, d = (x[r * channels + c] - origin) - mean;
        squares += t * t, products += t * d;
      }
      to(f.slope, c) = middle, to(f.slope + 1, c) = squares, to(f.slope + 2, c) = products;
    }
  }

  /// The segments of a cell that are in this tile, in order, after those of earlier tiles.
  void join(std::int64_t number, std::int64_t channel) const {
    const std::int64_t begin = a_.grid.cell_start(number), channels = width(channel);
    const WindowState to = cell(number, channel);
    for (std::int64_t i = a_.grid.segment_of(std::max(begin, s_.first)); i < end_; ++i) {
      const WindowSegment segment = a_.grid.segment(i);
      if (segment.cell != number) break;
      const WindowState from = part(i, channel);
      if (segment.place > 0) {
        block_.merge(to, to, from, double(segment.begin - begin), channels);
      } else {
        for (int f = 0; f < fields_; ++f) std::copy_n(from.at + f * from.ld, channels, to.at + f * to.ld);
      }
    }
  }

  const double* load(std::int64_t row, int rows, std::int64_t channel, int channels, double* to) const {
    const bool across = s_.layout == Layout::kObservations;
    const std::int64_t sample = row - s_.first;
    if constexpr (std::is_same_v<T, double> && !kSwapped) {
      if (s_.scale == 1 && s_.offset == 0 && (across ? s_.ld == channels : s_.channels == 1))
        return static_cast<const double*>(s_.source) + sample * channels;
    }
    if (across) {
      for (int r = 0; r < rows; ++r)
        for (int c = 0; c < channels; ++c) to[r * channels + c] = value((sample + r) * s_.ld + channel + c);
    } else {
      for (int c = 0; c < channels; ++c)
        for (int r = 0; r < rows; ++r) to[r * channels + c] = value((channel + c) * s_.ld + sample + r);
    }
    if (s_.scale != 1 || s_.offset != 0)
      for (int i = 0; i < rows * channels; ++i) to[i] = to[i] * s_.scale + s_.offset;
    return to;
  }
  double value(std::int64_t i) const {
    return double(element<T, kSwapped>(s_.source, i));
  }

  Workers& workers_;
  const WindowReduceArgs& a_;
  const WindowSamples& s_;
  WindowBlock block_;
  int fields_;
  bool timed_;
  std::int64_t first_, end_, groups_;
};

}  // namespace

void run_window_reduce(Workers& workers, const WindowReduceArgs& a) {
  if (a.samples.rows == 0 || a.samples.channels == 0) return;
  with_type(a.samples.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    if (a.samples.swapped)
      Reduction<T, true>(workers, a).run();
    else
      Reduction<T, false>(workers, a).run();
  });
}

}  // namespace sluice::SLUICE_BACKEND
