// The layers of a picture, from a second look at a table whose extents are known.
#pragma once
#include "host/plot/series.h"

namespace sluice::plot_detail {

struct Build {
  const PlotOptions& options;
  const Series& series;
  const Surveys& seen;
  Budget& budget;
  PlotSummary& out;
  picture::Panel& panel;
};

constexpr std::size_t kMostSeries = 40;  // that colours and shapes can tell apart

/// One dot a point; above options.dots a density, the mean of the colour's column, or with categories a
/// sample.
void build_scatter(Build& build);
/// The cells of a density, or of the means of the colour's column, however few the points.
void build_cells(Build& build);
/// Every point, or what can be seen of many.
void build_lines(Build& build);
void build_histogram(Build& build);

/// Names of the layers: of the categories, else of the y columns where there are several.
std::vector<std::string> layer_names(const Series& series);
/// The layer of row i, for y column k; -1: the row has no category.
inline std::int64_t layer_of(const Slice& slice, std::int64_t i, std::size_t k, bool by_category) {
  if (!by_category) return std::int64_t(k);
  return slice.color[i] >= 0 ? std::int64_t(slice.color[i]) : -1;  // NaN too: -1
}

/// So many bins from low to high, or fewer where doubles are not that fine.
std::int64_t fitting_bins(double low, double high, std::int64_t bins);

/// "1,234,567"
std::string grouped(std::int64_t n);

/// A matrix as block means, in one pass.
void build_matrix(const PlotOptions& options, const MatrixSource& matrix, Machine& machine,
                  const RunOptions& run, PlotSummary& out, picture::Panel& panel);

}  // namespace sluice::plot_detail
