// `sluice generate lightcurves`: a survey of constant, periodic and transient sources, the same bytes at any
// number of threads.
#include <memory>

#include "apps/commands.h"
#include "apps/frame/common_options.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "host/error.h"
#include "host/generate_lightcurves.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace frame;

struct Lightcurves {
  Settings settings;
  GenerateLightcurvesOptions options;
};

std::string points_text(const GenerateLightcurvesOptions& o) {
  return o.least == o.most ? count(o.least) : count(o.least) + " to " + count(o.most);
}

Json options_json(const GenerateLightcurvesOptions& o, Json json) {
  json.add("objects", o.objects).add("points", Json::array().push(o.least).push(o.most));
  return json.add("bands", o.bands).add("seed", o.seed);
}

int plan(const Lightcurves& l) {
  const GenerateLightcurvesOptions& o = l.options;
  const GenerateLightcurvesPlan p = plan_generate_lightcurves(o);
  if (l.settings.json) {
    Json json = summary_of("generate lightcurves");
    json = options_json(o, json.add("dry_run", true)).add("rows", p.rows);
    return say(json.add("output_bytes", p.bytes).add("disk_free", p.disk_free).text() + "\n"), 0;
  }
  say(table({{"light curves", counted(o.objects, "object") + " of " + points_text(o) + " points"},
             {"rows", count(p.rows)},
             {"bands", o.bands},
             {"output", o.output + " (" + p.format + "), about " + human_bytes(double(p.bytes)) + " (" +
                            human_bytes(double(p.disk_free)) + " free)"}}));
  if (p.bytes > p.disk_free)
    warn("the output needs " + human_bytes(double(p.bytes)) + " and the disk has " +
         human_bytes(double(p.disk_free)) + " free; choose another disk with -o");
  return 0;
}

Json summary(const GenerateLightcurvesOptions& o, const GenerateLightcurvesSummary& s) {
  Json output = Json::object(), shapes = Json::object();
  output.add("path", o.output).add("format", s.format).add("rows", s.rows).add("bytes", s.bytes);
  output.add("labels", s.labels_file.empty() ? Json() : Json(s.labels_file)).add("open", s.open_hint);
  shapes.add("constant", s.shapes[0]).add("periodic", s.shapes[1]).add("transient", s.shapes[2]);
  Json json = summary_of("generate lightcurves").add("output", output);
  return options_json(o, json).add("shapes", shapes).add("run", json_of(s.run, 0));
}

void check_stdout(const Lightcurves& l) {
  if (l.options.output != "-") return;
  const Settings& s = l.settings;
  for (const auto& [given, name] :
       {std::pair(s.json, "--json"), {s.resume, "--resume"}, {s.dry_run, "--dry-run"}})
    if (given)
      throw Error(ErrorKind::kUsage, std::string("-o - with ") + name +
                                         ": expected a file where the table itself goes to standard output");
}

int run(Lightcurves& l) {
  GenerateLightcurvesOptions& o = l.options;
  o.seed = l.settings.seed;
  check_stdout(l);
  if (l.settings.dry_run) return plan(l);
  Progress progress(l.settings);
  RunOptions options = resolve(l.settings);
  options.observer = &progress;
  if (o.output == "-") o.sink = [](std::string_view text) { return say(std::string(text)); };
  const GenerateLightcurvesSummary s = generate_lightcurves(o, options);
  progress.clear();
  if (l.settings.json) say(summary(o, s).text() + "\n");
  if (l.settings.quiet || o.output == "-") return 0;
  tell(o.output + ": " + counted(o.objects, "object") + ", " + counted(s.rows, "row") + " (" +
       count(s.shapes[0]) + " constant, " + count(s.shapes[1]) + " periodic, " + count(s.shapes[2]) +
       " transient), " + human_bytes(double(s.bytes)) + ", " + how(s.run) + " (" +
       rate(double(s.run.bytes_written), "bytes", s.run.seconds) + ")");
  if (!s.labels_file.empty()) tell("shapes of the objects: " + s.labels_file);
  tell("open it with " + s.open_hint);
  return 0;
}

void set_points(GenerateLightcurvesOptions& o, const std::string& text) {
  const std::size_t colon = text.find(':');
  o.least = parse_count("--points", text.substr(0, colon));
  o.most = colon == std::string::npos ? o.least : parse_count("--points", text.substr(colon + 1));
}

}  // namespace

frame::Command generate_lightcurves_kind() {
  const auto l = std::make_shared<Lightcurves>();
  GenerateLightcurvesOptions& o = l->options;
  Command c;
  c.name = "generate lightcurves";
  c.summary = "light curves of many objects: constant, periodic and transient ones";
  c.description =
      "Writes light curves as a survey of three years sees them: flux with its error in several bands, at "
      "irregular times, in seasons; for half of the objects not in the order of time. A third of the objects "
      "are constant, a third periodic, a third transient. An object depends on the seed and its number alone "
      "(Philox), so that the files have the same bytes at any number of threads.";
  c.examples = {"sluice generate lightcurves --objects 100 --points 30:1000 --bands ugriz --seed 1 -o lc.csv",
                "sluice generate lightcurves --objects 100 --seed 1 -o curves/",
                "sluice generate lightcurves --objects 100 --seed 1 -o survey.db"};
  const char* group = "Light curves";
  c.options = Options{{{"-o", "--output"},
                       "FILE",
                       "a table (.csv, .tsv; - for standard output), a folder of text tables (its name ends "
                       "with /) or a database (.db)",
                       "Output",
                       [&o](const std::string& v) { o.output = v; }},
                      {{"--objects"},
                       "N",
                       "objects, such as 1000 or 1e6; they are numbered from 1",
                       group,
                       [&o](const std::string& v) { o.objects = parse_count("--objects", v); }},
                      {{"--points"},
                       "N:N",
                       "least and most points of an object, over all bands; default: 30:1000",
                       group,
                       [&o](const std::string& v) { set_points(o, v); }},
                      {{"--bands"},
                       "LETTERS",
                       "a letter a band; default: ugriz",
                       group,
                       [&o](const std::string& v) { o.bands = v; }},
                      seed_option(l->settings, "another seed gives other objects; default: 0")} +
              result_options(l->settings) + only(machine_options(l->settings), {"--memory", "--threads"}) +
              message_options(l->settings);
  c.run = [l] { return run(*l); };
  return c;
}

}  // namespace sluice
