// Four panels. Colours of cells are logarithmic, so that single rows far out are seen beside crowds.
#include "host/fit/picture.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "host/clock.h"
#include "host/fit/distributions.h"
#include "host/picture/figure.h"

namespace sluice::fit {
namespace {

using namespace picture;

Panel residuals_panel(const FitResult& r, const Diagnostics& rows) {
  Panel panel;
  panel.title = "Residuals against fitted values";
  panel.x.label = "fitted " + r.response;
  panel.y.label = "residual";
  if (rows.all_points()) {
    ScatterLayer points;
    for (const Diagnostics::Point& p : rows.points())
      points.x.push_back(p.fitted), points.y.push_back(p.residual);
    panel.layers.push_back(points);
  } else {
    ImageLayer cells = rows.density().layer();
    cells.bar_label = "rows in a cell";
    panel.layers.push_back(cells);
  }
  panel.layers.push_back(ReferenceLine{"", 0, false});
  return panel;
}

Panel quantiles_panel(const Diagnostics& rows) {
  Panel panel;
  panel.title = "Quantiles of residuals";
  panel.x.label = "quantile of a normal distribution";
  panel.y.label = "residual by its error";
  ScatterLayer points;
  const double n = rows.rows();
  std::vector<double> shares;  // every row at both ends, fewer of the many between
  for (double rank = 0.5; rank <= n / 2; rank = std::fmax(rank + 1, rank * 1.08)) shares.push_back(rank / n);
  for (std::size_t i = shares.size(); i-- > 0;)
    if (shares[i] < 0.5) shares.push_back(1 - shares[i]);
  for (const double share : shares) {
    points.x.push_back(normal_quantile(share));
    points.y.push_back(rows.quantile(share));
  }
  points.size = 0.7;
  LineLayer line;
  line.name = "normal";
  line.x = {points.x.front(), points.x.back()};
  line.y = line.x;
  points.name = "residuals";
  panel.layers.push_back(points);
  panel.layers.push_back(line);
  return panel;
}

Panel spread_panel(const Diagnostics& rows) {
  Panel panel;
  panel.title = "Spread of residuals";
  panel.x.label = "residual by its error";
  panel.y.label = "share of rows in a unit";
  HistogramLayer bars;
  bars.name = "residuals";
  rows.histogram(bars.edges, bars.heights);
  LineLayer line;
  line.name = "normal";
  for (int i = 0; i <= 200; ++i) {
    const double x = -5 + i * 0.05;
    line.x.push_back(x);
    line.y.push_back(std::exp(-x * x / 2) / std::sqrt(2 * M_PI));
  }
  panel.layers.push_back(bars);
  panel.layers.push_back(line);
  return panel;
}

/// Its begin and end, which tell levels apart.
std::string short_name(const std::string& name) {
  constexpr std::size_t kBegin = 10, kEnd = 15;  // characters of UTF-8
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < name.size(); ++i)
    if ((name[i] & 0xc0) != 0x80) starts.push_back(i);
  if (starts.size() <= kBegin + kEnd + 1) return name;
  return name.substr(0, starts[kBegin]) + "\u2026" + name.substr(starts[starts.size() - kEnd]);
}

/// Estimates as they are where their sizes go together, else in units of their errors.
Panel coefficients_panel(const FitResult& r, const FitOptions& options) {
  constexpr std::size_t kMostNames = 40;
  double least = INFINITY, greatest = 0;
  for (const Coefficient& c : r.coefficients) {
    const double size = std::fmax(std::fabs(c.estimate), std::isfinite(c.error) ? c.error : 0);
    if (size > 0) least = std::fmin(least, size), greatest = std::fmax(greatest, size);
  }
  const bool errors = std::isfinite(r.coefficients[0].error) && r.coefficients[0].error > 0;
  const bool scaled = errors && greatest > 300 * least;
  Panel panel;
  char level[32];
  std::snprintf(level, sizeof level, "%g", 100 * options.level);
  panel.title = errors ? std::string("Coefficients with ") + level + " % intervals" : "Coefficients";
  panel.x.label = scaled ? "estimate by its error (t)" : "estimate";
  const bool named = r.coefficients.size() <= kMostNames;
  panel.y.label = named ? "coefficient" : "coefficient, by its place in the table";
  for (std::size_t j = 0; named && j < r.coefficients.size(); ++j)
    panel.y.names.push_back(short_name(r.coefficients[j].name));
  panel.y.scale = ScaleKind::kIndex, panel.y.reversed = true;
  panel.y.low = 0.5, panel.y.high = double(r.coefficients.size()) + 0.5;
  ScatterLayer all;
  for (std::size_t j = 0; j < r.coefficients.size(); ++j) {
    const Coefficient& c = r.coefficients[j];
    const double by = scaled ? c.error : 1;
    all.x.push_back(c.estimate / by), all.y.push_back(double(j + 1));
    if (errors) all.x_errors.below.push_back((c.estimate - c.low) / by);
  }
  panel.layers.push_back(all);
  panel.layers.push_back(ReferenceLine{"", 0, true});
  return panel;
}

Figure figure_of(const FitResult& r, const FitOptions& options, const Diagnostics& rows) {
  Figure figure;
  figure.title = options.formula;
  figure.kind = "Fit";
  const auto shown = [](double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.6g", value);
    return std::isnan(value) ? std::string("-") : std::string(text);
  };
  figure.caption = std::to_string(r.rows) + (r.rows == 1 ? " row" : " rows") + ", R-squared " +
                   shown(r.r_squared) + ", residual error " + shown(r.residual_error);
  figure.rows = figure.columns = 2;
  figure.panels = {residuals_panel(r, rows), quantiles_panel(rows), spread_panel(rows),
                   coefficients_panel(r, options)};
  return figure;
}

}  // namespace

void draw_figure(const Diagnostics& rows, const FitOptions& options, FitResult& result) {
  const Clock clock;
  draw(figure_of(result, options, rows), options.picture, options.picture_width, options.picture_height);
  result.run.stages.push_back({"draw", clock.seconds(), 0, 0});
}

}  // namespace sluice::fit
