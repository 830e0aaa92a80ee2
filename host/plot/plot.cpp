// The order of things: open, choose, look once for extents, look again for the layers; then axes and words.
#include "host/plot.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "host/clock.h"
#include "host/error.h"
#include "host/page/figure_page.h"
#include "host/picture/canvas.h"
#include "host/picture/colormap.h"
#include "host/plot/build.h"
#include "host/plot/choose.h"
#include "host/units.h"

namespace sluice {
namespace plot_detail {
namespace {

std::string base_name(const std::string& path) {
  return path.substr(path.find_last_of('/') + 1);
}

std::int64_t number_of(const std::string& name) {
  return std::stoll(name);
}

/// The columns that the choice names, each once, and their places.
struct Wanted {
  std::vector<std::string> names;
  int place(const std::string& name) {
    if (name.empty()) return -1;
    const auto found = std::find(names.begin(), names.end(), name);
    if (found != names.end()) return int(found - names.begin());
    names.push_back(name);
    return int(names.size()) - 1;
  }
};

Series::Parts parts_of(const Choice& choice, Wanted& wanted) {
  Series::Parts parts;
  parts.x = wanted.place(choice.x);
  for (const std::string& y : choice.y) parts.y.push_back(wanted.place(y));
  parts.color = wanted.place(choice.color), parts.error = wanted.place(choice.error);
  return parts;
}

picture::AxisSpec axis(const TableColumn& column, bool log) {
  picture::AxisSpec spec;
  spec.label = column.name;
  spec.origin = column.origin, spec.utc = column.utc;
  spec.scale = column.kind == ColumnKind::kTime ? picture::ScaleKind::kTime
               : log                            ? picture::ScaleKind::kLog
                                                : picture::ScaleKind::kLinear;
  return spec;
}

void draw_series(const PlotOptions& options, Choice& choice, const Series& series, Budget& budget,
                 PlotSummary& out, picture::Panel& panel) {
  const Surveys seen = survey(series);
  choose_by_order(choice, series, seen);
  check_parts(options, choice, series);
  panel.x = axis(series.x(), options.log_x);
  if (choice.kind == PlotKind::kHistogram) {
    panel.y.label = "count";
    if (options.log_y) panel.y.scale = picture::ScaleKind::kLog;
  } else {
    panel.y = axis(series.y(0), options.log_y);
    if (series.y_count() > 1) panel.y.label.clear();
  }
  Build build{options, series, seen, budget, out, panel};
  if (choice.kind == PlotKind::kHistogram) build_histogram(build);
  if (choice.kind == PlotKind::kScatter) build_scatter(build);
  if (choice.kind == PlotKind::kHeat) build_cells(build);
  if (choice.kind == PlotKind::kLine) build_lines(build);
  out.run.bytes_read = series.table().bytes_read();
  out.rows = series.table().rows(), out.faulty = series.table().faulty();
}

/// Names of a matrix's columns, "0" and so on: of many, those asked for, the first ones and the last.
std::vector<std::string> numbers_of_columns(const PlotOptions& options, std::int64_t columns) {
  constexpr std::int64_t kListed = 4096;
  std::set<std::int64_t> numbers;
  for (std::int64_t i = 0; i < std::min(columns, kListed); ++i) numbers.insert(i);
  if (columns > kListed) {
    std::vector<std::string> asked = options.y;
    for (const std::string& name : {options.x, options.color, options.y_error}) asked.push_back(name);
    for (const std::string& name : asked) {
      std::int64_t number = -1;
      const auto end = std::from_chars(name.data(), name.data() + name.size(), number).ptr;
      if (end == name.data() + name.size() && number >= 0 && number < columns) numbers.insert(number);
    }
    numbers.insert(columns - 1);
  }
  std::vector<std::string> names;
  for (const std::int64_t number : numbers) names.push_back(std::to_string(number));
  return names;
}

void draw_matrix(const PlotOptions& options, Machine& machine, const RunOptions& run, PlotSummary& out,
                 picture::Panel& panel, Choice& choice) {
  const auto matrix = open_matrix(options.input, options.input_options);
  const MatrixInfo& info = matrix->info();
  choice = choose(options, numbers_of_columns(options, info.dimensions < 2 ? 1 : info.columns), &info);
  if (choice.whole && choice.kind == PlotKind::kHeat)
    return build_matrix(options, *matrix, machine, run, out, panel);
  Wanted wanted;
  Series::Parts parts = parts_of(choice, wanted);
  if (choice.whole) parts.x = 0;
  std::vector<std::int64_t> numbers;
  for (const std::string& name : wanted.names) numbers.push_back(number_of(name));
  Budget& budget = machine.budgets->host;
  const Series series(kept_table(open_columns(*matrix, numbers, machine, run), budget), parts);
  draw_series(options, choice, series, budget, out, panel);
  if (choice.whole) out.rows = info.rows, out.columns = info.columns;
}

void draw_csv(const PlotOptions& options, const RunOptions& run, Budget& budget, PlotSummary& out,
              picture::Panel& panel, Choice& choice) {
  csv::Input input = options.table;
  input.path = options.input;
  choice = choose(options, csv_names(input, budget), nullptr);
  Wanted wanted;
  const Series::Parts parts = parts_of(choice, wanted);
  const Series series(kept_table(open_csv(std::move(input), wanted.names, run, budget), budget), parts);
  draw_series(options, choice, series, budget, out, panel);
}

std::string what_is_missing(const PlotOptions& options, const Choice& choice, const PlotSummary& out) {
  std::string columns;
  for (const std::string& name : {choice.x, choice.y.empty() ? std::string() : choice.y.front()})
    if (!name.empty()) columns += (columns.empty() ? " in " : " and ") + name;
  std::string what = out.not_positive > 0 ? "no positive values for a logarithmic axis" : "no finite values";
  return options.input + ": " + what + columns + ": nothing to draw (" +
         (out.columns > 0 ? grouped(out.rows) + " x " + grouped(out.columns) + " entries"
                          : grouped(out.rows) + " rows") +
         ")";
}

void check_kind_of_output(const std::string& path) {
  if (page::is_page(path)) return;
  try {
    picture::picture_format(path);
  } catch (const Error& e) {
    throw Error(e.kind(), e.what(), "or in .html, for an interactive page");
  }
}

/// What the outputs can show where the user does not say: a page draws millions of points. Of the memory a
/// quarter at most.
PlotOptions resolved(PlotOptions options, const Budget& budget) {
  constexpr std::int64_t of_picture = 50000, of_page = 2000000;
  if (options.dots >= 0) return options;
  const bool pages = page::all_pages(options.outputs);
  options.dots = pages ? std::clamp(std::int64_t(budget.limit() / 256), of_picture, of_page) : of_picture;
  return options;
}

void write_page(const PlotSummary& data, const std::string& path) {
  page::Page page = page::page_of(data.figure);
  if (data.sample) {
    picture::Figure sample;
    sample.panels = {data.figure.panels.front()};
    sample.panels.front().layers = {data.figure.panels.front().layers.front(), *data.sample};
    page = page::page_of(sample);
    page.title = data.figure.title, page.description = data.figure.description;
    std::get<page::Points>(page.layers.back()).from_zoom = 3;
  }
  page::write_page(page, path);
}

void check_output(const std::string& path, const RunOptions& run) {
  check_kind_of_output(path);
  if (sys::exists(path) && !run.force)
    throw Error(ErrorKind::kOutput, path + ": exists already", "--force replaces it");
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const std::string place = folder.empty() ? "." : folder.string();
  std::error_code code;
  if (!std::filesystem::is_directory(place, code))
    throw Error(ErrorKind::kOutput, path + ": there is no folder " + place);
  if (std::filesystem::is_directory(path, code))
    throw Error(ErrorKind::kOutput, path + ": is a folder: expected the name of a picture");
  if (::access(place.c_str(), W_OK) != 0)
    throw Error(ErrorKind::kOutput, path + ": the folder " + place + " cannot be written to");
}

}  // namespace

std::string grouped(std::int64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t at = digits.size(); at > 3;) digits.insert(at -= 3, ",");
  return digits;
}

}  // namespace plot_detail

