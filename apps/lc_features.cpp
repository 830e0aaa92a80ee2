// `sluice lc features`: statistics of every object and band, into tables of the database or a file.
#include <cmath>
#include <map>
#include <memory>

#include "apps/commands.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "apps/lc_reading.h"
#include "host/error.h"
#include "host/lc/features_run.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace frame;

struct FeaturesCommand {
  Settings settings;
  lc_app::Reading reading;
  lc::FeaturesRunOptions options;
  std::string features = "base", explain, set;
};

std::string input_of(const lc::FeaturesRunOptions& o) {
  if (!o.database.empty()) return o.database;
  return o.files.inputs.empty() ? o.files.files_from : o.files.inputs[0];
}

Json tables_json(const std::vector<lc::FeatureTable>& tables) {
  Json all = Json::array();
  for (const lc::FeatureTable& table : tables) {
    Json columns = Json::array();
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
      Json column = Json::object();
      columns.push(column.add("name", table.columns[c]).add("undefined", table.undefined[c]));
    }
    Json one = Json::object();
    all.push(one.add("name", table.name).add("columns", columns));
  }
  return all;
}

int plan(const FeaturesCommand& f) {
  const lc::FeaturesRunOptions& o = f.options;
  const lc::FeaturesRunPlan p = lc::plan_features(o, resolve(f.settings));
  if (f.settings.json) {
    Json json = summary_of("lc features"), columns = Json::array(), tables = Json::array();
    for (const lc::FeatureColumnName& column : p.columns) columns.push(column.name);
    for (const std::string& name : p.tables) tables.push(name);
    const auto known = [](std::int64_t n) { return n < 0 ? Json() : Json(n); };
    json.add("dry_run", true).add("input", input_of(o)).add("objects", known(p.objects));
    json.add("rows", known(p.rows)).add("other_rows", known(p.other_rows)).add("files", p.files);
    json.add("bytes", p.bytes).add("tables", tables).add("columns", columns).add("memory", p.memory);
    return say(json.add("device", p.device).text() + "\n"), 0;
  }
  std::vector<std::string> names;
  for (const lc::FeatureColumnName& column : p.columns) names.push_back(column.name);
  std::string input = input_of(o) + ", " + human_bytes(double(p.bytes));
  if (p.rows >= 0)
    input += ": " + counted(p.objects, "object") + ", " + counted(p.rows, "row") + " of the bands " +
             joined(o.bands, ", ") + ", " + count(p.other_rows) + " of others";
  else
    input += " in " + counted(p.files, "file");
  say(table({{"input", input},
             {"output", joined(p.tables, ", ")},
             {"columns", count(std::int64_t(names.size()))},
             {"memory", human_bytes(double(p.memory))},
             {"device", p.device}}));
  say("\n" + wrapped(joined(names, " "), 0));
  return 0;
}

Json summary(const lc::FeaturesRunOptions& o, const lc::FeaturesRunSummary& s) {
  Json json = summary_of("lc features"), rows = Json::object(), notes = Json::array(), open = Json::array();
  for (const std::string& line : s.notes) notes.push(line);
  for (const std::string& hint : s.open_hints) open.push(hint);
  rows.add("used", s.rows - s.bad - s.cut)
      .add("bad", s.bad)
      .add("cut", s.cut)
      .add("other_bands", s.other_rows);
  json.add("input", input_of(o)).add("set", o.database.empty() ? Json() : Json(o.set));
  json.add("objects", s.objects).add("rows", rows).add("bands", lc_app::bands_json(s.bands));
  json.add("tables", tables_json(s.tables)).add("undefined", s.undefined);
  json.add("missing", o.missing ? Json(*o.missing) : Json()).add("notes", notes).add("open", open);
  if (o.database.empty()) json.add("read", lc_app::read_json(s.read));
  return json.add("run", json_of(s.run, 0));
}

std::string sentence(const lc::FeaturesRunSummary& s) {
  std::string text = counted(s.rows, "row");
  if (s.other_rows > 0) text += " (" + count(s.other_rows) + " of other bands left out)";
  if (s.bad > 0) text += ", " + count(s.bad) + " bad left out";
  if (s.cut > 0) text += ", " + count(s.cut) + " cut";
  return text + ", " + counted(s.undefined, "value") + " undefined";
}

int run(FeaturesCommand& f) {
  if (!f.explain.empty()) return say(lc::explain_feature(f.explain)), 0;
  lc::FeaturesRunOptions& o = f.options;
  o.database = lc_app::database_of(f.reading);
  o.files = f.reading.options;
  if (o.database.empty() && !f.set.empty())
    throw Error(ErrorKind::kUsage, "--set " + f.set + ": files have no sets: expected a database");
  if (!f.set.empty()) o.set = f.set;
  o.features.features = lc::parse_features(f.features);
  if (f.settings.dry_run) return plan(f);
  Progress progress(f.settings);
  RunOptions options = resolve(f.settings);
  options.observer = &progress;
  const lc::FeaturesRunSummary s = lc::run_features(o, options);
  progress.clear();
  lc_app::tell_left_out(s.read);
  if (f.settings.json) say(summary(o, s).text() + "\n");
  if (f.settings.quiet) return 0;
  for (const std::string& line : s.notes) note(line);
  std::vector<std::string> tables;
  for (const lc::FeatureTable& table : s.tables)
    tables.push_back(counted(std::int64_t(table.columns.size()), "column") +
                     (o.output.empty() ? " in " + table.name : ""));
  tell((o.output.empty() ? o.database : o.output) + ": " + counted(s.objects, "object") + ", " +
       joined(tables, ", ") + ", from " + sentence(s) + ", " + how(s.run));
  if (f.settings.verbose > 0) tell(stages_text(s.run));
  for (const std::string& hint : s.open_hints) tell("open it with " + hint);
  return 0;
}

