// window_merge: a thread takes a window of one channel, or where windows have many cells a block of cells of
// one channel, in the same order as the cpu backend (kernels/cpu/window_merge.cpp).
#include "kernels/cuda/context.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/nvtx.h"
#include "kernels/cuda/operations.h"
#include "kernels/cuda/window.cuh"
#include "kernels/window_check.h"

namespace sluice::cuda {
namespace {

struct Merge {
  WindowMergeArgs args;
  WindowFields fields;
  std::int64_t cells, step;

  __device__ WindowState cell(const double* states, std::int64_t number, std::int64_t c) const {
    return state_at(states, fields, number % args.capacity, args.channels, c);
  }
  __device__ bool exists(std::int64_t number) const {
    return args.grid.cell_start(number) < args.grid.samples;
  }
  __device__ double shift(std::int64_t from, std::int64_t to) const {
    return double(args.grid.cell_start(to) - args.grid.cell_start(from));
  }

  __device__ void finish(std::int64_t window, std::int64_t c, const WindowState& state) const {
    const WindowValue value{fields, args.rules, window_length(args, window), window_place(args, window)};
    const std::int64_t at = (window - args.first) * args.channels + c;
    for (int i = 0; i < args.outputs; ++i) {
      const double x = value(args.output[i].statistic, state, 0);
      if (args.output[i].type == DType::kFloat32)
        static_cast<float*>(args.output[i].out)[at] = float(x);
      else
        static_cast<double*>(args.output[i].out)[at] = x;
    }
  }
};

__global__ void __launch_bounds__(kThreads) merge_few(const __grid_constant__ Merge m) {
  each_task(m.args.windows * m.args.channels, [&](std::int64_t task) {
    const std::int64_t window = m.args.first + task / m.args.channels, c = task % m.args.channels;
    const std::int64_t first = window * m.step;
    double whole[kMostFields];
    const WindowState to{whole, 1};
    copy_state(m.fields, to, m.cell(m.args.states, first, c));
    for (std::int64_t i = 1; i < m.cells && m.exists(first + i); ++i)
      merge_channel(m.fields, to, to, m.cell(m.args.states, first + i, c), m.shift(first, first + i), 0);
    m.finish(window, c, to);
  });
}

/// A block of cells: running merges down to its first cell that is asked for, then the windows that begin in
/// it.
__global__ void __launch_bounds__(kThreads) merge_blocks(const __grid_constant__ Merge m) {
  const std::int64_t first = m.args.first * m.step, last = (m.args.first + m.args.windows - 1) * m.step;
  const std::int64_t begin = first / m.cells, blocks = last / m.cells - begin + 1;
  each_task(blocks * m.args.channels, [&](std::int64_t task) {
    const std::int64_t number = begin + task / m.args.channels, c = task % m.args.channels;
    const std::int64_t from = larger(first, number * m.cells), border = (number + 1) * m.cells;
    std::int64_t i = border - 1;
    while (!m.exists(i)) --i;
    copy_state(m.fields, m.cell(m.args.scratch, i, c), m.cell(m.args.states, i, c));
    while (--i >= from)
      merge_channel(m.fields, m.cell(m.args.scratch, i, c), m.cell(m.args.states, i, c),
                    m.cell(m.args.scratch, i + 1, c), m.shift(i, i + 1), 0);
    double heads[kMostFields], wholes[kMostFields];
    const WindowState head{heads, 1}, whole{wholes, 1};
    std::int64_t headed = 0;
    for (std::int64_t window = ceil_div(from, m.step); window * m.step <= smaller(last, border - 1);
         ++window) {
      const std::int64_t start = window * m.step;
      for (; headed < start - number * m.cells && m.exists(border + headed); ++headed) {
        const WindowState next = m.cell(m.args.states, border + headed, c);
        if (headed == 0)
          copy_state(m.fields, head, next);
        else
          merge_channel(m.fields, head, head, next, m.shift(border, border + headed), 0);
      }
      const WindowState tail = m.cell(m.args.scratch, start, c);
      if (headed > 0) merge_channel(m.fields, whole, tail, head, m.shift(start, border), 0);
      m.finish(window, c, headed > 0 ? whole : tail);
    }
  });
}

}  // namespace

void window_merge(Queue& queue, const WindowMergeArgs& args) {
  const Range range("sluice window_merge");
  check(args);
  if (args.windows == 0 || args.channels == 0) return;
  const Merge m{args, WindowFields(args.needs), args.grid.cells_a_window(), args.grid.cells_a_step()};
  const bool few = m.cells <= kWindowFewCells;
  const std::int64_t tasks = few ? args.windows : args.windows * m.step / m.cells + 2;
  launch("window_merge", few ? &merge_few : &merge_blocks, grid_of(ceil_div(tasks * args.channels, kThreads)),
         dim3(kThreads), queue.stream.get(), m);
}

}  // namespace sluice::cuda