const char* name_of(PlotKind kind) {
  switch (kind) {
    case PlotKind::kLine:
      return "line";
    case PlotKind::kScatter:
      return "scatter";
    case PlotKind::kHistogram:
      return "hist";
    case PlotKind::kHeat:
      return "heat";
    default:
      return "auto";
  }
}

std::string PlotSummary::sentence() const {
  using plot_detail::grouped;
  std::string text = "read " + (columns > 0 ? grouped(rows) + " x " + grouped(columns) + " entries"
                                            : grouped(rows) + (rows == 1 ? " row" : " rows"));
  const auto left_out = [&](std::int64_t n, const std::string& what) {
    if (n > 0) text += "; " + grouped(n) + " " + what;
  };
  left_out(missing, columns > 0 ? "not finite, left out" : "without a value left out");
  left_out(not_positive, "not positive, left out of a logarithmic axis");
  left_out(faulty, "bad rows skipped");
  text += std::string("; drawn as ") + (kind == PlotKind::kHeat        ? "heat map"
                                        : kind == PlotKind::kHistogram ? "histogram"
                                                                       : name_of(kind));
  if (!kind_reason.empty()) text += " (" + kind_reason + ")";
  if (!form.empty()) text += ": " + form + ", " + form_reason;
  return text;
}

