// window_products: a block takes a tile of 16 x 16 pairs of channels of one window. It finds the means of its
// channels by two looks, then adds up products of what is left in shared memory.
#include "kernels/cuda/context.h"
#include "kernels/cuda/launch.h"
#include "kernels/cuda/load.cuh"
#include "kernels/cuda/nvtx.h"
#include "kernels/cuda/operations.h"
#include "kernels/cuda/reduce.cuh"
#include "kernels/window_order.inl"
#include "kernels/window_order_check.h"

namespace sluice::cuda {
namespace {

constexpr int kSide = 16, kBoth = 2 * kSide, kSlices = kThreads / kBoth, kRows = 32;
static_assert(kSide * kSide == kThreads);

struct Tile {
  double mean[kBoth], square[kBoth], part[kSlices][kBoth];
  double x[kRows][kBoth + 1];
};

/// Of a tile's channels, the sum over the window of f(sample, channel), to `to` for all threads.
template <class F>
__device__ void sum_channels(std::int64_t n, Tile& t, double* to, const F& f) {
  const int of = int(threadIdx.x) % kBoth, slice = int(threadIdx.x) / kBoth;
  double sum = 0;
  for (std::int64_t i = slice; i < n; i += kSlices) sum += f(i, of);
  __syncthreads();
  t.part[slice][of] = sum;
  __syncthreads();
  if (slice == 0) {
    double whole = 0;
    for (int j = 0; j < kSlices; ++j) whole += t.part[j][of];
    to[of] = whole;
  }
  __syncthreads();
}

template <class T>
__global__ void __launch_bounds__(kThreads) multiply_windows(const __grid_constant__ WindowProductsArgs a) {
  __shared__ Tile t;
  __shared__ double sums[kBoth];
  const WindowSamples& in = a.samples;
  const Source<T> source{static_cast<const typename Source<T>::Bits*>(in.source), in.swapped != 0};
  const bool across = in.layout == Layout::kObservations, scaled = in.scale != 1 || in.offset != 0;
  const std::int64_t tiles = ceil_div(in.channels, kSide);
  for (std::int64_t task = blockIdx.x; task < a.windows * tiles * tiles; task += gridDim.x) {
    const std::int64_t window = a.first + task / (tiles * tiles);
    const std::int64_t rows = task / tiles % tiles * kSide, columns = task % tiles * kSide;
    if (rows > columns) continue;  // the other half mirrors this one
    const std::int64_t start = a.grid.start(window), n = a.grid.end(window) - start;
    const auto channel = [&](int of) { return of < kSide ? rows + of : columns + of - kSide; };
    const auto x = [&](std::int64_t i, int of) {
      const std::int64_t c = smaller(channel(of), in.channels - 1), row = start + i - in.first;
      const double v = source[across ? row * in.ld + c : c * in.ld + row];
      return scaled ? v * in.scale + in.offset : v;
    };
    __syncthreads();  // the task before may still be read
    if (threadIdx.x < kBoth) t.mean[threadIdx.x] = x(0, int(threadIdx.x));
    __syncthreads();
    for (int look = 0; look < 2; ++look) {
      sum_channels(n, t, sums, [&](std::int64_t i, int of) { return x(i, of) - t.mean[of]; });
      if (threadIdx.x < kBoth) t.mean[threadIdx.x] += sums[threadIdx.x] / double(n);
      __syncthreads();
    }
    sum_channels(n, t, t.square, [&](std::int64_t i, int of) {
      const double d = x(i, of) - t.mean[of];
      return d * d;
    });
    const int i = int(threadIdx.x) / kSide, j = int(threadIdx.x) % kSide;
    double product = 0;
    for (std::int64_t first = 0; first < n; first += kRows) {
      const int here = int(smaller(kRows, n - first));
      __syncthreads();
      for (int e = int(threadIdx.x); e < here * kBoth; e += kThreads)
        t.x[e / kBoth][e % kBoth] = x(first + e / kBoth, e % kBoth) - t.mean[e % kBoth];
      __syncthreads();
      for (int r = 0; r < here; ++r) product += t.x[r][i] * t.x[r][kSide + j];
    }
    const std::int64_t r = rows + i, c = columns + j;
    if (r > c || c >= in.channels) continue;
    const double none = double_of(0x7ff8000000000000ull), left = double(n - a.ddof);
    double value = left > 0 ? product / left : none;
    if (a.correlation) {
      value = product / sqrt(t.square[i]) / sqrt(t.square[kSide + j]);
      value = value > 1 || (r == c && !is_nan(value)) ? 1 : value < -1 ? -1 : value;
    }
    if (window_length(a.grid, a.padded_size, window) > n) value = none;
    const std::int64_t base = (window - a.first) * in.channels * in.channels;
    for (const std::int64_t at : {base + r * in.channels + c, base + c * in.channels + r}) {
      if (a.type == DType::kFloat32)
        static_cast<float*>(a.out)[at] = float(value);
      else
        static_cast<double*>(a.out)[at] = value;
    }
  }
}

}  // namespace

void window_products(Queue& queue, const WindowProductsArgs& args) {
  const Range range("sluice window_products");
  check(args);
  const WindowSamples& s = args.samples;
  if (args.windows == 0 || s.channels == 0) return;
  if (reinterpret_cast<std::uintptr_t>(s.source) % size_of(s.type) != 0)
    fail(kBadArgument, "window_products: the source is not aligned to its elements");
  const std::int64_t tiles = ceil_div(s.channels, kSide);
  with_type(s.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    launch("window_products", &multiply_windows<T>, grid_of(args.windows * tiles * tiles), dim3(kThreads),
           queue.stream.get(), args);
  });
}

}  // namespace sluice::cuda
