// `sluice plot FILE`: records, one read into a figure, and each output drawn from it.
#include <algorithm>
#include <map>
#include <memory>

#include "apps/commands.h"
#include "apps/frame/common_options.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "host/error.h"
#include "host/plot.h"

namespace sluice {
namespace {

using namespace frame;

struct Plot {
  Settings settings;
  PlotOptions options;
};

Json summary(const PlotOptions& o, const PlotSummary& s) {
  Json json = summary_of("plot");
  json.add("input", s.input).add("kind", name_of(s.kind)).add("kind_reason", s.kind_reason);
  json.add("form", s.form).add("form_reason", s.form_reason).add("rows", s.rows);
  if (s.columns > 0) json.add("columns", s.columns);
  json.add("points", s.points).add("missing", s.missing).add("not_positive", s.not_positive);
  json.add("bad_rows", s.faulty);
  Json outputs = Json::array();
  for (const std::string& path : o.outputs) outputs.push(path);
  return json.add("outputs", outputs).add("run", frame::json_of(s.run, 0));
}

int run(Plot& plot) {
  PlotOptions& o = plot.options;
  std::tie(o.width, o.height) = plot.settings.picture_size;
  o.colormap = plot.settings.colormap;
  Progress progress(plot.settings);
  RunOptions options = resolve(plot.settings);
  options.observer = &progress;
  check_plot(o, options);
  const PlotSummary data = plot_data(o, options);
  draw_plot(o, data);
  progress.clear();
  if (plot.settings.json) say(summary(o, data).text() + "\n");
  if (!plot.settings.quiet) tell(joined(o.outputs, ", ") + ": " + data.sentence());
  return 0;
}

void set_axes(const char* option, const std::string& text, bool& x, bool& y) {
  if (text != "x" && text != "y" && text != "x,y" && text != "y,x")
    throw Error(ErrorKind::kUsage, std::string(option) + ": expected x, y or x,y, found '" + text + "'");
  x = text.find('x') != std::string::npos, y = text.find('y') != std::string::npos;
}

Options columns(PlotOptions& o) {
  const char* group = "What is drawn";
  static const std::map<std::string, PlotKind> kinds = {{"line", PlotKind::kLine},
                                                        {"scatter", PlotKind::kScatter},
                                                        {"hist", PlotKind::kHistogram},
                                                        {"heat", PlotKind::kHeat}};
  return Options{
      {{"--x"},
       "COLUMN",
       "along the x axis: a name, or a number from 0 in a matrix; default: the number of the row",
       group,
       [&o](const std::string& v) { o.x = v; }},
      {{"--y"},
       "COLUMN",
       "along the y axis; several times: several lines or kinds of points",
       group,
       [&o](const std::string& v) { o.y.push_back(v); }},
      {{"--color"},
       "COLUMN",
       "numbers as colours, or categories as colours and shapes",
       group,
       [&o](const std::string& v) { o.color = v; }},
      {{"--y-error"},
       "COLUMN",
       "lengths of error bars along y, the same to both sides",
       group,
       [&o](const std::string& v) { o.y_error = v; }},
      {{"--kind"},
       "KIND",
       "line, scatter, hist or heat; default: by the data, and said",
       group,
       [&o](const std::string& v) { o.kind = kinds.at(v); },
       {"line", "scatter", "hist", "heat"}},
      {{"--log"},
       "AXES",
       "logarithmic axes: x, y or x,y",
       group,
       [&o](const std::string& v) { set_axes("--log", v, o.log_x, o.log_y); }},
      {{"--reverse"},
       "AXES",
       "axes that grow the other way, as magnitudes do: x, y or x,y",
       group,
       [&o](const std::string& v) { set_axes("--reverse", v, o.reverse_x, o.reverse_y); }},
      {{"--bins"},
       "N",
       "bins of a histogram; default: by Scott's rule, 10 to 200",
       group,
       [&o](const std::string& v) { o.bins = std::max<std::int64_t>(1, parse_count("--bins", v)); }},
      {{"--dots"},
       "N",
       "the most points that are drawn as dots, not as a density; default: 50000, in a page 2 million",
       group,
       [&o](const std::string& v) { o.dots = parse_count("--dots", v); }}};
}

Options looks(Plot& plot) {
  PlotOptions& o = plot.options;
  const char* group = "Picture";
  return Options{
             {{"-o", "--output"},
              "FILE",
              "the picture: .png, .svg or .pdf, or .html: an interactive page; several times: each of them "
              "from one read",
              group,
              [&o](const std::string& v) { o.outputs.push_back(v); }},
             {{"--title"},
              "TEXT",
              "above the picture; default: the name of the file",
              group,
              [&o](const std::string& v) { o.title = v; }},
             {{"--xlabel"}, "TEXT", "of the x axis", group, [&o](const std::string& v) { o.x_label = v; }},
             {{"--ylabel"}, "TEXT", "of the y axis", group, [&o](const std::string& v) { o.y_label = v; }}} +
         only(picture_options(plot.settings), {"--picture-size", "--colormap"}) +
         only(result_options(plot.settings), {"--force"});
}

}  // namespace

frame::Command plot_command() {
  const auto plot = std::make_shared<Plot>();
  PlotOptions& o = plot->options;
  Command command;
  command.name = "plot";
  command.summary = "a picture of a file of any size: lines, points, histograms, heat maps";
  command.description =
      "Draws columns of a table (CSV, .npy, HDF5, raw) or a whole matrix as PNG, SVG or PDF, or as an HTML "
      "page to move, zoom and point in. The file is "
      "streamed and need not fit into memory: many points become a density, long lines their lowest and "
      "highest values, a matrix block means. The last line says what was drawn, and why so.";
  command.examples = {"sluice generate matrix --shape 3000x500 --seed 7 -o X.npy",
                      "sluice plot X.npy -o X.png",
                      "sluice plot X.npy --x 0 --y 1 --kind scatter -o points.png -o points.svg",
                      "sluice plot X.npy --x 0 --y 1 --kind scatter -o points.html"};
  command.positionals = {{"FILE", "a table or a matrix: CSV, .npy, HDF5 (file.h5:/path) or raw data",
                          [&o](const std::string& v) { o.input = v; }}};
  command.options = columns(o) + looks(*plot) +
                    only(machine_options(plot->settings), {"--memory", "--threads", "--io"}) +
                    without(table_options(o.table), "--columns") + raw_options(o.input_options) +
                    message_options(plot->settings);
  for (Option& option : command.options)
    option.repeats = option.long_name() == "--y" || option.long_name() == "--output";
  command.run = [plot] { return run(*plot); };
  return command;
}

}  // namespace sluice
