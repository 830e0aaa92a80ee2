// The plot's size decides the ticks, and the ticks' labels decide the plot's size: three rounds settle it,
// and the room only shrinks from round to round, so that nothing that was measured is ever cut.
#include "host/picture/heatmap_layout.h"

#include <algorithm>
#include <cmath>

#include "host/picture/text.h"

namespace sluice::picture {
namespace {

constexpr double kMostOblong = 4;
constexpr double kLeastPlot = 0.36;  // of the page, else labels are left out
constexpr int kLevels = 4;  // 0: all; 1: no title of the bar; 2: nor of the axes; 3: nor of the picture

struct Extents {
  std::int64_t rows = 0, columns = 0;
  double aspect = 1;  // width / height of the plot
};

Extents extents_of(const HeatMap& map) {
  Extents e{map.full_rows > 0 ? map.full_rows : map.rows,
            map.full_columns > 0 ? map.full_columns : map.columns, 1};
  if (e.rows > 0 && e.columns > 0)
    e.aspect = std::clamp(double(e.columns) / double(e.rows), 1 / kMostOblong, kMostOblong);
  return e;
}

std::vector<AxisTick> ticks_of(std::int64_t count, int at_most) {
  std::vector<AxisTick> result;
  for (const Tick& tick : index_ticks(count, at_most).ticks)
    result.push_back({(tick.at + 0.5) / double(count), tick.label});  // the middle of the cell
  return result;
}

std::vector<AxisTick> left_ticks(std::int64_t count, double height, const Style& style) {
  return ticks_of(count, std::clamp(int(height / (2.2 * style.small)), 1, 10));
}

std::vector<AxisTick> bottom_ticks(cairo_t* cr, std::int64_t count, double width, const Style& style) {
  for (int at_most = 10;; --at_most) {
    std::vector<AxisTick> ticks = ticks_of(count, at_most);
    if (at_most == 1 || ticks.size() < 2) return ticks;
    const double apart = (ticks[1].at - ticks[0].at) * width;
    if (apart >= widest(cr, ticks, style.small) + style.small) return ticks;
  }
}

/// How far the last label of the bottom axis reaches beyond the right end of the plot.
double overhang(cairo_t* cr, const Axis& axis, double width, const Style& style) {
  if (axis.ticks.empty()) return 0;
  const AxisTick& last = axis.ticks.back();
  return std::max(0.0, text_width(cr, last.label, style.small) / 2 - (1 - last.at) * width);
}

HeatMapLayout attempt(cairo_t* cr, const HeatMap& map, const ValueRange& range, double width, double height,
                      const Style& style, int level) {
  const Extents extents = extents_of(map);
  HeatMapLayout page;
  if (level < 3) {
    choose_font(cr, true);
    page.title = fit_text(cr, clean_text(map.title), style.title, width - 2 * style.margin, 2);
    choose_font(cr);
  }
  if (level < 2) page.bottom.label = clean_text(map.x_label), page.left.label = clean_text(map.y_label);
  if (level < 1) page.bar.label = clean_text(map.bar_label);
  page.bar.shown = range.finite > 0;
  page.bar.legend = range.missing > 0;

  const bool any_bar = page.bar.shown || page.bar.legend;
  const double title =
      page.title.empty() ? 0 : kTitleLine * style.title * double(page.title.size()) + 0.7 * style.gap;
  double left = 0, right = 0, above = 0, below = 0, gap = 0;
  page.plot.width = width, page.plot.height = height;
  for (int round = 0; round < 3; ++round) {
    page.left.ticks = left_ticks(extents.rows, page.plot.height, style);
    page.bottom.ticks = bottom_ticks(cr, extents.columns, page.plot.width, style);
    page.bar.ticks = bar_ticks(range, page.plot.height, style);
    left = std::max(left, room_left(cr, page.left, style));
    const double over = overhang(cr, page.bottom, page.plot.width, style);
    gap = std::max(gap, any_bar ? std::max(1.4 * style.font, over + style.gap) : over);
    right = std::max(right, gap + (any_bar ? bar_room(cr, page.bar, style) : 0));
    above = std::max({above, bar_room_above(page.bar, style), kCapHeight * style.small / 2});
    below = std::max({below, room_below(page.bottom, style), bar_room_below(page.bar, style)});
    const double free_width = width - 2 * style.margin - left - right;
    const double free_height = height - 2 * style.margin - title - above - below;
    page.plot.width = std::max(1.0, std::floor(std::min(free_width, free_height * extents.aspect)));
    page.plot.height = std::max(1.0, std::floor(std::min(free_height, page.plot.width / extents.aspect)));
    if (extents.aspect == 1) page.plot.width = page.plot.height;
  }

  // The bar is as tall as the plot, or tall enough to be read; both are centred on one line.
  const double free_height = height - 2 * style.margin - title - above - below;
  const double bar_height = std::max(page.plot.height, std::min(free_height, 9 * style.font));
  page.bar.ticks = bar_ticks(range, bar_height, style);
  right = std::max(right, gap + (any_bar ? bar_room(cr, page.bar, style) : 0));
  const double used_height = title + above + bar_height + below;
  page.title_y = std::floor((height - used_height) / 2);
  page.bar_top = page.title_y + title + above;
  page.bar_bottom = page.bar_top + bar_height;
  page.plot.y = std::floor(page.bar_top + (bar_height - page.plot.height) / 2);
  page.plot.x = std::ceil((width - left - page.plot.width - right) / 2 + left);
  page.bar_x = page.plot.right() + gap;
  const double middle = page.plot.x + page.plot.width / 2;
  page.bottom.label_room = 2 * (std::min(middle, width - middle) - style.margin);
  page.left.label_room = bar_height;
  return page;
}

}  // namespace

HeatMapLayout lay_out(cairo_t* cr, const HeatMap& map, const ValueRange& range, double width, double height,
                      const Style& style) {
  for (int level = 0;; ++level) {
    HeatMapLayout page = attempt(cr, map, range, width, height, style, level);
    const double share = std::max(page.plot.width / width, page.plot.height / height);
    if (level + 1 == kLevels || share >= kLeastPlot) return page;
  }
}

}  // namespace sluice::picture
