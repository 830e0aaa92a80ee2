// The sheet: title, places of the panels, caption. Plots in one row or column of the sheet line up.
#include "host/picture/figure.h"

#include <cairo.h>

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/picture/canvas.h"
#include "host/picture/layers.h"
#include "host/picture/legend.h"
#include "host/picture/panel_layout.h"
#include "host/picture/text.h"

namespace sluice::picture {
namespace {

constexpr double kLine = 1.35;  // height of a line of text, of its size
constexpr int kMostTitleLines = 2, kMostCaptionLines = 4;

struct Sheet {
  std::vector<std::string> title, caption;  // lines
  Box panels;
};

Sheet lay_out_sheet(cairo_t* cr, const Figure& figure, double width, double height, const Style& style) {
  Sheet sheet;
  const double text = width - 2 * style.margin;
  choose_font(cr, true);
  sheet.title = fit_text(cr, clean_text(figure.title), style.title, text, kMostTitleLines);
  choose_font(cr);
  const int caption_lines = std::min(kMostCaptionLines, int(0.2 * height / (kLine * style.small)));
  if (caption_lines > 0)
    sheet.caption = fit_text(cr, clean_text(figure.caption), style.small, text, caption_lines);
  const double above = sheet.title.empty() ? 0 : kLine * style.title * double(sheet.title.size()) + style.gap;
  const double below =
      sheet.caption.empty() ? 0 : kLine * style.small * double(sheet.caption.size()) + 1.5 * style.gap;
  sheet.panels = {style.margin, style.margin + above, text, height - 2 * style.margin - above - below};
  sheet.panels.height = std::max(sheet.panels.height, 1.0);
  return sheet;
}

void draw_sheet_text(cairo_t* cr, const Sheet& sheet, double width, double height, const Style& style) {
  ink(cr);
  choose_font(cr, true);
  double baseline = style.margin + kCapHeight * style.title;
  for (const std::string& line : sheet.title) {
    draw_text(cr, line, style.title, width / 2, baseline, Align::kCenter);
    baseline += kLine * style.title;
  }
  choose_font(cr);
  baseline = height - style.margin - kDescent * style.small -
             kLine * style.small * (double(sheet.caption.size()) - 1);
  for (const std::string& line : sheet.caption) {
    draw_text(cr, line, style.small, style.margin, baseline, Align::kLeft);
    baseline += kLine * style.small;
  }
}

/// Type of a sheet with many panels is smaller, as its plots are.
Style panel_style(const Figure& figure, const Sheet& sheet, const Style& page) {
  if (figure.rows == 1 && figure.columns == 1) return page;
  constexpr double most = 1.4, least = 0.6;  // of the place, of the sheet
  const Box& sheet_box = sheet.panels;
  const Style style = Style::for_page(std::max(most / figure.columns, least) * sheet_box.width,
                                      std::max(most / figure.rows, least) * sheet_box.height);
  return style.font < page.font ? style : page;
}

struct Prepared {
  const Panel* panel;
  PanelScales scales;
  std::optional<ColorKey> key;
  std::vector<SeriesStyle> styles;
  Box place;
  Legend beside;  // a legend for beside the plot, where inside it hid too much
  PanelPage page;
};

constexpr double kWidestBeside = 0.3;  // legend, of the place of its panel

PlotArea area_of(const Prepared& prepared) {
  return {prepared.page.plot, prepared.scales};
}

Legend inside_legend(cairo_t* cr, const Prepared& prepared, const Style& style) {
  const std::vector<LegendEntry> entries = legend_entries(*prepared.panel, prepared.styles);
  if (entries.empty()) return {};
  return place_legend(cr, entries, covered_points(*prepared.panel, area_of(prepared)), prepared.page.plot,
                      style);
}

void lay_out(cairo_t* cr, Prepared& prepared, const Style& style, const Rooms& least) {
  prepared.page = lay_out_panel(cr, *prepared.panel, prepared.scales, prepared.key, prepared.place, style,
                                least, prepared.beside.box.width);
}

void put_legend_beside(cairo_t* cr, Prepared& prepared, const Style& style) {
  if (inside_legend(cr, prepared, style).hidden <= kMostHidden) return;
  prepared.beside = size_legend(cr, legend_entries(*prepared.panel, prepared.styles),
                                kWidestBeside * prepared.place.width, prepared.page.plot.height, style);
  lay_out(cr, prepared, style, {});
}

std::vector<Prepared> lay_out_panels(cairo_t* cr, const Figure& figure, const Box& area, const Style& style) {
  std::vector<Prepared> all;
  const double between = figure.rows * figure.columns > 1 ? 1.2 * style.font : 0;
  const double width = (area.width - between * (figure.columns - 1)) / figure.columns;
  const double height = (area.height - between * (figure.rows - 1)) / figure.rows;
  std::vector<Rooms> rows(std::size_t(figure.rows)), columns(std::size_t(figure.columns));
  for (std::size_t i = 0; i < figure.panels.size(); ++i) {
    const Panel& panel = figure.panels[i];
    const auto row = i / std::size_t(figure.columns), column = i % std::size_t(figure.columns);
    const Box place{area.x + double(column) * (width + between), area.y + double(row) * (height + between),
                    std::max(1.0, width), std::max(1.0, height)};
    Prepared prepared{&panel, panel_scales(panel), color_key(panel), series_styles(panel), place, {}, {}};
    lay_out(cr, prepared, style, {});
    put_legend_beside(cr, prepared, style);
    const Rooms& rooms = prepared.page.rooms;
    columns[column].left = std::max(columns[column].left, rooms.left);
    columns[column].right = std::max(columns[column].right, rooms.right);
    rows[row].above = std::max(rows[row].above, rooms.above);
    rows[row].below = std::max(rows[row].below, rooms.below);
    all.push_back(std::move(prepared));
  }
  for (std::size_t i = 0; i < all.size() && all.size() > 1; ++i) {
    const Rooms &row = rows[i / std::size_t(figure.columns)],
                &column = columns[i % std::size_t(figure.columns)];
    lay_out(cr, all[i], style, {column.left, column.right, row.above, row.below});
  }
  return all;
}

/// Over the plot where that leaves the title in the panel's place.
double title_middle(cairo_t* cr, const std::string& title, const Prepared& prepared, const Style& style) {
  const double half = text_width(cr, title, style.font) / 2,
               middle = prepared.page.plot.x + prepared.page.plot.width / 2;
  const double left = prepared.place.x + half, right = prepared.place.right() - half;
  return left < right ? std::clamp(middle, left, right) : prepared.place.x + prepared.place.width / 2;
}

void draw_panel(Canvas& canvas, const Prepared& prepared, const Style& style, bool as_image) {
  cairo_t* cr = canvas.context();
  const PanelPage& page = prepared.page;
  draw_layers(canvas, *prepared.panel, area_of(prepared), prepared.styles, prepared.key, style, as_image);
  draw_frame(cr, page.plot, style);
  draw_bottom_axis(cr, page.bottom, page.plot, style);
  draw_left_axis(cr, page.left, page.plot, style);
  if (page.bar)
    draw_colorbar(cr, *page.bar, prepared.key->colormap, prepared.key->range, page.bar_x, page.plot.y,
                  page.plot.bottom(), style);
  choose_font(cr, true);
  ink(cr);
  for (const std::string& line : page.title)
    draw_text(cr, line, style.font, title_middle(cr, line, prepared, style),
              page.title_y + kCapHeight * style.font, Align::kCenter);
  choose_font(cr);
  Legend legend = prepared.beside;
  if (legend.entries.empty() || page.legend_x == 0)
    legend = inside_legend(cr, prepared, style);
  else
    legend.box.x = std::round(page.legend_x), legend.box.y = page.plot.y;
  draw_legend(cr, legend, style);
}

void append_count(std::string& text, std::int64_t count, const std::string& what) {
  if (count > 0) text += " " + std::to_string(count) + " " + what + ".";
}

/// What the figure shows, for those who cannot see it.
std::string described(const Figure& figure, const std::vector<Prepared>& panels, std::int64_t marks,
                      bool as_image) {
  std::string text = figure.description;
  if (!text.empty()) text += text.back() == '.' ? " " : ". ";
  text += "Figure of " + std::to_string(panels.size()) + (panels.size() == 1 ? " panel." : " panels.");
  Unseen unseen;
  for (const Prepared& prepared : panels) {
    const Panel& panel = *prepared.panel;
    if (!panel.title.empty()) text += " " + panel.title + ":";
    if (!panel.y.label.empty() || !panel.x.label.empty())
      text += " " + panel.y.label + " over " + panel.x.label + ";";
    text += " " + std::to_string(panel.layers.size()) + (panel.layers.size() == 1 ? " layer." : " layers.");
    for (const Layer& layer : panel.layers) {
      const Unseen more = unseen_points(layer, prepared.scales);
      unseen.placeless += more.placeless, unseen.outside += more.outside;
    }
  }
  append_count(text, unseen.placeless, "points without a place on their axes are not drawn");
  append_count(text, unseen.outside, "points outside of the axes are not drawn");
  if (as_image)
    text += " The " + std::to_string(marks) + " marks are drawn as an image, as they are more than " +
            std::to_string(kMostMarks) + ".";
  if (!figure.caption.empty()) text += " " + figure.caption;
  return text;
}

void check_figure(const Figure& figure) {
  const bool sheet = figure.rows >= 1 && figure.columns >= 1 && figure.rows <= 100 && figure.columns <= 100;
  if (!sheet || figure.panels.empty() || figure.panels.size() > std::size_t(figure.rows * figure.columns))
    throw Error(ErrorKind::kUsage, "panels of a figure: expected from 1 to " +
                                       (sheet ? std::to_string(figure.rows * figure.columns) : "100 x 100") +
                                       ", found " + std::to_string(figure.panels.size()) + " on a sheet of " +
                                       std::to_string(figure.rows) + " x " + std::to_string(figure.columns));
  for (const Panel& panel : figure.panels) check_panel(panel);
}

}  // namespace

void draw(const Figure& figure, const std::string& path, int width, int height) {
  check_figure(figure);
  Canvas canvas(path, width, height);
  cairo_t* cr = canvas.context();
  const Sheet sheet = lay_out_sheet(cr, figure, width, height, canvas.style());
  const Style style = panel_style(figure, sheet, canvas.style());
  const std::vector<Prepared> panels = lay_out_panels(cr, figure, sheet.panels, style);
  std::int64_t marks = 0;
  for (const Prepared& prepared : panels)
    marks += marks_of(*prepared.panel, prepared.scales, prepared.page.plot.width);
  const bool as_image = canvas.vector() && marks > kMostMarks;
  draw_sheet_text(cr, sheet, width, height, canvas.style());
  for (const Prepared& prepared : panels) draw_panel(canvas, prepared, style, as_image);
  canvas.save(figure.title.empty() ? "Figure" : figure.title, described(figure, panels, marks, as_image));
}

}  // namespace sluice::picture
