// `sluice window`: records, one call into host/window.h. Texts are in window_report.cpp.
#include <memory>
#include <tuple>

#include "apps/commands.h"
#include "apps/frame/common_options.h"
#include "apps/frame/measures.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "apps/window_report.h"
#include "apps/window_spectra.h"
#include "apps/window_values.h"
#include "host/error.h"
#include "host/window.h"

namespace sluice {
namespace {

using namespace frame;

struct Window {
  Settings settings;
  WindowOptions options;
  bool estimate = false;
};

std::vector<std::string> names_of(const std::string& text) {
  std::vector<std::string> names(1);
  for (const char c : text) {
    if (c == ',')
      names.emplace_back();
    else
      names.back() += c;
  }
  return names;
}

int run(Window& w) {
  WindowOptions& o = w.options;
  if (o.size.text.empty())
    throw Error(ErrorKind::kUsage, "--size is missing: expected samples or a time",
                "for example --size 3600");
  if (o.output == "-")
    throw Error(ErrorKind::kUsage, "-o -: expected a file", "for example -o W.h5 or -o W.csv");
  const bool only_plan = w.estimate || w.settings.dry_run;
  if (o.output.empty() && !only_plan)
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o W.h5");
  o.channels_are_rows = w.settings.variables == "rows";
  o.picture = w.settings.picture;
  std::tie(o.picture_width, o.picture_height) = w.settings.picture_size;
  Progress progress(w.settings);
  RunOptions options = resolve(w.settings);
  options.observer = &progress;
  if (only_plan) {
    const WindowPlan plan = w.estimate ? estimate_window(o, options) : plan_window(o, options);
    progress.clear();
    say(w.settings.json ? plan_summary(o, plan).text() + "\n"
        : w.estimate    ? estimate_text(plan)
                        : plan_text(o, plan));
    return 0;
  }
  const WindowSummary summary = window(o, options);
  progress.clear();
  if (w.settings.json) say(window_summary(o, summary).text() + "\n");
  if (!w.settings.quiet) tell(closing_text(o, summary, w.settings.verbose > 0));
  return 0;
}

Options windows(Window& w) {
  WindowOptions& o = w.options;
  const char* group = "Windows";
  return Options{
      {{"--size"},
       "N",
       "samples of a window, or with --rate or --time a time: 3600, 500ms, 2s, 10min, 1h",
       group,
       [&o](const std::string& v) { o.size = parse_length("--size", v); }},
      {{"--step"},
       "N",
       "from one window's start to the next, likewise; default: the size. Beyond the size, samples are left "
       "out",
       group,
       [&o](const std::string& v) { o.step = parse_length("--step", v); }},
      {{"--rate"},
       "RATE",
       "samples a second, such as 400Hz: for sizes in time, the windows' times and slopes per second; "
       "default: "
       "what the file says, as `sluice generate series` writes it",
       group,
       [&o](const std::string& v) { o.rate = parse_rate("--rate", v); }},
      {{"--time"},
       "COLUMN",
       "samples have times of their own: a table's column (ISO 8601, or seconds), or of other input a file "
       "of "
       "one number a sample, in seconds. Window k has those of [origin + k step, origin + k step + size)",
       group,
       [&o](const std::string& v) { o.time = v; }},
      {{"--origin"},
       "TIME",
       "with --time: where the first window begins; default: at the first sample",
       group,
       [&o](const std::string& v) { o.origin = v; }},
      {{"--materialize"},
       "",
       "write the windows themselves, windows x size x channels, in place of statistics: .npy, .h5 or raw",
       group,
       [&o](const std::string&) { o.materialize = true; }},
      {{"--partial"},
       "WAY",
       "windows that begin before the end and do not fit: drop (the default), keep (what there is) or pad "
       "(what is missing is NaN)",
       group,
       [&o](const std::string& v) {
         o.partial = v == "keep" ? Partial::kKeep : v == "pad" ? Partial::kPad : Partial::kDrop;
       },
       {"drop", "keep", "pad"}},
      {{"--estimate"},
       "",
       "print the windows, their view's shape and strides, and the bytes of each output; compute nothing",
       group,
       [&w](const std::string&) { w.estimate = true; }},
  };
}

Options statistics(Window& w) {
  WindowOptions& o = w.options;
  const char* group = "Statistics";
  return Options{
      {{"--stats"},
       "LIST",
       "any of " + joined(window_statistics(), ", ") + "; default: mean,std,min,max, with spectra none",
       group,
       [&o](const std::string& v) { o.statistics = names_of(v); }},
      {{"--ddof"},
       "N",
       "std, var and cov divide by the count - N; default: 0, as numpy (pandas: 1)",
       group,
       [&o](const std::string& v) { o.ddof = parse_integer("--ddof", v); }},
      {{"--nan"},
       "WAY",
       "propagate (a window with a NaN gives NaN, the default) or omit (NaN are passed over)",
       group,
       [&o](const std::string& v) { o.omit_nan = v == "omit"; },
       {"propagate", "omit"}},
      {{"--min-count"},
       "N",
       "with --nan omit: windows of fewer values give NaN; default: 1",
       group,
       [&o](const std::string& v) { o.min_count = parse_count("--min-count", v); }},
  };
}

/// Lines need no colours.
Options pictures(Settings& settings) {
  Options options = picture_options(settings);
  std::erase_if(options, [](const Option& option) { return option.long_name() == "--colormap"; });
  for (Option& option : options)
    if (option.long_name() == "--picture")
      option.help = "also draw the statistics over time: .png, .svg or .pdf";
  return options;
}

}  // namespace

frame::Command window_command() {
  const auto w = std::make_shared<Window>();
  w->settings.variables = "columns";
  WindowOptions& o = w->options;
  Command command;
  command.name = "window";
  command.summary = "statistics and spectra of overlapping windows of a multichannel series, file to file";
  command.description =
      "Statistics of strided, overlapping windows of a series of many channels that need not fit into "
      "memory. "
      "The windows are never copied: each sample is read once, and every window is merged from the states of "
      "the pieces that it shares with others. Medians, percentiles and what else looks at all samples of a "
      "window are made in tiles of whole windows, and spectra with the numbers of scipy.signal.";
  command.examples = {
      "sluice generate matrix --shape 86400x4 --dtype float64 --dist normal --seed 1 -o day.npy",
      "sluice window day.npy --size 3600 --step 600 --stats mean,std,kurtosis -o W.h5",
      "sluice window day.npy --size 3600 --step 600 --psd -o P.h5",
      "sluice generate table --rows 5000 --columns 't:time(2024-01-01:1min),x:normal' -o t.csv",
      "sluice window t.csv --time t --size 1d --step 1h --stats count,mean,std -o W.csv"};
  command.positionals = {{"X",
                          "the series: .npy, an HDF5 dataset (file.h5:/path), raw data or a table (.csv); a "
                          "folder or a "
                          "quoted pattern: its files one after "
                          "another, in natural order",
                          [&o](const std::string& v) { o.input = v; }}};
  Option variables = variables_option(w->settings);
  variables.help =
      "columns (samples x channels, the default) or rows (channels x samples): how the channels lie";
  const char* input = "Input";
  command.options =
      Options{output_option(o.output,
                            "the result: .h5 (a dataset a statistic), .csv, or for one statistic .npy")} +
      windows(*w) + statistics(*w) + spectrum_options(o) +
      Options{variables,
              {{"--scale"},
               "X",
               "values are elements times X, such as volts of a converter's counts; default: 1",
               input,
               [&o](const std::string& v) { o.scale = parse_number("--scale", v); }},
              {{"--scale-offset"},
               "X",
               "plus X; default: 0",
               input,
               [&o](const std::string& v) { o.scale_offset = parse_number("--scale-offset", v); }}} +
      pictures(w->settings) + result_options(w->settings) + machine_options(w->settings) +
      raw_options(o.input_options) + table_options(o.table) + message_options(w->settings);
  command.run = [w] { return run(*w); };
  return command;
}

}  // namespace sluice
