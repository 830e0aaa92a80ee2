// window_merge on the CPU. Windows of few cells are merged cell by cell. Else blocks of as many cells as a
// window has get running merges: from each cell to its block's end, and from the next block's start on; a
// window is one of either. Blocks are absolute, so that a window's bytes do not depend on which others are
// asked for.
#include <omp.h>

#include <algorithm>
#include <array>
#include <utility>

#include "kernels/cpu/window_block.h"
#include "kernels/cpu/workers.h"

namespace sluice::SLUICE_BACKEND {
namespace {

constexpr std::int64_t kFewChannels = 8;  // of a task that walks over a block of cells
constexpr int kStatistics = int(WindowStatistic::kLineLength) + 1;

template <int kStatistic, class T>
void put(const WindowValue& value, const WindowState& state, std::int64_t channels, void* out) {
  T* to = static_cast<T*>(out);
#pragma omp simd
  for (std::int64_t c = 0; c < channels; ++c) to[c] = T(value(WindowStatistic(kStatistic), state, c));
}

using Put = void (*)(const WindowValue&, const WindowState&, std::int64_t, void*);
template <class T, std::size_t... kIndex>
constexpr std::array<Put, kStatistics> puts_of(std::index_sequence<kIndex...>) {
  return {put<int(kIndex), T>...};
}
constexpr auto kPutFloat = puts_of<float>(std::make_index_sequence<kStatistics>());
constexpr auto kPutDouble = puts_of<double>(std::make_index_sequence<kStatistics>());

class Merge {
 public:
  Merge(Workers& workers, const WindowMergeArgs& a)
      : workers_(workers),
        a_(a),
        g_(a.grid),
        block_(a.needs),
        fields_(block_.fields().fields),
        cells_(g_.cells_a_window()),
        step_(g_.cells_a_step()) {}

  void run() const { cells_ <= kWindowFewCells ? run_few() : run_blocks(); }

 private:
  WindowState at(double* states, std::int64_t cell, std::int64_t channel) const {
    return {states + cell % a_.capacity * fields_ * a_.channels + channel, a_.channels};
  }
  WindowState cell(std::int64_t number, std::int64_t channel) const {
    return at(const_cast<double*>(a_.states), number, channel);  // states are only read
  }
  WindowState running(std::int64_t number, std::int64_t channel) const {
    return at(a_.scratch, number, channel);
  }
  WindowState own(int place, std::int64_t channels) const {
    double* buffer = workers_.partials<double>(omp_get_thread_num());
    return {buffer + place * fields_ * WindowBlock::kChannels, channels};
  }
  bool exists(std::int64_t number) const { return g_.cell_start(number) < g_.samples; }
  double shift(std::int64_t from, std::int64_t to) const {
    return double(g_.cell_start(to) - g_.cell_start(from));
  }
  void copy(const WindowState& to, const WindowState& from, std::int64_t channels) const {
    for (int f = 0; f < fields_; ++f) std::copy_n(from.at + f * from.ld, channels, to.at + f * to.ld);
  }

  void finish(std::int64_t window, std::int64_t channel, std::int64_t channels,
              const WindowState& state) const {
    const WindowValue value{block_.fields(), a_.rules, window_length(a_, window), window_place(a_, window)};
    const std::int64_t to = (window - a_.first) * a_.channels + channel;
    for (int i = 0; i < a_.outputs; ++i) {
      const WindowOutput& o = a_.output[i];
      if (o.type == DType::kFloat32)
        kPutFloat[std::size_t(o.statistic)](value, state, channels, static_cast<float*>(o.out) + to);
      else
        kPutDouble[std::size_t(o.statistic)](value, state, channels, static_cast<double*>(o.out) + to);
    }
  }

  void run_few() const {
    constexpr std::int64_t kWidth = WindowBlock::kChannels;
    const std::int64_t groups = (a_.channels + kWidth - 1) / kWidth;
#pragma omp parallel for schedule(static) num_threads(workers_.threads())
    for (std::int64_t task = 0; task < a_.windows * groups; ++task) {
      const std::int64_t window = a_.first + task / groups, channel = task % groups * kWidth;
      const std::int64_t channels = std::min(kWidth, a_.channels - channel), first = window * step_;
      WindowState state = cell(first, channel);
      for (std::int64_t i = 1; i < cells_ && exists(first + i); ++i) {
        const WindowState to = own(0, channels);
        block_.merge(to, state, cell(first + i, channel), shift(first, first + i), channels);
        state = to;
      }
      finish(window, channel, channels, state);
    }
  }

  void run_blocks() const {
    const std::int64_t first = a_.first * step_, last = (a_.first + a_.windows - 1) * step_;
    const std::int64_t begin = first / cells_, blocks = last / cells_ - begin + 1;
    const std::int64_t groups = (a_.channels + kFewChannels - 1) / kFewChannels;
#pragma omp parallel for schedule(dynamic) num_threads(workers_.threads())
    for (std::int64_t task = 0; task < blocks * groups; ++task) {
      const std::int64_t number = begin + task / groups, channel = task % groups * kFewChannels;
      const std::int64_t channels = std::min(kFewChannels, a_.channels - channel);
      run_to_end(std::max(first, number * cells_), number, channel, channels);
      run_windows(number, std::min(last, (number + 1) * cells_ - 1), std::max(first, number * cells_),
                  channel, channels);
    }
  }

  /// From each cell down to `first`: what lies between it and the block's end.
  void run_to_end(std::int64_t first, std::int64_t number, std::int64_t channel,
                  std::int64_t channels) const {
    std::int64_t i = (number + 1) * cells_ - 1;
    while (!exists(i)) --i;
    copy(running(i, channel), cell(i, channel), channels);
    while (--i >= first)
      block_.merge(running(i, channel), cell(i, channel), running(i + 1, channel), shift(i, i + 1), channels);
  }

  /// The windows that begin at cells first ... last of the block.
  void run_windows(std::int64_t number, std::int64_t last, std::int64_t first, std::int64_t channel,
                   std::int64_t channels) const {
    const std::int64_t border = (number + 1) * cells_;
    const WindowState head = own(0, channels), whole = own(1, channels);
    std::int64_t headed = 0;  // cells of the next block that head holds
    for (std::int64_t window = (first + step_ - 1) / step_; window * step_ <= last; ++window) {
      const std::int64_t start = window * step_, wanted = start - number * cells_;
      for (; headed < wanted && exists(border + headed); ++headed) {
        const WindowState next = cell(border + headed, channel);
        if (headed == 0)
          copy(head, next, channels);
        else
          block_.merge(head, head, next, shift(border, border + headed), channels);
      }
      const WindowState tail = running(start, channel);
      if (headed > 0) block_.merge(whole, tail, head, shift(start, border), channels);
      finish(window, channel, channels, headed > 0 ? whole : tail);
    }
  }

  Workers& workers_;
  const WindowMergeArgs& a_;
  const WindowGrid& g_;
  WindowBlock block_;
  int fields_;
  std::int64_t cells_, step_;
};

}  // namespace

void run_window_merge(Workers& workers, const WindowMergeArgs& a) {
  if (a.windows > 0 && a.channels > 0) Merge(workers, a).run();
}

}  // namespace sluice::SLUICE_BACKEND
