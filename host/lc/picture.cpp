#include "host/lc/picture.h"

#include <algorithm>
#include <cmath>

#include "host/picture/data_range.h"

namespace sluice::lc {
namespace {

using picture::Marker;
using picture::Rgb;

struct KnownBand {
  char name;
  BandLook look;
};
constexpr KnownBand kKnown[] = {{'u', {{0, 114, 178}, Marker::kDiamond}},    // blue
                                {'g', {{0, 158, 115}, Marker::kCircle}},     // bluish green
                                {'r', {{213, 94, 0}, Marker::kSquare}},      // vermilion
                                {'i', {{0, 0, 0}, Marker::kTriangle}},       // black
                                {'z', {{204, 121, 167}, Marker::kDiamond}},  // reddish purple
                                {'y', {{86, 180, 233}, Marker::kCircle}}};   // sky blue

const KnownBand* known(const std::string& band) {
  for (const KnownBand& k : kKnown)
    if (band.size() == 1 && band[0] == k.name) return &k;
  return nullptr;
}

/// One object's points of a band.
picture::ScatterLayer layer_of(const Curves& curves, std::size_t object, std::size_t band) {
  picture::ScatterLayer layer;
  const auto first = std::size_t(curves.first(object, band));
  const auto last = first + std::size_t(curves.count(object, band));
  const auto part = [&](const std::vector<double>& values) {
    return std::vector<double>(values.begin() + std::ptrdiff_t(first), values.begin() + std::ptrdiff_t(last));
  };
  layer.x = part(curves.t), layer.y = part(curves.flux), layer.y_errors.below = part(curves.error);
  return layer;
}

/// Limits along y: all points, and of their bars as much as is no longer than the points' own extent.
void set_limits(picture::AxisSpec& axis, const std::vector<picture::Layer>& layers) {
  picture::DataRange points, bars;
  for (const picture::Layer& layer : layers) {
    const auto& l = std::get<picture::ScatterLayer>(layer);
    for (std::size_t i = 0; i < l.y.size(); ++i) {
      points.add(l.y[i]);
      const double error = l.y_errors.below[i];
      if (std::isfinite(l.y[i]) && std::isfinite(error)) bars.add(l.y[i] - error), bars.add(l.y[i] + error);
    }
  }
  const double extent = points.high - points.low;
  if (points.finite == 0 || !(extent > 0) || bars.finite == 0) return;  // the axis finds its own
  const double low = std::max(std::min(points.low, bars.low), points.low - extent / 2);
  const double high = std::min(std::max(points.high, bars.high), points.high + extent / 2);
  axis.low = low - 0.04 * (high - low), axis.high = high + 0.04 * (high - low);
}

/// `named`: of each band, whether the legend has it; a band without points and name has no layer.
picture::Panel panel_of(const Curves& curves, std::size_t object, const std::vector<BandLook>& looks,
                        const PictureText& text, const std::vector<bool>& named) {
  picture::Panel panel;
  panel.x.label = text.time, panel.y.label = text.flux;
  bool any = false;
  for (std::size_t band = 0; band < curves.bands.size(); ++band) {
    for (std::int64_t i = 0; i < curves.count(object, band); ++i) {
      const auto row = std::size_t(curves.first(object, band) + i);
      any = any || (std::isfinite(curves.t[row]) && std::isfinite(curves.flux[row]));
    }
    if (curves.count(object, band) == 0 && !named[band]) continue;
    picture::ScatterLayer layer = layer_of(curves, object, band);
    if (named[band]) layer.name = curves.bands[band];
    layer.color = looks[band].color, layer.marker = looks[band].marker;
    panel.layers.emplace_back(std::move(layer));
  }
  set_limits(panel.y, panel.layers);
  if (!any) panel.layers.clear(), panel.empty = "no points in these bands";
  return panel;
}

std::vector<bool> bands_with_points(const Curves& curves) {
  std::vector<bool> with(curves.bands.size());
  for (std::size_t object = 0; object < curves.objects.size(); ++object)
    for (std::size_t band = 0; band < curves.bands.size(); ++band)
      if (curves.count(object, band) > 0) with[band] = true;
  return with;
}

/// Points in the emptiest corner of an object's panel, a third as wide and a half as high as it.
std::int64_t points_in_corner(const Curves& curves, std::size_t object) {
  const auto first = std::size_t(curves.first(object, 0));
  const auto last = std::size_t(curves.starts[(object + 1) * curves.bands.size()]);
  picture::DataRange t, flux;
  t.add(curves.t.data() + first, last - first), flux.add(curves.flux.data() + first, last - first);
  std::int64_t counts[2][2] = {};
  for (std::size_t i = first; i < last; ++i) {
    const double x = (curves.t[i] - t.low) / (t.high - t.low);
    const double y = (curves.flux[i] - flux.low) / (flux.high - flux.low);
    if (x < 0.33 || x > 0.67) ++counts[x > 0.5][y > 0.5];
  }
  return std::min(std::min(counts[0][0], counts[0][1]), std::min(counts[1][0], counts[1][1]));
}

/// The panel that has most room for the legend.
std::size_t legend_panel(const Curves& curves) {
  std::size_t best = 0;
  std::int64_t least = -1;
  for (std::size_t object = 0; object < curves.objects.size(); ++object) {
    if (curves.starts[object * curves.bands.size()] == curves.starts[(object + 1) * curves.bands.size()])
      continue;
    const std::int64_t points = points_in_corner(curves, object);
    if (least < 0 || points < least) best = object, least = points;
  }
  return best;
}

std::string description_of(const Curves& curves) {
  std::string bands;
  for (const std::string& band : curves.bands) bands += (bands.empty() ? "" : ", ") + band;
  return std::to_string(curves.rows()) + " points of " + std::to_string(curves.objects.size()) +
         (curves.objects.size() == 1 ? " object" : " objects") + " in the bands " + bands + ".";
}

}  // namespace

std::vector<BandLook> looks_of(const std::vector<std::string>& bands) {
  std::vector<BandLook> looks;
  std::size_t next = 0;
  const auto taken = [&](Rgb color) {
    return std::any_of(bands.begin(), bands.end(), [&](const std::string& band) {
      const KnownBand* k = known(band);
      return k != nullptr && k->look.color == color;
    });
  };
  for (const std::string& band : bands) {
    if (const KnownBand* k = known(band)) {
      looks.push_back(k->look);
      continue;
    }
    // In the second turn colours come again, with other shapes.
    for (std::size_t tries = 0; tries < 8 && next < 8 && taken(picture::category_color(next)); ++tries)
      ++next;
    looks.push_back({picture::category_color(next), picture::category_marker(next)});
    ++next;
  }
  return looks;
}

picture::Figure figure_of(const Curves& curves, const PictureText& text) {
  picture::Figure figure;
  figure.kind = "Light curves";
  const std::vector<BandLook> looks = looks_of(curves.bands);
  const std::size_t objects = curves.objects.size();
  figure.columns = std::max(1, int(std::ceil(std::sqrt(double(objects)))));
  figure.rows = std::max(1, int((objects + std::size_t(figure.columns) - 1) / std::size_t(figure.columns)));
  const std::vector<bool> shown = bands_with_points(curves), none(curves.bands.size());
  const std::size_t legend = legend_panel(curves);
  for (std::size_t object = 0; object < objects; ++object) {
    picture::Panel panel = panel_of(curves, object, looks, text, object == legend ? shown : none);
    // Only the outer panels of a sheet say what the axes are.
    if (objects > 1) panel.title = text.objects[object];
    if (object % std::size_t(figure.columns) != 0) panel.y.label.clear();
    if (object + std::size_t(figure.columns) < objects) panel.x.label.clear();
    figure.panels.push_back(std::move(panel));
  }
  figure.title = objects == 1 && text.title.empty() ? text.objects[0] : text.title;
  figure.description = description_of(curves);
  return figure;
}

picture::Figure page_figure_of(const Curves& curves, const PictureText& text) {
  const std::vector<BandLook> looks = looks_of(curves.bands);
  const std::size_t objects = curves.objects.size();
  picture::Figure figure;
  figure.title = text.title;
  if (text.title.empty() && objects > 4) figure.title = std::to_string(objects) + " objects";
  for (std::size_t object = 0; text.title.empty() && objects <= 4 && object < objects; ++object)
    figure.title += (object > 0 ? ", " : "") + text.objects[object];
  figure.description = description_of(curves);
  picture::Panel all;
  all.x.label = text.time, all.y.label = text.flux;
  for (std::size_t object = 0; object < objects; ++object) {
    picture::Panel panel =
        panel_of(curves, object, looks, text, std::vector<bool>(curves.bands.size(), true));
    for (picture::Layer& layer : panel.layers) {
      auto& l = std::get<picture::ScatterLayer>(layer);
      if (l.x.empty()) continue;
      if (objects > 1) l.name = text.objects[object] + " " + l.name, l.color.reset(), l.marker.reset();
      all.layers.push_back(std::move(layer));
    }
  }
  figure.panels.push_back(std::move(all));
  return figure;
}

}  // namespace sluice::lc
