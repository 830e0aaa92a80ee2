// window_order: a block takes a window of one channel, whose values wait in shared memory where they fit. A
// place in their order is found digit by digit, from the first in which the least and the greatest differ.
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

using O = WindowOrderStatistic;
using Bits = std::uint64_t;
constexpr int kDigit = 8, kDigits = 1 << kDigit;
constexpr std::int64_t kShared = 5120;  // values of a window that fit beside the rest in 48 KiB

struct Shared {
  double sums[kWarps];
  Bits bits[kWarps];
  unsigned counts[kDigits];
  Bits found;
  std::int64_t left;
};

/// Bits in the order of values, and back. -0 counts as 0.
__device__ __forceinline__ Bits ordered(double x) {
  const Bits bits = bits_of(x + 0.0);
  return bits >> 63 ? ~bits : bits | Bits(1) << 63;
}
__device__ __forceinline__ double value_at(Bits key) {
  return double_of(key >> 63 ? key & ~(Bits(1) << 63) : ~key);
}

/// The least of a block's values; every thread gets it.
__device__ Bits block_least(Bits x, Shared& s) {
#pragma unroll
  for (int step = 16; step > 0; step /= 2) {
    const Bits other = __shfl_down_sync(0xffffffffu, x, step);
    x = other < x ? other : x;
  }
  __syncthreads();
  if (threadIdx.x % 32 == 0) s.bits[threadIdx.x / 32] = x;
  __syncthreads();
  Bits least = s.bits[0];
  for (int warp = 1; warp < kWarps; ++warp) least = s.bits[warp] < least ? s.bits[warp] : least;
  return least;
}

/// f(i) for the block's threads in step, so that whole warps may vote; `there`: i is below n.
template <class F>
__device__ __forceinline__ void in_step(std::int64_t n, const F& f) {
  for (std::int64_t base = 0; base < n; base += kThreads) {
    const std::int64_t i = base + threadIdx.x;
    f(i, i < n);
  }
}

/// The key at place k of key(i), i of [0, n), those that are none (all bits) left out.
template <class Key>
__device__ Bits select(const Key& key, std::int64_t n, std::int64_t k, Shared& s) {
  Bits least = ~Bits(0), most = ~Bits(0);  // most: complemented
  in_step(n, [&](std::int64_t i, bool there) {
    const Bits v = there ? key(i) : ~Bits(0);
    if (v != ~Bits(0)) least = v < least ? v : least, most = ~v < most ? ~v : most;
  });
  least = block_least(least, s);
  most = ~block_least(most, s);
  int low = 64 - __clzll(static_cast<long long>(least ^ most));  // bits that are to be found
  Bits found = low < 64 ? least >> low : 0;
  while (low > 0) {
    const int width = low < kDigit ? low : kDigit, above = low;
    low -= width;
    __syncthreads();
    for (int d = int(threadIdx.x); d < kDigits; d += kThreads) s.counts[d] = 0;
    __syncthreads();
    in_step(n, [&](std::int64_t i, bool there) {
      const Bits v = there ? key(i) : ~Bits(0);
      const bool in = v != ~Bits(0) && (above == 64 || v >> above == found);
      const unsigned digit = in ? unsigned(v >> low) & ((1u << width) - 1) : unsigned(kDigits);
      const unsigned alike = __match_any_sync(0xffffffffu, digit);
      if (in && __ffs(int(alike)) - 1 == int(threadIdx.x % 32))
        atomicAdd(&s.counts[digit], unsigned(__popc(alike)));
    });
    __syncthreads();
    if (threadIdx.x == 0) {
      int digit = 0;
      while (k >= std::int64_t(s.counts[digit])) k -= s.counts[digit++];
      s.found = found << width | Bits(digit), s.left = k;
    }
    __syncthreads();
    found = s.found, k = s.left;
  }
  return found;
}

struct Pair {
  double low, high;
};

/// The values at place.low and place.high, which is the same or the next.
template <class Key>
__device__ Pair find(const Key& key, std::int64_t n, const WindowPlace& place, Shared& s) {
  const Bits low = select(key, n, place.low, s);
  if (place.low == place.high) return {value_at(low), value_at(low)};
  double upto = 0;
  Bits next = ~Bits(0);
  for (std::int64_t i = threadIdx.x; i < n; i += kThreads) {
    const Bits v = key(i);
    if (v <= low) upto += 1;
    if (v > low && v < next) next = v;
  }
  upto = block_sum(upto, s.sums);
  next = block_least(next, s);
  return {value_at(low), value_at(upto > double(place.high) ? low : next)};
}

template <class F>
__device__ double sum_of(std::int64_t n, Shared& s, const F& f) {
  double sum = 0;
  for (std::int64_t i = threadIdx.x; i < n; i += kThreads) sum += f(i);
  return block_sum(sum, s.sums);
}

