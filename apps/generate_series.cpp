// `sluice generate series`: noise, ramps and sines of many channels, the same bytes at any number of threads.
#include <memory>

#include "apps/commands.h"
#include "apps/frame/common_options.h"
#include "apps/frame/measures.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "host/error.h"
#include "host/generate_series.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace frame;

struct Series {
  Settings settings;
  GenerateSeriesOptions options;
};

std::string shape_of(const GenerateSeriesOptions& o, std::int64_t samples) {
  return counted(samples, "sample") + " x " + counted(std::int64_t(o.channels.size()), "channel") + " " +
         name_of(o.type);
}

int plan(const Series& s) {
  const GenerateSeriesOptions& o = s.options;
  const GenerateSeriesPlan p = plan_generate_series(o);
  if (s.settings.json) {
    Json json = summary_of("generate series");
    json.add("dry_run", true).add("samples", p.samples).add("channels", text_of(o.channels));
    json.add("rate", o.rate).add("dtype", name_of(o.type));
    return say(json.add("output_bytes", p.bytes).add("disk_free", p.disk_free).text() + "\n"), 0;
  }
  say(table({{"series", shape_of(o, p.samples)},
             {"channels", text_of(o.channels)},
             {"time", human_seconds(double(p.samples) / o.rate) + " at " + number(o.rate) + " Hz"},
             {"output", o.output + ", " + human_bytes(double(p.bytes)) + " (" +
                            human_bytes(double(p.disk_free)) + " free)"}}));
  if (p.bytes > p.disk_free)
    warn("the output needs " + human_bytes(double(p.bytes)) + " and the disk has " +
         human_bytes(double(p.disk_free)) + " free; choose another disk with -o");
  return 0;
}

Json summary(const GenerateSeriesOptions& o, const GenerateSeriesSummary& s) {
  Json output = Json::object(), json = summary_of("generate series");
  output.add("path", o.output).add("format", s.format).add("rows", s.samples);
  output.add("columns", o.channels.size()).add("dtype", name_of(o.type)).add("bytes", s.bytes);
  json.add("output", output.add("open", s.open_hint)).add("seed", o.seed);
  return json.add("rate", o.rate).add("channels", text_of(o.channels)).add("run", json_of(s.run, 0));
}

int run(Series& s) {
  s.options.seed = s.settings.seed;
  if (s.options.output == "-")
    throw Error(ErrorKind::kUsage, "-o -: a series is written in tiles, out of order: expected a file",
                "for example -o mag.npy");
  if (s.settings.dry_run) return plan(s);
  Progress progress(s.settings);
  RunOptions options = resolve(s.settings);
  options.observer = &progress;
  const GenerateSeriesSummary made = generate_series(s.options, options);
  progress.clear();
  if (s.settings.json) say(summary(s.options, made).text() + "\n");
  if (s.settings.quiet) return 0;
  tell(s.options.output + ": " + shape_of(s.options, made.samples) + ", " + human_bytes(double(made.bytes)) +
       ", " + how(made.run) + " (" + rate(double(made.bytes), "bytes", made.run.seconds) + ")");
  if (s.settings.verbose > 0) tell(stages_text(made.run));
  tell("open it with " + made.open_hint);
  return 0;
}

}  // namespace

frame::Command generate_series_kind() {
  const auto s = std::make_shared<Series>();
  GenerateSeriesOptions& o = s->options;
  Command c;
  c.name = "generate series";
  c.summary = "a series of channels: noise, ramps, sines, samples x channels";
  c.description =
      "Writes a series of any length, samples x channels. Every number depends on the seed and its place "
      "alone, "
      "so that the file has the same bytes on every device and at any number of threads.";
  c.examples = {
      "sluice generate series --rate 1Hz --days 1 --channels normal,gamma,ramp,constant,sine:0.01 --seed 1 "
      "-o "
      "mag.npy"};
  const char* group = "Series";
  c.options = Options{output_option(o.output, "the series: .npy, .h5 (file.h5:/path), else raw"),
                      {{"--rate"},
                       "RATE",
                       "samples a second, such as 1Hz or 2kHz; `sluice window` takes it from the file",
                       group,
                       [&o](const std::string& v) { o.rate = parse_rate("--rate", v); }},
                      {{"--days"},
                       "D",
                       "how long it is, such as 30 or 0.5",
                       group,
                       [&o](const std::string& v) { o.days = parse_number("--days", v); }},
                      {{"--samples"},
                       "N",
                       "how long it is, in samples, in place of --days",
                       group,
                       [&o](const std::string& v) { o.samples = parse_count("--samples", v); }},
                      {{"--channels"},
                       "LIST",
                       "any of normal, uniform, gamma (shape 2, scale 1), ramp (0, 1, 2, ...), constant (1), "
                       "constant:VALUE, sine:FREQUENCY (in Hz, of amplitude 1)",
                       group,
                       [&o](const std::string& v) { o.channels = parse_series_channels(v); }},
                      {{"--dtype"},
                       "TYPE",
                       "float64 (the default) or float32",
                       group,
                       [&o](const std::string& v) { o.type = parse_dtype("--dtype", v).type; },
                       {"float32", "float64"}},
                      seed_option(s->settings, "another seed gives other noise; default: 0")} +
              result_options(s->settings) + machine_options(s->settings) + message_options(s->settings);
  c.run = [s] { return run(*s); };
  return c;
}

}  // namespace sluice
