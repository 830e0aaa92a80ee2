// The operations on whole windows in plain loops: a window's values are sorted by std::sort, its sums are
// taken in long double.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "kernels/elements.h"
#include "kernels/serial/workers.h"
#include "kernels/window_order.inl"

namespace sluice::SLUICE_BACKEND {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// All samples of a window of a channel, those that are NaN among them.
std::vector<double> samples_of(const WindowSamples& s, const WindowGrid& g, std::int64_t window,
                               std::int64_t channel) {
  std::vector<double> values;
  with_type(s.type, [&](auto tag) {
    using T = typename decltype(tag)::Type;
    for (std::int64_t t = g.start(window); t < g.end(window); ++t) {
      const std::int64_t row = t - s.first;
      const std::int64_t i = s.layout == Layout::kObservations ? row * s.ld + channel : channel * s.ld + row;
      double x = double(s.swapped ? element<T, true>(s.source, i) : element<T, false>(s.source, i));
      if (s.scale != 1 || s.offset != 0) x = x * s.scale + s.offset;
      values.push_back(x);
    }
  });
  return values;
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double x) { return std::isfinite(x); });
}

long double mean_of(const std::vector<double>& values) {
  long double sum = 0;
  for (const double x : values) sum += static_cast<long double>(x) - values[0];
  return values[0] + sum / static_cast<long double>(values.size());
}

double median_of(std::vector<double>& values) {
  std::sort(values.begin(), values.end());
  const WindowPlace at = median_place(std::int64_t(values.size()));
  return median_value(values[std::size_t(at.low)], values[std::size_t(at.high)], at.low == at.high);
}

double statistic_of(const WindowOrderOutput& o, const std::vector<double>& all, std::vector<double> values) {
  switch (o.statistic) {
    case WindowOrderStatistic::kMedian:
      return median_of(values);
    case WindowOrderStatistic::kQuantile: {
      std::sort(values.begin(), values.end());
      const WindowPlace at = quantile_place(o.parameter, std::int64_t(values.size()));
      return quantile_value(values[std::size_t(at.low)], values[std::size_t(at.high)], at.between);
    }
    case WindowOrderStatistic::kMad: {
      const double median = median_of(values);
      for (double& x : values) x = std::fabs(x - median);
      if (std::any_of(values.begin(), values.end(), [](double x) { return std::isnan(x); })) return kNone;
      return median_of(values);
    }
    case WindowOrderStatistic::kMeanCrossings: {
      if (!all_finite(values)) return kNone;
      const double mean = double(mean_of(values));
      double crossings = 0;
      for (std::size_t i = 1; i < values.size(); ++i)
        crossings += (values[i] >= mean) != (values[i - 1] >= mean) ? 1 : 0;
      return crossings;
    }
    case WindowOrderStatistic::kAcf: {
      const std::size_t lag = std::size_t(o.parameter);
      if (lag >= all.size() || !all_finite(values)) return kNone;
      const long double mean = mean_of(values);
      long double energy = 0, product = 0;
      for (const double x : values) energy += (x - mean) * (x - mean);
      for (std::size_t i = 0; i + lag < all.size(); ++i)
        if (!std::isnan(all[i]) && !std::isnan(all[i + lag]))
          product += (all[i] - mean) * (all[i + lag] - mean);
      return double(product / energy);
    }
  }
  return kNone;
}

void put(DType type, void* out, std::int64_t at, double x) {
  if (type == DType::kFloat32)
    static_cast<float*>(out)[at] = float(x);
  else
    static_cast<double*>(out)[at] = x;
}

}  // namespace

void run_window_order(Workers&, const WindowOrderArgs& a) {
  const std::int64_t channels = a.samples.channels;
  for (std::int64_t k = 0; k < a.windows; ++k)
    for (std::int64_t c = 0; c < channels; ++c) {
      const std::vector<double> all = samples_of(a.samples, a.grid, a.first + k, c);
      std::vector<double> values;
      for (const double x : all)
        if (!std::isnan(x)) values.push_back(x);
      const std::int64_t length = window_length(a.grid, a.padded_size, a.first + k);
      const bool none = window_is_none(a.rules, std::int64_t(values.size()), length);
      for (int i = 0; i < a.outputs; ++i)
        put(a.output[i].type, a.output[i].out, k * channels + c,
            none ? kNone : statistic_of(a.output[i], all, values));
    }
}

void run_window_products(Workers&, const WindowProductsArgs& a) {
  const std::int64_t channels = a.samples.channels;
  for (std::int64_t k = 0; k < a.windows; ++k) {
    const std::int64_t missing = window_length(a.grid, a.padded_size, a.first + k) -
                                 (a.grid.end(a.first + k) - a.grid.start(a.first + k));
    std::vector<std::vector<double>> x;
    std::vector<long double> mean;
    for (std::int64_t c = 0; c < channels; ++c) {
      x.push_back(samples_of(a.samples, a.grid, a.first + k, c));
      mean.push_back(missing > 0 ? kNone : mean_of(x.back()));
    }
    const auto product = [&](std::int64_t i, std::int64_t j) {
      long double sum = 0;
      for (std::size_t t = 0; t < x[std::size_t(i)].size(); ++t)
        sum += (x[std::size_t(i)][t] - mean[std::size_t(i)]) * (x[std::size_t(j)][t] - mean[std::size_t(j)]);
      return sum;
    };
    const double left = double(std::int64_t(x[0].size()) - a.ddof);
    for (std::int64_t i = 0; i < channels; ++i)
      for (std::int64_t j = 0; j < channels; ++j) {
        const long double p = product(i, j);
        const double r = a.correlation ? double(p / std::sqrt(product(i, i)) / std::sqrt(product(j, j)))
                                       : (left > 0 ? double(p / left) : kNone);
        put(a.type, a.out, (k * channels + i) * channels + j,
            a.correlation && !std::isnan(r) ? std::clamp(r, -1.0, 1.0) : r);
      }
  }
}

}  // namespace sluice::SLUICE_BACKEND
