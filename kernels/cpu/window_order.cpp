// window_order on the CPU: a thread takes a run of windows of a few channels. Each channel's samples are
// sorted once (window_ranks.h; of long windows told apart, window_buckets.h) and the windows slide over them.
// Every result is a value of the order or a sum over the window alone, so it has the same bytes in any runs.
#include <omp.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/cpu/window_buckets.h"
#include "kernels/cpu/window_ranks.h"
#include "kernels/cpu/window_sums.h"
#include "kernels/cpu/workers.h"
#include "kernels/elements.h"
#include "kernels/window_order.inl"

namespace sluice::SLUICE_BACKEND {
namespace {

using O = WindowOrderStatistic;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Half of the values lie below the median and half above, both by their distance from it: the k-th of both
/// together takes i of those below and k - i of those above.
template <class Ranks>
class Distances {
 public:
  Distances(const Ranks& ranks, double median)
      : ranks_(ranks), median_(median), n_(ranks.count()), below_(n_ / 2) {}

  double at(std::int64_t k) const {
    std::int64_t low = std::max<std::int64_t>(0, k - (n_ - below_)), high = std::min(k, below_);
    while (low < high) {  // the least i with below(i) >= above(k - 1 - i)
      const std::int64_t i = (low + high) / 2;
      if (is_nearer(i, k - 1 - i))
        low = i + 1;
      else
        high = i;
    }
    const std::int64_t i = low;
    if (i >= below_) return above(k - i);
    if (k - i >= n_ - below_) return below(i);
    return std::min(below(i), above(k - i));
  }

 private:
  /// below(i) < above(j); as rounding keeps order, what bounds the values may tell.
  bool is_nearer(std::int64_t i, std::int64_t j) const {
    const auto [low, high] = ranks_.bounds(below_ - 1 - i);
    const auto [least, most] = ranks_.bounds(below_ + j);
    if (median_ - low < least - median_) return true;
    if (median_ - high >= most - median_) return false;
    return below(i) < above(j);
  }
  double below(std::int64_t i) const { return median_ - ranks_.at(below_ - 1 - i); }
  double above(std::int64_t i) const { return ranks_.at(below_ + i) - median_; }

  const Ranks& ranks_;
  double median_;
  std::int64_t n_, below_;
};

template <class Ranks>
double median_of(const Ranks& ranks) {
  const WindowPlace p = median_place(ranks.count());
  if (p.low == p.high) return ranks.at(p.low);
  const auto [low, high] = ranks.neighbours(p.low);
  return median_value(low, high, false);
}

template <class Ranks>
double quantile_of(const Ranks& ranks, double q) {
  const WindowPlace p = quantile_place(q, ranks.count());
  if (p.low == p.high) return ranks.at(p.low);
  const auto [low, high] = ranks.neighbours(p.low);
  return quantile_value(low, high, p.between);
}

template <class Ranks>
double mad_of(const Ranks& ranks) {
  const double median = median_of(ranks);
  if (!is_finite(median)) return kNone;  // a value less an infinite median is none, for one of them at least
  const Distances distances(ranks, median);
  const WindowPlace p = median_place(ranks.count());
  const double low = distances.at(p.low);
  return median_value(low, p.low == p.high ? 0 : distances.at(p.high), p.low == p.high);
}

template <class T, bool kSwapped, class Ranks>
class Order {
 public:
  Order(Workers& workers, const WindowOrderArgs& a)
      : workers_(workers),
        a_(a),
        s_(a.samples),
        g_(a.grid),
        run_(window_order_run(g_, a.windows, s_.channels)),
        stride_(std::min(g_.step, g_.size)),
        ld_(run_.samples + 16) {
    for (int i = 0; i < a.outputs; ++i) {
      const O what = a.output[i].statistic;
      (what == O::kMeanCrossings || what == O::kAcf ? sums_ : places_) = true;
    }
  }

  void run() const {
    const std::int64_t runs = (a_.windows + run_.windows - 1) / run_.windows;
    const std::int64_t groups = (s_.channels + run_.channels - 1) / run_.channels;
    const int threads = int(std::min<std::int64_t>(workers_.threads(), a_.scratch_bytes / run_.bytes));
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (std::int64_t task = 0; task < runs * groups; ++task) {
      const std::int64_t first = a_.first + task / groups * run_.windows,
                         channel = task % groups * run_.channels;
      take(first, std::min(run_.windows, a_.first + a_.windows - first), channel,
           std::min(run_.channels, s_.channels - channel),
           static_cast<char*>(a_.scratch) + omp_get_thread_num() * run_.bytes);
    }
  }

 private:
  void take(std::int64_t first, std::int64_t windows, std::int64_t channel, std::int64_t channels,
            char* scratch) const {
    double* values = reinterpret_cast<double*>(scratch);
    const std::int64_t samples = load(first, windows, channel, channels, values);
    // Compact samples are at multiples of 64 bytes where memory is.
    char* rest = scratch + (run_.channels * ld_ * 8 + 63) / 64 * 64;
    for (std::int64_t c = 0; c < channels; ++c) {
      const double* x = values + c * ld_;
      Ranks ranks(run_.samples, rest);
      if (places_) ranks.sort(x, samples, stride_);
      std::int64_t begin = 0, end = 0;  // what is in the window
      for (std::int64_t k = 0; k < windows; ++k) {
        const std::int64_t window = first + k, from = k * stride_;
        const std::int64_t to = from + g_.end(window) - g_.start(window);
        if (places_) {
          ranks.toggle(begin, std::min(from, end), false);
          ranks.toggle(std::max(from, end), to, true);
          ranks.settle();
        }
        begin = from, end = to;
        finish(window, channel + c, x + from, to - from, ranks);
      }
    }
  }

