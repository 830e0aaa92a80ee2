// Points, or what stands for them where they are too many to be told apart.
#include <cmath>

#include "host/error.h"
#include "host/page/figure_page.h"
#include "host/picture/density.h"
#include "host/plot/build.h"
#include "host/plot/cell_means.h"

namespace sluice::plot_detail {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

void count(const Places& places, PlotSummary& out) {
  out.points = places.points, out.missing = places.missing, out.not_positive = places.not_positive;
}

std::int64_t cells_along(int pixels) {
  return std::clamp(pixels / 5, 30, 500);
}

std::vector<double> edges(const Survey& seen, bool log, int pixels) {
  const std::int64_t cells = cells_along(pixels);
  const picture::DataRange& range = seen.range;
  if (log) {
    if (!(range.least_positive <= range.high)) return picture::log_edges(1, 10, cells);
    return picture::log_edges(range.least_positive, range.high, cells);
  }
  return range.finite == 0
             ? picture::even_edges(0, 1, cells)
             : picture::even_edges(range.low, range.high, fitting_bins(range.low, range.high, cells));
}

/// Evenly spread over the rows, the same for every run.
bool in_sample(std::int64_t row, std::size_t k, double part) {
  std::uint64_t z = (std::uint64_t(row) * 40 + k + 1) * 0x9e3779b97f4a7c15u;  // splitmix64
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return double((z ^ z >> 31) >> 11) < part * 0x1p53;
}

std::int64_t all_points(const Build& b) {
  std::int64_t points = 0;
  for (const Survey& y : b.seen.y) points += std::int64_t(std::min(y.range.finite, b.seen.x.range.finite));
  return points;
}

void add_dots(Build& b, double part) {
  const bool by_category = b.series.by_category(), values = b.series.color() != nullptr && !by_category;
  std::vector<picture::ScatterLayer> layers;
  for (const std::string& name : layer_names(b.series)) layers.emplace_back().name = name;
  Places places{b.options.log_x, b.options.log_y};
  std::int64_t uncategorised = 0;
  b.series.read([&](const Slice& slice) {
    for (std::int64_t i = 0; i < slice.rows; ++i)
      for (std::size_t k = 0; k < slice.y.size(); ++k) {
        const double x = slice.x[i], y = slice.y[k][i];
        if (!places.has(x, y)) continue;
        const std::int64_t at = layer_of(slice, i, k, by_category);
        if (at < 0) {
          ++uncategorised;
          continue;
        }
        if (part < 1 && !in_sample(slice.first + i, k, part)) continue;
        picture::ScatterLayer& layer = layers[std::size_t(at)];
        layer.x.push_back(x), layer.y.push_back(y);
        if (values) layer.values.push_back(slice.color[i]);
        if (slice.error != nullptr)
          layer.y_errors.below.push_back(std::isfinite(slice.error[i]) ? std::abs(slice.error[i]) : kNone);
      }
  });
  count(places, b.out);
  b.out.points -= uncategorised, b.out.missing += uncategorised;
  for (picture::ScatterLayer& layer : layers) {
    if (values) layer.values_label = b.series.color()->name;
    b.panel.layers.push_back(std::move(layer));
  }
}

/// Pages show it from some magnification on, where the cells of a density are coarse.
constexpr std::int64_t kSample = 50000;

bool for_pages(const PlotOptions& options) {
  return std::any_of(options.outputs.begin(), options.outputs.end(), page::is_page);
}

void add_density(Build& b) {
  const bool sampled = for_pages(b.options) && !b.out.form.empty();  // not of a heat map that was asked for
  const double part = double(kSample) / double(std::max<std::int64_t>(1, all_points(b)));
  picture::ScatterLayer sample;
  sample.name = "sample";
  picture::Density density(edges(b.seen.x, b.options.log_x, b.options.width),
                           edges(b.seen.y.front(), b.options.log_y, b.options.height));
  Places places{b.options.log_x, b.options.log_y};
  std::vector<double> x, y;
  b.series.read([&](const Slice& slice) {
    for (const double* column : slice.y) {
      x.clear(), y.clear();
      for (std::int64_t i = 0; i < slice.rows; ++i)
        if (places.has(slice.x[i], column[i])) {
          x.push_back(slice.x[i]), y.push_back(column[i]);
          if (sampled && in_sample(slice.first + i, 0, part))
            sample.x.push_back(slice.x[i]), sample.y.push_back(column[i]);
        }
      density.add(x.data(), y.data(), x.size());
    }
  });
  count(places, b.out);
  if (sampled) {
    b.out.form += ", and in pages a sample of " + grouped(std::int64_t(sample.x.size())) + " points";
    b.out.sample = std::move(sample);
  }
  picture::ImageLayer layer = density.layer();
  layer.colormap = b.options.colormap;
  b.panel.layers.push_back(std::move(layer));
}

void add_means(Build& b) {
  CellMeans means(edges(b.seen.x, b.options.log_x, b.options.width),
                  edges(b.seen.y.front(), b.options.log_y, b.options.height));
  Places places{b.options.log_x, b.options.log_y};
  b.series.read([&](const Slice& slice) {
    for (std::int64_t i = 0; i < slice.rows; ++i)
      if (places.has(slice.x[i], slice.y.front()[i]))
        means.add(slice.x[i], slice.y.front()[i], slice.color[i]);
  });
  count(places, b.out);
  picture::ImageLayer layer = means.layer();
  layer.colormap = b.options.colormap;
  layer.bar_label = b.series.color()->name + ", mean of a cell";
  b.panel.layers.push_back(std::move(layer));
}

/// Several series share the grid of the first: it must hold them all.
Surveys joined(const Surveys& seen) {
  Surveys all = seen;
  picture::DataRange& range = all.y.front().range;
  for (const Survey& y : seen.y) {
    if (y.range.finite == 0) continue;
    range.low = std::min(range.low, y.range.low), range.high = std::max(range.high, y.range.high);
    range.least_positive = std::min(range.least_positive, y.range.least_positive);
    range.finite = std::max(range.finite, y.range.finite);
  }
  return all;
}

void add_cells(Build& b) {
  const Surveys all = joined(b.seen);
  Build whole{b.options, b.series, all, b.budget, b.out, b.panel};
  const std::int64_t cells = cells_along(b.options.width) * cells_along(b.options.height);
  const Share share(b.budget, std::uint64_t(3 * 16 * cells), "the cells of a density");
  if (b.series.color() != nullptr && !b.series.by_category())
    add_means(whole);
  else
    add_density(whole);
}

}  // namespace

