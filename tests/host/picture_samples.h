// Figures whose pictures are stored under tests/data/picture: one of each kind.
#pragma once
#include <utility>
#include <vector>

#include "host/picture/density.h"
#include "host/picture/heatmap.h"
#include "host/picture/histogram.h"
#include "host/picture/time_ticks.h"
#include "picture_support.h"

namespace sluice::picture {

inline Figure lines_figure() {
  Figure figure;
  figure.title = "Damped oscillation";
  figure.caption = "Two modes of a resonator. A gap in the data breaks the second line.";
  Panel panel;
  panel.x.label = "time after start", panel.x.unit = "s";
  panel.y.label = "acceleration", panel.y.unit = "m s^-2";
  LineLayer slow{"slow mode", {}, {}, {}}, fast{"fast mode", {}, {}, {}};
  for (int i = 0; i <= 400; ++i) {
    const double t = i * 0.025;
    slow.x.push_back(t), slow.y.push_back(3e-5 * std::exp(-t / 5) * std::cos(2 * t));
    fast.x.push_back(t),
        fast.y.push_back(i > 150 && i < 180 ? kNan : 2e-5 * std::exp(-t / 8) * std::sin(5 * t));
  }
  panel.layers = {slow, fast, ReferenceLine{"rest", 0, false}};
  figure.panels = {panel};
  return figure;
}

inline Figure scatter_figure() {
  Figure figure;
  figure.title = "Measured bands";
  Panel panel;
  panel.x.label = "wavelength", panel.x.unit = "nm";
  panel.y.label = "flux", panel.y.unit = "mJy", panel.y.scale = ScaleKind::kLog;
  Random random;
  for (int band = 0; band < 5; ++band) {
    ScatterLayer points;
    points.name = std::string("band ") + "ugriz"[band];
    for (int i = 0; i < 12; ++i) {
      points.x.push_back(350 + 120 * band + 80 * random());
      points.y.push_back(std::pow(10.0, 0.7 * band + 0.5 * random()));
      points.y_errors.below.push_back(points.y.back() * 0.3 * random());
    }
    panel.layers.push_back(points);
  }
  figure.panels = {panel};
  return figure;
}

inline Figure coloured_figure() {
  Figure figure;
  figure.title = "Ground stations";
  Panel panel;
  panel.x.label = "longitude", panel.x.unit = "°";
  panel.y.label = "latitude", panel.y.unit = "°";
  ScatterLayer points;
  Random random;
  for (int i = 0; i < 200; ++i) {
    points.x.push_back(-180 + 360 * random()), points.y.push_back(-70 + 140 * random());
    points.values.push_back(30 - 0.5 * std::abs(points.y.back()) + 4 * random());
    points.sizes.push_back(0.5 + random());
  }
  points.values[3] = kNan;
  points.values_label = "mean temperature (°C)";
  panel.layers = {points};
  figure.panels = {panel};
  return figure;
}

inline Figure histogram_figure() {
  Figure figure;
  figure.title = "Residuals of two fits";
  Panel panel;
  panel.x.label = "residual", panel.x.unit = "mm", panel.y.label = "count";
  Random random;
  for (const double width : {1.0, 1.8}) {
    Histogram histogram(even_edges(-6, 6, 40));
    for (int i = 0; i < 20000; ++i) {
      const double value = width * random.normal();
      histogram.add(&value, 1);
    }
    panel.layers.push_back(
        HistogramLayer{width == 1 ? "robust" : "least squares", histogram.edges(), histogram.heights(), {}});
  }
  panel.layers.push_back(ReferenceLine{"", 0, true});
  figure.panels = {panel};
  return figure;
}

inline Density sample_density(int n) {
  Density density(even_edges(-4, 4, 100), even_edges(-4, 4, 80));
  Random random;
  for (int i = 0; i < n; ++i) {
    const double x = random.normal(), y = 0.6 * x + 0.8 * random.normal();
    density.add(&x, &y, 1);
  }
  return density;
}

inline Figure density_figure() {
  Figure figure;
  figure.title = "Correlated channels";
  Panel panel;
  panel.x.label = "channel 1", panel.x.unit = "V", panel.y.label = "channel 2", panel.y.unit = "V";
  panel.layers = {sample_density(200000).layer()};
  figure.panels = {panel};
  return figure;
}

inline Figure sheet_figure() {
  Figure figure;
  figure.title = "A night of observations";
  figure.caption = "Panels share the sheet; plots in one row or column line up.";
  figure.rows = figure.columns = 2;
  Panel light;
  light.title = "Light curve";
  std::vector<std::int64_t> times;
  ScatterLayer points;
  Random random;
  for (int i = 0; i < 120; ++i) {
    times.push_back(1709665200000000000 + i * 240000000000LL);  // 2024-03-05 19:00, every 4 minutes
    points.y.push_back(14.2 + 0.3 * std::sin(i / 9.0) + 0.03 * random.normal());
  }
  const TimeValues values = times_from_nanoseconds(times.data(), times.size());
  points.x = values.seconds;
  light.x.label = "time", light.x.scale = ScaleKind::kTime, light.x.origin = values.origin;
  light.y.label = "magnitude";
  light.layers = {points};
  Panel spectrum;
  spectrum.title = "Power";
  LineLayer power{"power", {}, {}, {}};
  for (int i = 1; i <= 1000; ++i)
    power.x.push_back(i * 0.01), power.y.push_back(1e4 / (1 + i * i / 400.0) * (0.5 + random()));
  spectrum.x.label = "frequency", spectrum.x.unit = "mHz", spectrum.x.scale = ScaleKind::kLog;
  spectrum.y.label = "power", spectrum.y.scale = ScaleKind::kLog;
  spectrum.layers = {power};
  Panel bars = histogram_figure().panels.front(), cloud = density_figure().panels.front();
  bars.title = "Residuals", cloud.title = "Channels";
  figure.panels = {light, spectrum, bars, cloud};
  return figure;
}

inline Figure heat_figure() {
  HeatMap map;
  map.rows = map.full_rows = 30, map.columns = map.full_columns = 40;
  for (int i = 0; i < 30; ++i)
    for (int j = 0; j < 40; ++j) map.cells.push_back(std::sin(i * 0.3) * std::cos(j * 0.2) * 4e-3);
  for (int j = 5; j < 12; ++j) map.cells[std::size_t(8 * 40 + j)] = kNan;
  map.title = "Covariance of X.npy";
  map.x_label = map.y_label = "variable", map.bar_label = "covariance";
  return figure_of(map, "auto");
}

inline Figure axes_figure() {
  Figure figure;
  figure.columns = 2;
  Panel log, offset;
  LineLayer power{"", {}, {}, {}};
  for (int i = 0; i <= 200; ++i)
    power.x.push_back(std::pow(10.0, i * 0.02 - 2)), power.y.push_back(std::pow(power.x.back(), -1.7));
  log.x.scale = log.y.scale = ScaleKind::kLog;
  log.x.label = "frequency", log.x.unit = "Hz", log.y.label = "power", log.y.unit = "V^2 Hz^-1";
  log.layers = {power};
  ScatterLayer points;
  Random random;
  for (int i = 0; i < 60; ++i) points.x.push_back(2459000.5 + i * 0.01), points.y.push_back(random.normal());
  offset.x.label = "Julian date", offset.y.label = "magnitude", offset.y.reversed = true;
  offset.layers = {points};
  figure.panels = {log, offset};
  return figure;
}

inline std::vector<std::pair<std::string, Figure>> sample_figures() {
  return {{"heat", heat_figure()},       {"axes", axes_figure()},         {"lines", lines_figure()},
          {"scatter", scatter_figure()}, {"coloured", coloured_figure()}, {"histogram", histogram_figure()},
          {"density", density_figure()}, {"sheet", sheet_figure()}};
}

}  // namespace sluice::picture
