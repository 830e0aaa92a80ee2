// Lines: every point of few, the envelope of many.
#include <algorithm>
#include <cmath>

#include "host/page/figure_page.h"
#include "host/plot/build.h"
#include "host/plot/envelope.h"

namespace sluice::plot_detail {
namespace {

constexpr std::int64_t kAllPoints = 100000;
constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Hands on each point, or a break in the line, with its layer.
template <class Point, class Gap>
void go_over(Build& b, const Point& point, const Gap& gap) {
  Places places{b.options.log_x, b.options.log_y};
  const bool by_category = b.series.by_category();
  std::int64_t uncategorised = 0;
  b.series.read([&](const Slice& slice) {
    for (std::int64_t i = 0; i < slice.rows; ++i)
      for (std::size_t k = 0; k < slice.y.size(); ++k) {
        const std::int64_t at = layer_of(slice, i, k, by_category);
        const bool has = places.has(slice.x[i], slice.y[k][i]);
        if (at < 0)
          uncategorised += has;
        else if (has)
          point(std::size_t(at), slice.x[i], slice.y[k][i]);
        else
          gap(std::size_t(at), slice.x[i]);
      }
  });
  b.out.points = places.points - uncategorised, b.out.missing = places.missing + uncategorised;
  b.out.not_positive = places.not_positive;
}

}  // namespace

void build_lines(Build& b) {
  std::vector<picture::LineLayer> layers;
  for (const std::string& name : layer_names(b.series)) layers.emplace_back().name = name;
  const std::int64_t points = b.series.table().rows() * std::int64_t(b.series.y_count());
  const std::vector<std::string>& outputs = b.options.outputs;
  const bool pages = page::all_pages(outputs);  // they show more when zoomed in
  const std::int64_t most = pages ? std::max(kAllPoints, b.options.dots) : kAllPoints;
  const Share share(b.budget, std::uint64_t(std::min(points, most)) * 40, "the points of lines");
  const picture::DataRange& range = b.seen.x.range;
  const double low = b.options.log_x ? range.least_positive : range.low;
  if (points <= most || !(low <= range.high)) {
    const auto add = [&](std::size_t at, double x, double y) {
      layers[at].x.push_back(x), layers[at].y.push_back(y);
    };
    go_over(b, add, [&](std::size_t at, double x) { add(at, x, kNone); });
  } else {
    const std::int64_t columns = std::clamp<std::int64_t>(2 * b.options.width, 512, 8192);
    const Share share(b.budget, std::uint64_t(columns) * 144 * layers.size(), "the envelopes of lines");
    std::vector<Envelope> envelopes(layers.size(), Envelope(low, range.high, columns, b.options.log_x));
    go_over(
        b, [&](std::size_t at, double x, double y) { envelopes[at].add(x, y); },
        [&](std::size_t at, double x) { envelopes[at].add_gap(x); });
    for (std::size_t i = 0; i < layers.size(); ++i) envelopes[i].append_to(layers[i]);
    b.out.form = "lowest and highest values in " + grouped(columns) + " columns";
    b.out.form_reason = b.seen.x.ascending ? "as a line of " + grouped(points) + " points shows no more"
                                           : "as x does not ascend";
  }
  for (picture::LineLayer& layer : layers) b.panel.layers.push_back(std::move(layer));
}

}  // namespace sluice::plot_detail