std::vector<std::string> layer_names(const Series& series) {
  if (series.by_category()) return series.color()->levels;
  std::vector<std::string> names(series.y_count());
  for (std::size_t k = 0; k < names.size() && names.size() > 1; ++k) names[k] = series.y(k).name;
  return names;
}

void build_scatter(Build& b) {
  const std::int64_t points = all_points(b);
  const std::string why = "as " + grouped(points) + " points are more than --dots " + grouped(b.options.dots);
  const Share share(b.budget, std::uint64_t(std::min(points, b.options.dots)) * 64, "the points drawn");
  if (points <= b.options.dots) return add_dots(b, 1);
  b.out.form_reason = why;
  if (b.series.by_category() || b.series.y_count() > 1) {
    add_dots(b, double(b.options.dots) / double(points));
    b.out.form = "a sample of the points";
    return;
  }
  b.out.form = b.series.color() != nullptr ? "means of " + b.series.color()->name + " in cells" : "density";
  if (b.series.has_error()) b.out.form += " without error bars";
  add_cells(b);
}

void build_cells(Build& b) {
  if (b.series.by_category())
    throw Error(ErrorKind::kUsage, "--color " + b.series.color()->name +
                                       ": the cells of a heat map show numbers: expected such a column, "
                                       "found categories");
  add_cells(b);
}

}  // namespace sluice::plot_detail