/// One statistic of n samples x(i), `count` of them values.
template <class X>
__device__ double value_of(const WindowOrderOutput& o, const X& x, std::int64_t n, std::int64_t count,
                           Shared& s) {
  const double none = double_of(0x7ff8000000000000ull);
  const auto key = [&](std::int64_t i) {
    const double v = x(i);
    return is_nan(v) ? ~Bits(0) : ordered(v);
  };
  if (o.statistic == O::kQuantile) {
    const WindowPlace place = quantile_place(o.parameter, count);
    const Pair at = find(key, n, place, s);
    return quantile_value(at.low, at.high, place.between);
  }
  if (o.statistic == O::kMedian || o.statistic == O::kMad) {
    const WindowPlace place = median_place(count);
    const Pair at = find(key, n, place, s);
    const double median = median_value(at.low, at.high, place.low == place.high);
    if (o.statistic == O::kMedian) return median;
    if (!is_finite(median)) return none;
    const auto distance = [&](std::int64_t i) {
      const double v = x(i);
      return is_nan(v) ? ~Bits(0) : ordered(fabs(v - median));
    };
    const Pair off = find(distance, n, place, s);
    return median_value(off.low, off.high, place.low == place.high);
  }
  // The first value is the origin; every thread looks for it.
  double first = 0;
  for (std::int64_t i = 0; i < n; ++i)
    if (!is_nan(x(i))) {
      first = x(i);
      break;
    }
  const double sum = sum_of(n, s, [&](std::int64_t i) { return is_nan(x(i)) ? 0.0 : x(i) - first; });
  if (!is_finite(sum)) return none;
  // In two parts, so that deviations keep their digits at any offset.
  const double mean = first + sum / double(count);
  const double rest =
      sum_of(n, s, [&](std::int64_t i) { return is_nan(x(i)) ? 0.0 : x(i) - mean; }) / double(count);
  if (o.statistic == O::kMeanCrossings)
    return sum_of(n, s, [&](std::int64_t i) {
      if (is_nan(x(i))) return 0.0;
      std::int64_t before = i - 1;
      while (before >= 0 && is_nan(x(before))) --before;
      return before >= 0 && (x(i) >= mean + rest) != (x(before) >= mean + rest) ? 1.0 : 0.0;
    });
  const std::int64_t lag = std::int64_t(o.parameter);
  if (lag >= n) return none;
  const auto deviation = [&](std::int64_t i) { return (x(i) - mean) - rest; };
  const auto valid = [](double d) { return is_nan(d) ? 0.0 : d; };
  const double energy = sum_of(n, s, [&](std::int64_t i) { return valid(deviation(i) * deviation(i)); });
  return sum_of(n - lag, s, [&](std::int64_t i) { return valid(deviation(i) * deviation(i + lag)); }) /
         energy;
}

template <class X>
__device__ void finish(const WindowOrderArgs& a, std::int64_t window, std::int64_t c, const X& x, Shared& s) {
  const std::int64_t n = a.grid.end(window) - a.grid.start(window);
  const auto count = std::int64_t(sum_of(n, s, [&](std::int64_t i) { return is_nan(x(i)) ? 0.0 : 1.0; }));
  const bool none = window_is_none(a.rules, count, window_length(a.grid, a.padded_size, window));
  const std::int64_t at = (window - a.first) * a.samples.channels + c;
  for (int i = 0; i < a.outputs; ++i) {
    const WindowOrderOutput& o = a.output[i];
    const double value = none ? double_of(0x7ff8000000000000ull) : value_of(o, x, n, count, s);
    if (threadIdx.x != 0) continue;
    if (o.type == DType::kFloat32)
      static_cast<float*>(o.out)[at] = float(value);
    else
      static_cast<double*>(o.out)[at] = value;
  }
}

template <class T>
__global__ void __launch_bounds__(kThreads) order_windows(const __grid_constant__ WindowOrderArgs a) {
  __shared__ Shared s;
  __shared__ double kept[kShared];
  const WindowSamples& in = a.samples;
  const Source<T> source{static_cast<const typename Source<T>::Bits*>(in.source), in.swapped != 0};
  const bool across = in.layout == Layout::kObservations, scaled = in.scale != 1 || in.offset != 0;
  const std::int64_t step = across ? in.ld : 1;
  for (std::int64_t task = blockIdx.x; task < a.windows * in.channels; task += gridDim.x) {
    const std::int64_t window = a.first + task / in.channels, c = task % in.channels;
    const std::int64_t row = a.grid.start(window) - in.first, n = a.grid.end(window) - a.grid.start(window);
    const std::int64_t base = across ? row * in.ld + c : c * in.ld + row;
    const auto x = [&](std::int64_t i) {
      const double v = source[base + i * step];
      return scaled ? v * in.scale + in.offset : v;
    };
    if (n > kShared) {
      finish(a, window, c, x, s);
      continue;
    }
    __syncthreads();  // the window before may still be read
    for (std::int64_t i = threadIdx.x; i < n; i += kThreads) kept[i] = x(i);
    __syncthreads();
    finish(
        a, window, c, [&](std::int64_t i) { return kept[i]; }, s);
  }
}

}  // namespace

void window_order(Queue& queue, const WindowOrderArgs& args) {
  const Range range("sluice window_order");
  check(args);
  const WindowSamples& s = args.samples;
  if (args.windows == 0 || s.channels == 0 || args.outputs == 0) return;
  if (reinterpret_cast<std::uintptr_t>(s.source) % size_of(s.type) != 0)
    fail(kBadArgument, "window_order: the source is not aligned to its elements");
  with_type(s.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    launch("window_order", &order_windows<T>, grid_of(args.windows * s.channels), dim3(kThreads),
           queue.stream.get(), args);
  });
}

}  // namespace sluice::cuda
