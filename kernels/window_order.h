// Statistics that look at all samples of a window at once: places in the order of its values, and sums about
// its own mean. What a window gives depends on its samples alone, never on which others are asked for.
#pragma once
#include "kernels/window.h"

namespace sluice {

enum class WindowOrderStatistic : std::int32_t {
  kMedian,         // the middle value, or half the sum of the two middle ones
  kQuantile,       // parameter: fraction of [0, 1]; between two values linear, as numpy's default
  kMad,            // median of |x - median|
  kMeanCrossings,  // changes of sign of x - mean between neighbours; 0 counts as positive
  kAcf,            // parameter: lag; sum of (x[t] - mean)(x[t + lag] - mean) over that of (x[t] - mean)^2
};

struct WindowOrderOutput {
  WindowOrderStatistic statistic;
  double parameter;
  DType type;  // kFloat32 or kFloat64
  void* out;   // device; windows x channels, dense
};
inline constexpr int kWindowOrderOutputs = 32;  // most outputs of a call

/// window_order: statistics of windows [first, first + windows), all of whose samples are there. NaN and
/// missing samples of padded windows as in window_merge. acf takes x[t] and x[t + lag] of samples that are
/// values; NaN where the window has no more than lag samples.
struct WindowOrderArgs {
  WindowSamples samples;
  WindowGrid grid;
  std::int64_t padded_size;  // kPad: the size that was asked for (grid.size is at most grid.samples)
  std::int64_t first, windows;
  WindowRules rules;
  void* scratch;  // device, page-aligned; a run's bytes for each thread that shall work, at least one's
  std::int64_t scratch_bytes;
  std::int32_t outputs;
  WindowOrderOutput output[kWindowOrderOutputs];
};

/// How a backend whose threads have memory of their own goes about it: runs of windows that follow each
/// other, of a few channels, are taken together, since they share samples.
struct WindowOrderRun {
  std::int64_t windows, channels;  // of a run, at most
  std::int64_t samples;            // of a run
  std::int64_t bytes;              // of a thread's scratch
};

/// Windows whose samples are not sorted but told apart: long ones, of which a good part is new each time, as
/// a place then costs a look at all of the window.
constexpr bool window_order_is_long(const WindowGrid& g) {
  return g.size > 65536 && g.step >= g.size / 32;
}

constexpr WindowOrderRun window_order_run(const WindowGrid& g, std::int64_t windows, std::int64_t channels) {
  const std::int64_t stride = g.step < g.size ? g.step : g.size;  // what lies between windows is left out
  const bool is_long = window_order_is_long(g);
  const std::int64_t wanted = is_long ? 2 * g.size : 4 * g.size > 32768 ? 4 * g.size : 32768;
  std::int64_t most = (wanted - g.size) / stride + 1;
  if (most > windows) most = windows < 1 ? 1 : windows;
  const std::int64_t longest = (most - 1) * stride + g.size;
  if (is_long && most < windows) {  // few runs: an even number of equal ones
    const std::int64_t runs = ((windows + most - 1) / most + 1) / 2 * 2;
    most = (windows + runs - 1) / runs;
  }
  const std::int64_t groups = (channels + 7) / 8;  // a cache line of channels is read once
  WindowOrderRun run{most, groups > 0 ? (channels + groups - 1) / groups : 1, 0, 0};
  run.samples = (most - 1) * stride + g.size;
  // Values of the channels, of eight where there are as many; keys and values in order, and room to sort
  // them, places, and what is in the window; or buckets and room for what is in some. Never more for fewer
  // windows or channels.
  const std::int64_t each = 8 * (channels < 8 ? channels : 8) + (is_long ? 10 : 20);
  const std::int64_t bytes = longest * each + (is_long ? 0 : longest / 4) + 131072;
  run.bytes = (bytes + 4095) / 4096 * 4096;
  return run;
}

/// Bytes of scratch of a call, for `threads` threads.
constexpr std::int64_t window_order_scratch(const WindowGrid& g, std::int64_t windows, std::int64_t channels,
                                            std::int64_t threads) {
  const WindowOrderRun run = window_order_run(g, windows, channels);
  const std::int64_t tasks =
      (windows + run.windows - 1) / run.windows * ((channels + run.channels - 1) / run.channels);
  return run.bytes * (threads < tasks ? threads : tasks < 1 ? 1 : tasks);
}

/// Samples of a piece whose products are added up at a time.
inline constexpr std::int64_t kWindowProductsPiece = 256;

/// Parts of which a window's products are merged: its cells where these are few and small, else itself alone.
constexpr std::int64_t window_products_parts(const WindowGrid& g, std::int64_t channels) {
  const std::int64_t cells = g.cells_a_window();
  return cells <= 32 && cells * channels * channels <= (std::int64_t(2) << 20) ? cells : 1;
}

/// Bytes of a thread's scratch: a piece of centred samples, and means and products of the parts and a window.
constexpr std::int64_t window_products_thread(const WindowGrid& g, std::int64_t channels) {
  const std::int64_t parts = window_products_parts(g, channels) + 1;
  const std::int64_t bytes =
      8 * (channels * kWindowProductsPiece + parts * (channels * channels + 2 * channels));
  return (bytes + 4095) / 4096 * 4096;
}
constexpr std::int64_t window_products_scratch(const WindowGrid& g, std::int64_t windows,
                                               std::int64_t channels, std::int64_t threads) {
  return window_products_thread(g, channels) * (threads < windows ? threads : windows < 1 ? 1 : windows);
}

/// window_products: covariances or correlations of all channels with all others in windows [first, first +
/// windows), all of whose samples are there. A NaN makes those of its channel NaN; numpy's cov and corrcoef.
struct WindowProductsArgs {
  WindowSamples samples;
  WindowGrid grid;
  std::int64_t padded_size;
  std::int64_t first, windows;
  std::int64_t ddof;
  std::int32_t correlation;
  void* scratch;  // device, page-aligned; window_products_thread() for each thread, at least one
  std::int64_t scratch_bytes;
  DType type;
  void* out;  // device; windows x channels x channels, dense
};

}  // namespace sluice