void check_plot(const PlotOptions& options, const RunOptions& run) {
  if (options.outputs.empty())
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o picture.png");
  std::set<std::string> names;
  for (const std::string& path : options.outputs) {
    if (!names.insert(path).second) throw Error(ErrorKind::kUsage, "-o " + path + " is given twice");
    plot_detail::check_output(path, run);
  }
  picture::check_extents(options.width, options.height);
  picture::Colormap(options.colormap, false);
}

PlotSummary plot_data(const PlotOptions& wanted, const RunOptions& run) {
  using namespace plot_detail;
  const Clock clock;
  RunOptions on_host = run;
  on_host.device = "serial";  // only for its view of the host's memory: nothing is computed on a device
  Machine machine = open_machine(on_host);
  const PlotOptions options = resolved(wanted, machine.budgets->host);
  PlotSummary out;
  out.input = options.input;
  picture::Panel panel;
  Choice choice;
  if (is_matrix(options))
    draw_matrix(options, machine, on_host, out, panel, choice);
  else
    draw_csv(options, on_host, machine.budgets->host, out, panel, choice);
  if (out.points == 0) throw Error(ErrorKind::kInput, what_is_missing(options, choice, out));
  out.kind = choice.kind, out.kind_reason = choice.kind_reason;
  if (options.x_label) panel.x.label = *options.x_label;
  if (options.y_label) panel.y.label = *options.y_label;
  if (options.reverse_x) panel.x.reversed = !panel.x.reversed;
  if (options.reverse_y) panel.y.reversed = !panel.y.reversed;
  out.figure.title = options.title ? *options.title : base_name(options.input);
  out.figure.description = out.sentence() + ".";
  out.figure.description[0] = 'R';
  out.figure.panels = {std::move(panel)};
  machine.report(out.run);
  out.run.device = "cpu";
  out.run.device_name.clear(), out.run.level.clear();
  out.run.seconds = out.run.compute_seconds = clock.seconds();
  return out;
}

void draw_plot(const PlotOptions& options, const PlotSummary& data) {
  for (const std::string& path : options.outputs)
    if (page::is_page(path))
      plot_detail::write_page(data, path);
    else
      picture::draw(data.figure, path, options.width, options.height);
}

}  // namespace sluice
