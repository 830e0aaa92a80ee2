// window_reduce: a thread takes a segment of one channel, eight samples at a time: they wait in registers for
// two looks, and their state is merged. Segments of a cell are then joined in order.
#include "kernels/cuda/context.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/load.cuh"
#include "kernels/cuda/nvtx.h"
#include "kernels/cuda/operations.h"
#include "kernels/cuda/window.cuh"
#include "kernels/window_check.h"

namespace sluice::cuda {
namespace {

constexpr int kBatch = 8;

struct Reduction {
  WindowReduceArgs args;
  WindowFields fields;
  std::int64_t first, end;  // segments of the tile

  __device__ bool timed() const { return args.segments != nullptr; }
  __device__ WindowSegment segment(std::int64_t number) const {
    return timed() ? args.segments[number] : args.grid.segment(number);
  }
};

/// Places and times of a batch count from the start of its cell.
__device__ void place_in_time(const double (&values)[kBatch], int count, double row, const double* times,
                              double start, const WindowFields& f, const WindowState& to) {
  if (to(0, 0) == 0) return;
  if (f.places >= 0) to(f.places, 0) += row - start, to(f.places + 1, 0) += row - start;
  if (f.slope < 0) return;
  double middle = 0, squares = 0, products = 0;
#pragma unroll
  for (int i = 0; i < kBatch; ++i)
    if (i < count && !is_nan(values[i])) middle += times[i];
  middle /= to(0, 0);
#pragma unroll
  for (int i = 0; i < kBatch; ++i) {
    if (i >= count || is_nan(values[i])) continue;
    const double t = times[i] - middle, d = (values[i] - to(f.mean, 0)) - to(f.mean + 1, 0);
    squares += t * t, products += t * d;
  }
  to(f.slope, 0) = middle, to(f.slope + 1, 0) = squares, to(f.slope + 2, 0) = products;
}

/// The state of values[0 ... count), the first of which is sample 0.
__device__ void reduce_batch(const double (&values)[kBatch], int count, const WindowFields& f,
                             const WindowState& to) {
  window_clear(f, to, 0);
  double n = 0, origin = 0, sum = 0, time = 0;
  bool found = false;
#pragma unroll
  for (int i = 0; i < kBatch; ++i) {
    const bool number = i < count && is_finite(values[i]) && !found;
    origin = number ? values[i] : origin;
    found = found || number;
  }
#pragma unroll
  for (int i = 0; i < kBatch; ++i) {
    const bool valid = i < count && !is_nan(values[i]);
    n += valid ? 1 : 0;
    sum += valid ? values[i] - origin : 0;
    time += valid ? double(i) : 0;
  }
  if (n == 0) return;
  to(0, 0) = n;
  const double mean = sum / n;
  time /= n;
  double square = 0, cube = 0, fourth = 0, times = 0, products = 0, signs = 0, line = 0;
  double low = double_of(0x7ff0000000000000ull), high = -low, at_low = -1, at_high = -1, before = 0,
         start = 0;
  bool any = false;
#pragma unroll
  for (int i = 0; i < kBatch; ++i) {
    if (i >= count || is_nan(values[i])) continue;
    const double x = values[i], d = (x - origin) - mean, t = i - time;
    square += d * d;
    cube += d * d * d;
    fourth += (d * d) * (d * d);
    times += t * t;
    products += t * d;
    if (x < low || !any) low = x, at_low = i;
    if (x > high || !any) high = x, at_high = i;
    signs += any && (x >= 0) != (before >= 0) ? 1 : 0;
    line += any ? fabs(x - before) : 0;
    start = any ? start : x;
    before = x;
    any = true;
  }
  if (f.mean >= 0) to(f.mean, 0) = origin, to(f.mean + 1, 0) = mean;
  if (f.squares >= 0) to(f.squares, 0) = square;
  if (f.fourth >= 0) to(f.fourth, 0) = cube, to(f.fourth + 1, 0) = fourth;
  if (f.range >= 0) to(f.range, 0) = low, to(f.range + 1, 0) = high;
  if (f.places >= 0) to(f.places, 0) = at_low, to(f.places + 1, 0) = at_high;
  if (f.slope >= 0) to(f.slope, 0) = time, to(f.slope + 1, 0) = times, to(f.slope + 2, 0) = products;
  if (f.ends >= 0) to(f.ends, 0) = start, to(f.ends + 1, 0) = before;
  if (f.signs >= 0) to(f.signs, 0) = signs;
  if (f.line >= 0) to(f.line, 0) = line;
}

template <class T>
__global__ void __launch_bounds__(kThreads) reduce_segments(const __grid_constant__ Reduction r) {
  const WindowSamples& s = r.args.samples;
  const Source<T> source{static_cast<const typename Source<T>::Bits*>(s.source), s.swapped != 0};
  const bool across = s.layout == Layout::kObservations, scaled = s.scale != 1 || s.offset != 0;
  const bool whole_cells = !r.timed() && r.args.grid.cells_are_segments();
  each_task((r.end - r.first) * s.channels, [&](std::int64_t task) {
    const std::int64_t number = r.first + task / s.channels, c = task % s.channels;
    const WindowSegment segment = r.segment(number);
    const bool direct = whole_cells || (r.timed() && segment.place == 0);
    const double start = r.timed() ? double(r.args.grid.cell_start(segment.cell)) : 0;
    const std::int64_t step = across ? s.ld : 1, row = segment.begin - s.first;
    const std::int64_t base = across ? row * s.ld + c : c * s.ld + row;
    double whole[kMostFields], part[kMostFields];
    const WindowState to{whole, 1}, from{part, 1};
    if (segment.begin == segment.end) window_clear(r.fields, to, 0);
    for (std::int64_t t = 0; t < segment.end - segment.begin; t += kBatch) {
      const int count = int(smaller(kBatch, segment.end - segment.begin - t));
      double values[kBatch];
#pragma unroll
      for (int i = 0; i < kBatch; ++i) {
        values[i] = i < count ? source[base + (t + i) * step] : 0;
        if (scaled) values[i] = values[i] * s.scale + s.offset;
      }
      reduce_batch(values, count, r.fields, t == 0 ? to : from);
      if (r.timed())
        place_in_time(values, count, double(segment.begin + t), r.args.times + row + t, start, r.fields,
                      t == 0 ? to : from);
      if (t > 0) merge_channel(r.fields, to, to, from, r.timed() ? 0 : double(t), 0);
    }
    copy_state(r.fields,
               direct ? state_at(r.args.states, r.fields, segment.cell % r.args.capacity, s.channels, c)
                      : state_at(r.args.partials, r.fields, number - r.first, s.channels, c),
               to);
  });
}

__global__ void __launch_bounds__(kThreads) join_segments(const __grid_constant__ Reduction r) {
  const WindowSamples& s = r.args.samples;
  const WindowGrid& g = r.args.grid;
  const std::int64_t first = g.segment(r.first).cell, last = g.segment(r.end - 1).cell;
  each_task((last - first + 1) * s.channels, [&](std::int64_t task) {
    const std::int64_t number = first + task / s.channels, c = task % s.channels;
    const std::int64_t begin = g.cell_start(number);
    const WindowState to = state_at(r.args.states, r.fields, number % r.args.capacity, s.channels, c);
    for (std::int64_t i = g.segment_of(larger(begin, s.first)); i < r.end; ++i) {
      const WindowSegment segment = g.segment(i);
      if (segment.cell != number) break;
      const WindowState from = state_at(r.args.partials, r.fields, i - r.first, s.channels, c);
      if (segment.place > 0)
        merge_channel(r.fields, to, to, from, double(segment.begin - begin), 0);
      else
        copy_state(r.fields, to, from);
    }
  });
}

/// Where times cut the segments: the first of those that are to be merged into a cell does it for all.
__global__ void __launch_bounds__(kThreads) join_timed(const __grid_constant__ Reduction r) {
  const std::int64_t channels = r.args.samples.channels;
  each_task(r.end * channels, [&](std::int64_t task) {
    const std::int64_t first = task / channels, c = task % channels, cell = r.segment(first).cell;
    if (r.segment(first).place == 0 ||
        (first > 0 && r.segment(first - 1).cell == cell && r.segment(first - 1).place > 0))
      return;
    const WindowState to = state_at(r.args.states, r.fields, cell % r.args.capacity, channels, c);
    for (std::int64_t i = first; i < r.end && r.segment(i).cell == cell; ++i)
      merge_channel(r.fields, to, to, state_at(r.args.partials, r.fields, i, channels, c), 0, 0);
  });
}

}  // namespace

void window_reduce(Queue& queue, const WindowReduceArgs& args) {
  const Range range("sluice window_reduce");
  check(args);
  const WindowSamples& s = args.samples;
  if (s.rows == 0 || s.channels == 0) return;
  if (reinterpret_cast<std::uintptr_t>(s.source) % size_of(s.type) != 0)
    fail(kBadArgument, "window_reduce: the source is not aligned to its elements");
  Reduction r{args, WindowFields(args.needs), 0, args.segment_count};
  if (args.segments == nullptr) {
    r.first = args.grid.segment_of(s.first);
    r.end = args.grid.segment_of(s.first + s.rows - 1);
    if (args.grid.segment(r.end).begin < s.first + s.rows) ++r.end;
  }
  if (r.end <= r.first) return;  // a gap between windows
  const cudaStream_t stream = queue.stream.get();
  const dim3 grid = grid_of(ceil_div((r.end - r.first) * s.channels, kThreads));
  with_type(s.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    launch("window_reduce", &reduce_segments<T>, grid, dim3(kThreads), stream, r);
  });
  if (args.segments != nullptr)
    launch("window_reduce join", &join_timed, grid, dim3(kThreads), stream, r);
  else if (!args.grid.cells_are_segments())
    launch("window_reduce join", &join_segments, grid, dim3(kThreads), stream, r);
}

}  // namespace sluice::cuda
