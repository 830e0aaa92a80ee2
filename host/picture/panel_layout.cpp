// The plot's size decides the ticks, and the ticks' labels decide the plot's size: three rounds settle it,
// and room only grows from round to round, so that nothing that was measured is ever cut.
#include "host/picture/panel_layout.h"

#include <algorithm>
#include <cmath>

#include "host/picture/text.h"

namespace sluice::picture {
namespace {

constexpr double kLeastShare = 0.38;  // of the place, else labels are left out
constexpr double kLeastWithTicks = 0.2;
constexpr int kLevels =
    5;  // 0: all; 1: no title of the bar; 2: nor of the axes; 3: nor of the panel; 4: no numbers

struct AxisPlan {
  std::vector<AxisTick> ticks;
  std::vector<double> minor;
  std::string title;
};

AxisPlan plan(const AxisSpec& spec, const Scale& scale, int at_most, bool upward) {
  const ScaleTicks ticks = scale.ticks(at_most);
  AxisPlan result;
  for (const Tick& tick : ticks.ticks) {
    const double at = std::clamp(scale.fraction(tick.at), 0.0, 1.0);
    result.ticks.push_back({upward ? 1 - at : at, tick.label});
  }
  for (const double at : ticks.minor) {
    const double fraction = std::clamp(scale.fraction(at), 0.0, 1.0);
    result.minor.push_back(upward ? 1 - fraction : fraction);
  }
  result.title = clean_text(axis_title(spec, ticks));
  return result;
}

bool apart(cairo_t* cr, const std::vector<AxisTick>& ticks, double width, const Style& style) {
  for (std::size_t i = 1; i < ticks.size(); ++i) {
    const double labels =
        (text_width(cr, ticks[i - 1].label, style.small) + text_width(cr, ticks[i].label, style.small)) / 2;
    if (std::abs(ticks[i].at - ticks[i - 1].at) * width < labels + style.small) return false;
  }
  return true;
}

AxisPlan plan_bottom(cairo_t* cr, const AxisSpec& spec, const Scale& scale, double width,
                     const Style& style) {
  for (int at_most = 9;; --at_most) {
    AxisPlan result = plan(spec, scale, at_most, false);
    if (at_most == 1 || apart(cr, result.ticks, width, style)) return result;
  }
}

AxisPlan plan_left(const AxisSpec& spec, const Scale& scale, double height, const Style& style) {
  if (!spec.names.empty() && height > 1.3 * style.small * double(spec.names.size())) {
    AxisPlan named;
    for (std::size_t i = 0; i < spec.names.size(); ++i)
      named.ticks.push_back(
          {1 - std::clamp(scale.fraction(double(i + 1)), 0.0, 1.0), clean_text(spec.names[i])});
    named.title = clean_text(spec.label);
    return named;
  }
  const int most = std::clamp(int(height / (2.2 * style.small)), 2, 9);
  for (int at_most = most;; --at_most) {
    AxisPlan result = plan(spec, scale, at_most, true);
    bool clear = true;
    for (std::size_t i = 1; i < result.ticks.size(); ++i)
      clear = clear && std::abs(result.ticks[i - 1].at - result.ticks[i].at) * height > 1.3 * style.small;
    if (at_most == 1 || clear) return result;
  }
}

/// How far labels of the bottom axis reach beyond the ends of the plot.
double overhang(cairo_t* cr, const Axis& axis, double width, const Style& style, bool right) {
  double most = 0;
  for (const AxisTick& tick : axis.ticks)
    most =
        std::max(most, text_width(cr, tick.label, style.small) / 2 - (right ? 1 - tick.at : tick.at) * width);
  return most;
}

Ticks key_ticks(const ColorKey& key, double height, const Style& style) {
  if (!key.log) return bar_ticks(key.range, height, style);
  const int at_most = std::clamp(int(height / (2.4 * style.small)), 2, 9);
  Ticks result;
  if (key.range.high > 300 || key.range.low < -300) {  // 10^x has no place among doubles
    result = bar_ticks(key.range, height, style);
    for (Tick& tick : result.ticks) tick.label = "10^" + std::to_string(std::lround(tick.at));
    return result;
  }
  const Scale scale(ScaleKind::kLog, std::pow(10.0, key.range.low), std::pow(10.0, key.range.high));
  ScaleTicks ticks = scale.ticks(at_most);
  result.exponent = ticks.exponent, result.offset = ticks.offset;
  for (Tick& tick : ticks.ticks) result.ticks.push_back({std::log10(tick.at), std::move(tick.label)});
  return result;
}

PanelPage attempt(cairo_t* cr, const Panel& panel, const PanelScales& scales,
                  const std::optional<ColorKey>& key, const Box& place, const Style& style,
                  const Rooms& least, double legend, int level) {
  PanelPage page;
  if (level < 3) {
    choose_font(cr, true);
    page.title = fit_text(cr, clean_text(panel.title), style.font, place.width, 1);
    choose_font(cr);
  }
  if (key) {
    page.bar = ColorBar{};
    page.bar->shown = key->range.finite > 0;
    page.bar->legend = key->legend;
    if (level < 1) page.bar->label = clean_text(key->label);
    if (!page.bar->shown && !page.bar->legend) page.bar.reset();
  }
  const double title = page.title.empty() ? 0 : 1.35 * style.font + style.gap;
  Rooms& rooms = page.rooms;
  rooms = least;
  double gap = 0, bar = 0;
  page.plot.width = place.width, page.plot.height = place.height;
  double free_height = place.height, bar_height = place.height;
  for (int round = 0; round < 3; ++round) {
    AxisPlan left = plan_left(panel.y, scales.y, page.plot.height, style);
    AxisPlan bottom = plan_bottom(cr, panel.x, scales.x, page.plot.width, style);
    page.left.ticks = std::move(left.ticks), page.bottom.ticks = std::move(bottom.ticks);
    page.left.minor = std::move(left.minor), page.bottom.minor = std::move(bottom.minor);
    if (level < 2) page.left.label = left.title, page.bottom.label = bottom.title;
    if (level > 3)
      page.left.ticks.clear(), page.bottom.ticks.clear(), page.left.minor.clear(), page.bottom.minor.clear();
    const double over = overhang(cr, page.bottom, page.plot.width, style, true);
    gap = std::max(gap, page.bar ? std::max(1.2 * style.font, over + style.gap) : over);
    rooms.left = std::max({rooms.left, room_left(cr, page.left, style),
                           overhang(cr, page.bottom, page.plot.width, style, false)});
    rooms.below = std::max(rooms.below, room_below(page.bottom, style));
    rooms.above = std::max(rooms.above, title + kCapHeight * style.small / 2);
    const double beside = legend > 0 ? legend + 1.2 * style.font : 0;
    rooms.right = std::max(rooms.right, gap + style.stroke + beside);
    if (page.bar) {
      if (level < 4) page.bar->ticks = key_ticks(*key, bar_height, style);
      bar = std::max(bar, bar_room(cr, *page.bar, style));
      rooms.right = std::max(rooms.right, gap + bar + beside);
      rooms.above = std::max(rooms.above, title + bar_room_above(*page.bar, style));
      rooms.below = std::max(rooms.below, bar_room_below(*page.bar, style));
    }
    const double free_width = std::max(1.0, std::floor(place.width - rooms.left - rooms.right));
    free_height = std::max(1.0, std::floor(place.height - rooms.above - rooms.below));
    page.plot.width = free_width, page.plot.height = free_height;
    if (panel.aspect > 0) {
      page.plot.width = std::max(1.0, std::floor(std::min(free_width, free_height * panel.aspect)));
      page.plot.height = std::max(1.0, std::floor(std::min(free_height, page.plot.width / panel.aspect)));
      if (panel.aspect == 1) page.plot.width = page.plot.height;
    }
    // The bar is as tall as the plot, or tall enough to be read.
    bar_height = std::max(page.plot.height, std::min(free_height, 9 * style.font));
  }
  const double used_width = rooms.left + page.plot.width + rooms.right,
               used_height = rooms.above + (page.bar ? bar_height : page.plot.height) + rooms.below;
  page.top = place.y + std::max(0.0, std::floor((place.height - used_height) / 2));
  page.plot.x = std::ceil(place.x + rooms.left + std::max(0.0, (place.width - used_width) / 2));
  page.bar_top = std::ceil(page.top + rooms.above);
  page.bar_bottom = page.bar_top + bar_height;
  page.plot.y = page.bar ? std::floor(page.bar_top + (bar_height - page.plot.height) / 2) : page.bar_top;
  page.title_y = page.top;
  page.bar_x = page.plot.right() + gap;
  if (legend > 0) page.legend_x = page.bar_x + bar + 1.2 * style.font;
  const double middle = page.plot.x + page.plot.width / 2;
  page.bottom.label_room = 2 * std::min(middle - place.x, place.right() - middle);
  const double centre = page.plot.y + page.plot.height / 2;
  page.left.label_room = 2 * std::min(centre - place.y, place.bottom() - centre);
  return page;
}

}  // namespace

std::string axis_title(const AxisSpec& spec, const ScaleTicks& ticks) {
  std::string inside;
  if (ticks.exponent != 0) inside = "\u00d710^" + std::to_string(ticks.exponent);
  if (!spec.unit.empty()) inside += (inside.empty() ? "" : " ") + spec.unit;
  if (spec.scale == ScaleKind::kTime) {
    inside = spec.utc ? "UTC" : "";
    if (!ticks.context.empty()) inside += (inside.empty() ? "" : ", ") + ticks.context;
  }
  std::string label = spec.label;
  if (!ticks.offset.empty()) {  // "flux − 20000": labels are the rest
    const std::string minus = "\u2212";
    const bool negative = ticks.offset.rfind(minus, 0) == 0;
    label += (label.empty() ? "value " : " ") +
             (negative ? "+ " + ticks.offset.substr(minus.size()) : minus + " " + ticks.offset);
  }
  if (inside.empty()) return label;
  return label.empty() ? inside : label + " (" + inside + ")";
}

PanelPage lay_out_panel(cairo_t* cr, const Panel& panel, const PanelScales& scales,
                        const std::optional<ColorKey>& key, const Box& place, const Style& style,
                        const Rooms& least, double legend) {
  for (int level = 0;; ++level) {
    PanelPage page = attempt(cr, panel, scales, key, place, style, level == 0 ? least : Rooms{},
                             level < 2 ? legend : 0, level);
    const double across = page.plot.width / place.width, down = page.plot.height / place.height;
    const double share = panel.aspect > 0 ? std::max(across, down) : std::min(across, down);
    if (level + 1 == kLevels || share >= (level < 3 ? kLeastShare : kLeastWithTicks)) return page;
  }
}

}  // namespace sluice::picture
