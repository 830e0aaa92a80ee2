#include "host/picture/sheet.h"

#include <algorithm>
#include <cmath>

#include "host/picture/text.h"

namespace sluice::picture {
namespace {

constexpr int kMostTitleLines = 2, kMostCaptionLines = 4;

Sheet lay_out_text(cairo_t* cr, const Figure& figure, double width, double height, const Style& style) {
  Sheet sheet;
  const double text = width - 2 * style.margin;
  choose_font(cr, true);
  sheet.title = fit_text(cr, clean_text(figure.title), style.title, text, kMostTitleLines);
  choose_font(cr);
  const int caption_lines = std::min(kMostCaptionLines, int(0.2 * height / (kTextLine * style.small)));
  if (caption_lines > 0)
    sheet.caption = fit_text(cr, clean_text(figure.caption), style.small, text, caption_lines);
  const double above =
      sheet.title.empty() ? 0 : kTextLine * style.title * double(sheet.title.size()) + style.gap;
  const double below =
      sheet.caption.empty() ? 0 : kTextLine * style.small * double(sheet.caption.size()) + 1.5 * style.gap;
  sheet.box = {style.margin, style.margin + above, text, height - 2 * style.margin - above - below};
  sheet.box.height = std::max(sheet.box.height, 1.0);
  return sheet;
}

/// Type of a sheet with many panels is smaller, as its plots are.
Style panel_style(const Figure& figure, const Sheet& sheet, const Style& page) {
  if (figure.rows == 1 && figure.columns == 1) return page;
  constexpr double most = 1.4, least = 0.6;  // of the place, of the sheet
  const Box& sheet_box = sheet.box;
  const Style style = Style::for_page(std::max(most / figure.columns, least) * sheet_box.width,
                                      std::max(most / figure.rows, least) * sheet_box.height);
  return style.font < page.font ? style : page;
}

constexpr double kWidestBeside = 0.3;  // legend, of the place of its panel

void lay_out(cairo_t* cr, PlacedPanel& placed, const Style& style, const Rooms& least) {
  placed.page = lay_out_panel(cr, *placed.panel, placed.scales, placed.key, placed.place, style, least,
                              placed.beside.box.width);
}

void put_legend_beside(cairo_t* cr, PlacedPanel& placed, const Style& style) {
  if (legend_inside(cr, placed, style).hidden <= kMostHidden) return;
  placed.beside = size_legend(cr, legend_entries(*placed.panel, placed.styles),
                              kWidestBeside * placed.place.width, placed.page.plot.height, style);
  lay_out(cr, placed, style, {});
}

std::vector<PlacedPanel> lay_out_panels(cairo_t* cr, const Figure& figure, const Box& area,
                                        const Style& style) {
  std::vector<PlacedPanel> all;
  const double between = figure.rows * figure.columns > 1 ? 1.2 * style.font : 0;
  const double width = (area.width - between * (figure.columns - 1)) / figure.columns;
  const double height = (area.height - between * (figure.rows - 1)) / figure.rows;
  std::vector<Rooms> rows(std::size_t(figure.rows)), columns(std::size_t(figure.columns));
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const Panel& panel = figure.panels[i];
    const auto row = i / std::size_t(figure.columns), column = i % std::size_t(figure.columns);
    const Box place{area.x + double(column) * (width + between), area.y + double(row) * (height + between),
                    std::max(1.0, width), std::max(1.0, height)};
    PlacedPanel placed{&panel, panel_scales(panel), color_key(panel), series_styles(panel), place, {}, {}};
    lay_out(cr, placed, style, {});
    put_legend_beside(cr, placed, style);
    const Rooms& rooms = placed.page.rooms;
    columns[column].left = std::max(columns[column].left, rooms.left);
    columns[column].right = std::max(columns[column].right, rooms.right);
    rows[row].above = std::max(rows[row].above, rooms.above);
    rows[row].below = std::max(rows[row].below, rooms.below);
    all.push_back(std::move(placed));
  }
  for (std::size_t i = 0; i < all.size() && all.size() > 1; ++i) {
    const Rooms &row = rows[i / std::size_t(figure.columns)],
                &column = columns[i % std::size_t(figure.columns)];
    lay_out(cr, all[i], style, {column.left, column.right, row.above, row.below});
  }
  return all;
}

}  // namespace

Legend legend_inside(cairo_t* cr, const PlacedPanel& placed, const Style& style) {
  const std::vector<LegendEntry> entries = legend_entries(*placed.panel, placed.styles);
  if (entries.empty()) return {};
  return place_legend(cr, entries, covered_points(*placed.panel, placed.area()), placed.page.plot, style);
}

Sheet lay_out(cairo_t* cr, const Figure& figure, double width, double height, const Style& page) {
  Sheet sheet = lay_out_text(cr, figure, width, height, page);
  sheet.style = panel_style(figure, sheet, page);
  sheet.panels = lay_out_panels(cr, figure, sheet.box, sheet.style);
  return sheet;
}

}  // namespace sluice::picture
