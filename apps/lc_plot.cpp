// `sluice lc plot`: light curves of some objects, a panel each.
#include <memory>

#include "apps/commands.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "apps/lc_reading.h"
#include "host/error.h"
#include "host/lc/plot.h"

namespace sluice {
namespace {

using namespace frame;

struct CurvePlot {
  Settings settings;
  lc_app::Reading reading;
  lc::LcPlotOptions options;
  std::string set;
};

Json summary(const lc::LcPlotOptions& o, const lc::LcPlotSummary& s) {
  Json json = summary_of("lc plot"), objects = Json::array(), bands = Json::array(), outputs = Json::array();
  for (const std::int64_t object : s.objects) objects.push(object);
  for (const std::string& band : s.bands) bands.push(band);
  for (const std::string& path : o.outputs) outputs.push(path);
  json.add("objects", objects).add("bands", bands).add("points", s.points).add("missing", s.missing);
  return json.add("outputs", outputs).add("run", json_of(s.run, 0));
}

int run(CurvePlot& plot) {
  lc::LcPlotOptions& o = plot.options;
  o.database = lc_app::database_of(plot.reading);
  o.files = plot.reading.options;
  if (o.database.empty() && !plot.set.empty())
    throw Error(ErrorKind::kUsage, "--set " + plot.set + ": files have no sets: expected a database");
  if (!plot.set.empty()) o.set = plot.set;
  std::tie(o.width, o.height) = plot.settings.picture_size;
  Progress progress(plot.settings);
  RunOptions options = resolve(plot.settings);
  options.observer = &progress;
  const lc::LcPlotSummary s = lc::plot_curves(o, options);
  progress.clear();
  if (plot.settings.json) say(summary(o, s).text() + "\n");
  if (plot.settings.quiet) return 0;
  if (s.first_only) note("the first objects are drawn; --object names others");
  tell(joined(o.outputs, ", ") + ": " + counted(std::int64_t(s.objects.size()), "object") + ", " +
       counted(s.points, "point") + " in the bands " + joined(s.bands, ", ") +
       (s.missing > 0 ? "; " + count(s.missing) + " without a finite time or flux left out" : ""));
  return 0;
}

}  // namespace

frame::Command lc_plot_kind() {
  const auto plot = std::make_shared<CurvePlot>();
  lc::LcPlotOptions& o = plot->options;
  Command c;
  c.name = "lc plot";
  c.summary = "light curves of objects: flux with error bars against time, a colour a band";
  c.description =
      "Draws light curves from a database or from files: flux with its error against time, a colour and a "
      "shape "
      "a band, several objects on a sheet. An HTML page shows them together, to move, zoom and point in.";
  c.examples = {"sluice generate lightcurves --objects 50 --seed 1 -o survey.db",
                "sluice lc plot survey.db --object 10 -o object10.png",
                "sluice lc plot survey.db --object 10 --bands gr -o object10.svg -o object10.html",
                "sluice lc plot survey.db --object 1,2,3,4 -o sheet.png"};
  c.positionals = {
      lc_app::inputs(plot->reading, "a database that `lc ingest` made, or files of light curves")};
  const char* group = "What is drawn";
  const char* picture = "Picture";
  c.options =
      Options{
          {{"--object"},
           "LIST",
           "numbers of objects, or of a database their names, with commas between them; default: the first "
           "nine",
           group,
           [&o](const std::string& v) {
             for (const std::string& object : parse_list("--object", v)) o.objects.push_back(object);
           },
           {},
           "",
           true},
          {{"--bands"},
           "BANDS",
           "letters, or names with commas between them; default: all",
           group,
           [&o](const std::string& v) { o.bands = lc_app::parse_bands(v); }},
          {{"--set"},
           "SET",
           "the set of rows of the database; default: train",
           group,
           [p = plot.get()](const std::string& v) { p->set = v; }},
          {{"-o", "--output"},
           "FILE",
           "the picture: .png, .svg or .pdf, or .html: an interactive page; several times: each of them",
           picture,
           [&o](const std::string& v) { o.outputs.push_back(v); },
           {},
           "",
           true},
          {{"--title"},
           "TEXT",
           "above the picture; default: the object's name",
           picture,
           [&o](const std::string& v) { o.title = v; }}} +
      only(picture_options(plot->settings), {"--picture-size"}) +
      only(result_options(plot->settings), {"--force"}) + lc_app::reading_options(plot->reading) +
      only(machine_options(plot->settings), {"--memory", "--threads"}) + message_options(plot->settings);
  c.run = [plot] { return run(*plot); };
  return c;
}

}  // namespace sluice