void set_times(lc::FeatureOptions& o, const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos)
    throw Error(ErrorKind::kUsage, "--times: expected FROM:TO, either may be empty, found '" + text + "'",
                "for example --times 59580:59945");
  if (colon > 0) o.from = parse_number("--times", text.substr(0, colon));
  if (colon + 1 < text.size()) o.to = parse_number("--times", text.substr(colon + 1));
  if (!(o.from <= o.to))
    throw Error(ErrorKind::kUsage, "--times: expected FROM at most TO, found '" + text + "'");
}

/// "5" for all, or "Skew=5,Kurtosis=8".
void set_min_points(lc::FeatureOptions& o, const std::string& text) {
  for (const std::string& part : parse_list("--min-points", text)) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos)
      o.min_points = parse_count("--min-points", part);
    else
      o.min_points_of[part.substr(0, equals)] = parse_count("--min-points", part.substr(equals + 1));
  }
}

Options feature_options(FeaturesCommand& f) {
  lc::FeaturesRunOptions& o = f.options;
  const char* group = "Features";
  const char* rows = "Which rows";
  return {
      {{"-o", "--output"},
       "FILE",
       "a file in place of tables in the database: .csv, .tsv, .h5 or .npy",
       "Output",
       [&o](const std::string& v) { o.output = v; }},
      {{"--missing"},
       "VALUE",
       "written where a feature is undefined, such as -999; default: NULL in a database, empty in text, else "
       "NaN",
       "Output",
       [&o](const std::string& v) { o.missing = parse_number("--missing", v); }},
      {{"--set"},
       "SET",
       "the set of rows of the database; default: train",
       "Which rows",
       [&f](const std::string& v) { f.set = v; }},
      {{"--features"},
       "LIST",
       "base (the default), field, all, or names such as Amp,Std,EtaE,BeyondNStd(2)",
       group,
       [&f](const std::string& v) { f.features = v; }},
      {{"--bands"},
       "BANDS",
       "letters, or names with commas between them; colours are of neighbours in this order; default: griz",
       group,
       [&o](const std::string& v) { o.bands = lc_app::parse_bands(v), o.bands_given = true; }},
      {{"--normalized-mad"},
       "",
       "the base set's MAD is divided by the mean",
       group,
       [&o](const std::string&) { o.features.normalized_mad = true; }},
      {{"--min-points"},
       "LIST",
       "least points of a curve: N for all features, or NAME=N,...; default: each feature's own",
       group,
       [&o](const std::string& v) { set_min_points(o.features, v); }},
      {{"--explain"},
       "FEATURE",
       "say what a feature is: definition, unit, least points, source; nothing is read",
       group,
       [&f](const std::string& v) { f.explain = v; }},
      {{"--min-snr"},
       "X",
       "rows of a smaller |flux| / error are cut",
       rows,
       [&o](const std::string& v) { o.features.least_snr = parse_number("--min-snr", v); }},
      {{"--times"},
       "FROM:TO",
       "rows before or after are cut; either may be empty",
       rows,
       [&o](const std::string& v) { set_times(o.features, v); }},
      {{"--bad-values"},
       "HOW",
       "rows whose time or flux is not finite, or whose error is not finite or below 0: drop (the default) "
       "or "
       "fail",
       rows,
       [&o](const std::string& v) {
         o.features.bad_rows = v == "fail" ? lc::BadRows::kFail : lc::BadRows::kDrop;
       },
       {"drop", "fail"}}};
}

}  // namespace

frame::Command lc_features_kind() {
  const auto f = std::make_shared<FeaturesCommand>();
  Command c;
  c.name = "lc features";
  c.summary = "statistics of every object and band, into tables or a file";
  c.description =
      "Computes features of light curves, band by band, of all objects of a database or of files: the base "
      "set "
      "(Std, Amp, MAD, Beyond, Skew and colours) and the field's (those of the light-curve package). Results "
      "go "
      "into tables of the database, lcFeats and lcFieldFeats, in one transaction, or into a file.";
  c.examples = {"sluice generate lightcurves --objects 50 --seed 1 -o survey.db",
                "sluice lc features survey.db", "sluice lc features survey.db --features all -o features.csv",
                "sluice lc features --explain EtaE"};
  c.positionals = {
      lc_app::inputs(f->reading, "a database that `lc ingest` made, or files of light curves (with -o)")};
  c.options = feature_options(*f) + lc_app::reading_options(f->reading) +
              only(machine_options(f->settings), {"--device", "--memory", "--device-memory", "--threads"}) +
              only(result_options(f->settings), {"--force", "--dry-run"}) + message_options(f->settings);
  c.run = [f] { return run(*f); };
  return c;
}

}  // namespace sluice
