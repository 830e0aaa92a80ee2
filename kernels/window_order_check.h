// Checks of the arguments of the operations on whole windows, the same in every backend.
#pragma once
#include "kernels/window_check.h"

namespace sluice::SLUICE_BACKEND {

/// The tile has every sample of the windows.
inline void check_whole(const char* operation, const WindowSamples& s, const WindowGrid& g,
                        std::int64_t first, std::int64_t windows) {
  check_grid(operation, g);
  check_samples(operation, s);
  check_positive(operation, "first", first);
  check_positive(operation, "windows", windows);
  if (windows == 0 || s.channels == 0) return;
  if (windows > g.windows() || first > g.windows() - windows)
    fail(kBadArgument, "%s: windows %lld to %lld of %lld", operation, static_cast<long long>(first),
         static_cast<long long>(first + windows), static_cast<long long>(g.windows()));
  if (s.first > g.start(first) || s.first + s.rows < g.end(first + windows - 1))
    fail(kBadArgument, "%s: samples %lld to %lld do not hold windows %lld to %lld", operation,
         static_cast<long long>(s.first), static_cast<long long>(s.first + s.rows),
         static_cast<long long>(first), static_cast<long long>(first + windows));
}

inline void check_scratch(const char* operation, const void* scratch, std::int64_t bytes,
                          std::int64_t least) {
  check_pointer(operation, "scratch", scratch);
  if (bytes < least || reinterpret_cast<std::uintptr_t>(scratch) % 64 != 0)
    fail(kBadArgument, "%s: scratch of %lld bytes: expected at least %lld, at a multiple of 64", operation,
         static_cast<long long>(bytes), static_cast<long long>(least));
}

inline void check_output(const char* operation, DType type, const void* out) {
  check_float(operation, type);
  check_pointer(operation, "out", out);
  if (reinterpret_cast<std::uintptr_t>(out) % size_of(type) != 0)
    fail(kBadArgument, "%s: an output does not begin where its type may", operation);
}

inline void check(const WindowOrderArgs& a) {
  check_whole("window_order", a.samples, a.grid, a.first, a.windows);
  if (a.outputs < 0 || a.outputs > kWindowOrderOutputs)
    fail(kBadArgument, "window_order: %d outputs: expected at most %d", a.outputs, kWindowOrderOutputs);
  if (a.rules.min_count < 0) fail(kBadArgument, "window_order: min_count is negative");
  if (a.windows == 0 || a.samples.channels == 0) return;
  if (a.grid.size >= std::int64_t(1) << 30)
    fail(kBadArgument, "window_order: a window of %lld samples: expected less than 2^30",
         static_cast<long long>(a.grid.size));
  check_scratch("window_order", a.scratch, a.scratch_bytes,
                window_order_run(a.grid, a.windows, a.samples.channels).bytes);
  for (int i = 0; i < a.outputs; ++i) {
    const WindowOrderOutput& o = a.output[i];
    if (o.statistic < WindowOrderStatistic::kMedian || o.statistic > WindowOrderStatistic::kAcf)
      fail(kBadArgument, "window_order: unknown statistic %d", int(o.statistic));
    if (o.statistic == WindowOrderStatistic::kQuantile && !(o.parameter >= 0 && o.parameter <= 1))
      fail(kBadArgument, "window_order: a quantile of %g: expected 0 to 1", o.parameter);
    if (o.statistic == WindowOrderStatistic::kAcf && !(o.parameter >= 0 && o.parameter < 0x1p48))
      fail(kBadArgument, "window_order: a lag of %g: expected 0 to 2^48", o.parameter);
    check_output("window_order", o.type, o.out);
  }
}

inline void check(const WindowProductsArgs& a) {
  check_whole("window_products", a.samples, a.grid, a.first, a.windows);
  if (a.windows == 0 || a.samples.channels == 0) return;
  if (a.samples.channels > std::int64_t(1) << 24)
    fail(kBadArgument, "window_products: %lld channels: expected at most 2^24",
         static_cast<long long>(a.samples.channels));
  check_scratch("window_products", a.scratch, a.scratch_bytes,
                window_products_thread(a.grid, a.samples.channels));
  check_output("window_products", a.type, a.out);
}

}  // namespace sluice::SLUICE_BACKEND