  void finish(std::int64_t window, std::int64_t channel, const double* x, std::int64_t samples,
              const Ranks& ranks) const {
    const std::int64_t length = window_length(g_, a_.padded_size, window);
    std::int64_t n = places_ ? ranks.count() : samples;
    if (!places_) n -= std::count_if(x, x + samples, [](double v) { return is_nan(v); });
    const bool none = window_is_none(a_.rules, n, length);
    WindowMean sums;
    if (sums_ && !none) sums = sums_of(x, samples, n);
    const std::int64_t at = (window - a_.first) * s_.channels + channel;
    for (int i = 0; i < a_.outputs; ++i) {
      const WindowOrderOutput& o = a_.output[i];
      const double value = none ? kNone : value_of(o, x, samples, n, ranks, sums);
      if (o.type == DType::kFloat32)
        static_cast<float*>(o.out)[at] = float(value);
      else
        static_cast<double*>(o.out)[at] = value;
    }
  }

  /// Without NaN a window lies as it is; else what is a value is looked at one by one.
  WindowMean sums_of(const double* x, std::int64_t samples, std::int64_t n) const {
    if (n == samples) return window_mean(x, samples);
    double origin = 0, sum = 0, rest = 0;
    for (std::int64_t i = samples; i-- > 0;)
      if (!is_nan(x[i])) origin = x[i];
    for (std::int64_t i = 0; i < samples; ++i)
      if (!is_nan(x[i])) sum += x[i] - origin;
    const double mean = origin + sum / double(n);
    for (std::int64_t i = 0; i < samples; ++i)
      if (!is_nan(x[i])) rest += x[i] - mean;
    return {mean, rest / double(n), is_finite(sum)};
  }

  static double crossings_of(const double* x, std::int64_t samples, double mean) {
    double crossings = 0, before = kNone;
    for (std::int64_t i = 0; i < samples; ++i) {
      if (is_nan(x[i])) continue;
      if (!is_nan(before) && (x[i] >= mean) != (before >= mean)) crossings += 1;
      before = x[i];
    }
    return crossings;
  }

  double value_of(const WindowOrderOutput& o, const double* x, std::int64_t samples, std::int64_t n,
                  const Ranks& ranks, const WindowMean& sums) const {
    switch (o.statistic) {
      case O::kMedian:
        return median_of(ranks);
      case O::kQuantile:
        return quantile_of(ranks, o.parameter);
      case O::kMad:
        return mad_of(ranks);
      case O::kMeanCrossings:
        if (!sums.finite) return kNone;
        return n == samples ? window_crossings(x, samples, sums.whole())
                            : crossings_of(x, samples, sums.whole());
      case O::kAcf:
        if (!sums.finite) return kNone;
        return window_acf(x, samples, sums, std::int64_t(o.parameter), n != samples);
    }
    return kNone;
  }

  /// The windows' samples, channel by channel, without those between windows; returns how many.
  std::int64_t load(std::int64_t first, std::int64_t windows, std::int64_t channel, std::int64_t channels,
                    double* to) const {
    if (g_.step <= g_.size) {
      const std::int64_t begin = g_.start(first), end = g_.end(first + windows - 1);
      copy(begin, end - begin, channel, channels, to);
      return end - begin;
    }
    std::int64_t samples = 0;
    for (std::int64_t k = first; k < first + windows; ++k) {
      copy(g_.start(k), g_.end(k) - g_.start(k), channel, channels, to + (k - first) * stride_);
      samples = (k - first) * stride_ + g_.end(k) - g_.start(k);
    }
    return samples;
  }

  void copy(std::int64_t begin, std::int64_t samples, std::int64_t channel, std::int64_t channels,
            double* to) const {
    const std::int64_t row = begin - s_.first;
    if (s_.layout == Layout::kVariables) {
      for (std::int64_t c = 0; c < channels; ++c)
        for (std::int64_t t = 0; t < samples; ++t) to[c * ld_ + t] = value((channel + c) * s_.ld + row + t);
    } else {
      for (std::int64_t t = 0; t < samples; ++t)
        for (std::int64_t c = 0; c < channels; ++c) to[c * ld_ + t] = value((row + t) * s_.ld + channel + c);
    }
    if (s_.scale == 1 && s_.offset == 0) return;
    for (std::int64_t c = 0; c < channels; ++c)
      for (std::int64_t t = 0; t < samples; ++t) to[c * ld_ + t] = to[c * ld_ + t] * s_.scale + s_.offset;
  }
  double value(std::int64_t i) const {
    return double(element<T, kSwapped>(s_.source, i));
  }

  Workers& workers_;
  const WindowOrderArgs& a_;
  const WindowSamples& s_;
  const WindowGrid& g_;
  WindowOrderRun run_;
  std::int64_t stride_, ld_;
  bool places_ = false, sums_ = false;
};

}  // namespace

void run_window_order(Workers& workers, const WindowOrderArgs& a) {
  if (a.windows == 0 || a.samples.channels == 0 || a.outputs == 0) return;
  with_type(a.samples.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    const auto run = [&](auto swapped) {
      if (window_order_is_long(a.grid))
        Order<T, swapped.value, WindowBuckets>(workers, a).run();
      else
        Order<T, swapped.value, WindowRanks>(workers, a).run();
    };
    if (a.samples.swapped)
      run(std::true_type());
    else
      run(std::false_type());
  });
}

}  // namespace sluice::SLUICE_BACKEND
