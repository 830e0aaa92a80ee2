// Histograms. Without --bins Scott's rule (1979) decides, within limits; whole numbers that are few get a bin
// each.
#include <algorithm>
#include <cmath>

#include "host/picture/histogram.h"
#include "host/plot/build.h"

namespace sluice::plot_detail {
namespace {

constexpr std::int64_t kFewest = 10, kMost = 200;

/// numpy's bins="scott": ceil(range / ((24 sqrt(pi) / n)^(1/3) sigma)), with sigma over n.
std::int64_t scott(const Survey& seen) {
  const picture::DataRange& range = seen.range;
  const auto n = double(range.finite);
  const double width = std::cbrt(24 * std::sqrt(std::acos(-1.0)) / n) * std::sqrt(seen.m2 / n);
  const double bins = std::ceil((range.high - range.low) / width);
  return bins >= double(kFewest) ? std::int64_t(std::min(bins, double(kMost))) : kFewest;  // NaN too
}

std::vector<double> edges_of(const Build& b) {
  const picture::DataRange& range = b.seen.x.range;
  const std::int64_t bins = b.options.bins;
  if (b.options.log_x) {
    if (!(range.least_positive <= range.high)) return picture::log_edges(1, 10, 1);
    return picture::log_edges(range.least_positive, range.high, bins > 0 ? bins : 50);
  }
  if (range.finite == 0) return picture::even_edges(0, 1, 1);
  const double largest = std::max(std::abs(range.low), std::abs(range.high));
  if (bins == 0 && b.series.x().whole && range.high - range.low < double(kMost) && largest < 0x1p52)
    return picture::even_edges(range.low - 0.5, range.high + 0.5, std::int64_t(range.high - range.low) + 1);
  return picture::even_edges(range.low, range.high,
                             fitting_bins(range.low, range.high, bins > 0 ? bins : scott(b.seen.x)));
}

}  // namespace

std::int64_t fitting_bins(double low, double high, std::int64_t bins) {
  const double largest = std::max(std::abs(low), std::abs(high));
  const double apart = 4 * (std::nextafter(largest, INFINITY) - largest);
  if (low == high || !(apart > 0)) return bins;
  return std::clamp<std::int64_t>(std::int64_t(std::min((high - low) / apart, 1e9)), 1, bins);
}

void build_histogram(Build& b) {
  const bool by_category = b.series.by_category();
  const std::vector<std::string> names =
      by_category ? b.series.color()->levels : std::vector<std::string>{std::string()};
  const std::vector<double> edges = edges_of(b);
  const Share share(b.budget, std::uint64_t(edges.size()) * 40 * names.size(), "the bins of a histogram");
  std::vector<picture::Histogram> histograms(names.size(), picture::Histogram(edges));
  Places places{b.options.log_x, false};
  std::vector<std::vector<double>> values(names.size());
  std::int64_t uncategorised = 0;
  b.series.read([&](const Slice& slice) {
    for (auto& of_level : values) of_level.clear();
    for (std::int64_t i = 0; i < slice.rows; ++i) {
      if (!places.has(slice.x[i], 1)) continue;
      const std::int64_t at = layer_of(slice, i, 0, by_category);
      if (at < 0)
        ++uncategorised;
      else
        values[std::size_t(at)].push_back(slice.x[i]);
    }
    for (std::size_t l = 0; l < values.size(); ++l) histograms[l].add(values[l].data(), values[l].size());
  });
  b.out.points = places.points - uncategorised, b.out.missing = places.missing + uncategorised;
  b.out.not_positive = places.not_positive;
  for (std::size_t l = 0; l < names.size(); ++l)
    b.panel.layers.push_back(picture::HistogramLayer{names[l], edges, histograms[l].heights(), {}});
}

}  // namespace sluice::plot_detail
