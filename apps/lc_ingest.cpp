// `sluice lc ingest`: files of light curves into an SQLite database, what is new of them.
#include <map>
#include <memory>

#include "apps/commands.h"
#include "apps/frame/invocation.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/text.h"
#include "apps/lc_reading.h"
#include "host/error.h"
#include "host/lc/ingest.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace frame;

struct Ingest {
  Settings settings;
  lc_app::Reading reading;
  lc::IngestOptions options;
};

int plan(const Ingest& i) {
  const lc::IngestOptions& o = i.options;
  const lc::IngestPlan p = lc::plan_ingest(o, resolve(i.settings));
  if (i.settings.json) {
    Json json = summary_of("lc ingest"), notes = Json::array();
    for (const std::string& note : p.notes) notes.push(note);
    json.add("dry_run", true)
        .add("files", p.files)
        .add("bytes", p.bytes)
        .add("object_column", p.object_column);
    json.add("output", o.output).add("exists", p.database_exists).add("output_bytes", p.database_bytes);
    json.add("disk_free", p.disk_free).add("memory", p.memory).add("batch_rows", p.batch_rows);
    return say(json.add("notes", notes).text() + "\n"), 0;
  }
  say(table({{"input", counted(p.files, "file") + ", " + human_bytes(double(p.bytes)) +
                           (p.object_column ? ", objects by a column" : ", an object a file")},
             {"output", o.output + (p.database_exists ? " (it is there: what is new is added)" : " (new)") +
                            ", set " + o.set},
             {"disk", "about " + human_bytes(double(p.database_bytes)) + " (" +
                          human_bytes(double(p.disk_free)) + " free)"},
             {"memory", human_bytes(double(p.memory)) + ", batches of " + count(std::int64_t(p.batch_rows)) +
                            " rows"}}));
  for (const std::string& line : p.notes) note(line);
  if (p.database_bytes > p.disk_free)
    warn("the database needs " + human_bytes(double(p.database_bytes)) + " and the disk has " +
         human_bytes(double(p.disk_free)) + " free; choose another disk with -o");
  return 0;
}

Json summary(const lc::IngestOptions& o, const lc::IngestSummary& s) {
  Json output = Json::object(), rows = Json::object(), open = Json::array();
  for (const std::string& hint : s.open_hints) open.push(hint);
  output.add("path", o.output).add("set", o.set).add("objects", s.objects).add("rows", s.rows);
  output.add("bytes", s.bytes).add("open", open);
  rows.add("read", s.read.rows).add("added", s.added.rows).add("same", s.added.same);
  rows.add("replaced", s.added.replaced);
  Json json = summary_of("lc ingest");
  json.add("input", lc_app::read_json(s.read)).add("output", output).add("rows", rows);
  json.add("bands", lc_app::bands_json(s.bands)).add("new_objects", s.added.objects);
  json.add("new_labels", s.added.labels).add("batches", s.batches);
  return json.add("run", json_of(s.run, 0));
}

/// "17,744 rows read, 17,744 stored": what came in is what is there.
std::string rows_text(const lc::IngestSummary& s) {
  std::string text = counted(s.read.rows, "row") + " read, " + count(s.added.rows) + " stored";
  if (s.added.replaced > 0) text += ", " + count(s.added.replaced) + " replaced";
  if (s.added.same > 0) text += ", " + count(s.added.same) + " there already";
  return text;
}

/// What was interrupted goes on by itself: whole batches are there.
lc::IngestSummary resumable_ingest(const lc::IngestOptions& o, const RunOptions& run) {
  try {
    return lc::ingest(o, run);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kInterrupted) throw;
    throw Error(error.kind(), error.what(), "whole batches are stored; go on with: " + invocation().line());
  }
}

int run(Ingest& i) {
  lc::IngestOptions& o = i.options;
  o.read = i.reading.options;
  if (o.read.inputs.empty() && o.read.files_from.empty())
    throw Error(ErrorKind::kUsage, "INPUT is missing: expected files of light curves",
                "for example curves/ or 'curves/*.dat'");
  if (o.output.empty())
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o survey.db");
  for (const std::string& input : o.read.inputs) lc_app::check_input(input);
  if (o.output == "-" || o.output[0] == ':')
    throw Error(ErrorKind::kUsage, "-o " + o.output + ": expected the name of a file for the database",
                "for example -o survey.db");
  if (i.settings.dry_run) return plan(i);
  Progress progress(i.settings);
  RunOptions options = resolve(i.settings);
  options.observer = &progress;
  const lc::IngestSummary s = resumable_ingest(o, options);
  progress.clear();
  lc_app::tell_left_out(s.read);
  if (i.settings.json) say(summary(o, s).text() + "\n");
  if (i.settings.quiet) return 0;
  tell(o.output + ": " + rows_text(s) + " (" + lc_app::bands_text(s.bands) + "), " +
       counted(s.added.objects, "new object") +
       (s.added.labels > 0 ? ", " + counted(s.added.labels, "new label") : "") + ", " + how(s.run));
  tell("it holds " + counted(s.objects, "object") + " and " + counted(s.rows, "row") + " in the set " +
       o.set + ", " + human_bytes(double(s.bytes)));
  if (i.settings.verbose > 0) tell(stages_text(s.run));
  for (const std::string& hint : s.open_hints) tell("open it with " + hint);
  return 0;
}

}  // namespace

frame::Command lc_ingest_kind() {
  const auto i = std::make_shared<Ingest>();
  lc::IngestOptions& o = i->options;
  Command c;
  c.name = "lc ingest";
  c.summary = "files of light curves into an SQLite database";
  c.description =
      "Reads light curves, text tables of an object each or tables with an object column, and adds what is "
      "new "
      "of them to an SQLite database: objects, rows by object, band and time, labels. Files may be hundreds "
      "of "
      "thousands, and larger than memory. After a crash the same command goes on: whole batches are there, "
      "and rows that are there already are left.";
  c.examples = {"sluice generate lightcurves --objects 50 --seed 1 -o curves/",
                "sluice lc ingest curves/ -o survey.db",
                "sluice generate lightcurves --objects 50 --seed 2 -o more.csv",
                "sluice lc ingest more.csv --into test --labels more.labels.csv -o both.db"};
  c.positionals = {lc_app::inputs(i->reading,
                                  "files, folders, or quoted patterns of them: text tables (t pb flux "
                                  "dflux) or separated values")};
  const char* group = "Database";
  c.options =
      Options{{{"-o", "--output"},
               "FILE",
               "the database; what is there stays, and what is new is added",
               group,
               [&o](const std::string& v) { o.output = v; }},
              {{"--into"},
               "SET",
               "the set of rows, such as test beside train (the default)",
               group,
               [&o](const std::string& v) { o.set = v; }},
              {{"--labels"},
               "FILE",
               "a table of an object and its label",
               group,
               [&o](const std::string& v) { o.labels = v; }},
              {{"--on-conflict"},
               "HOW",
               "rows of an object, band and time that is there with other values: fail (the default), "
               "replace, or keep both",
               group,
               [&o](const std::string& v) {
                 static const std::map<std::string, lc::OnConflict> ways = {
                     {"fail", lc::OnConflict::kFail},
                     {"replace", lc::OnConflict::kReplace},
                     {"keep", lc::OnConflict::kKeep}};
                 o.on_conflict = ways.at(v);
               },
               {"fail", "replace", "keep"}}} +
      lc_app::reading_options(i->reading) + only(machine_options(i->settings), {"--memory", "--threads"}) +
      only(result_options(i->settings), {"--dry-run"}) + message_options(i->settings);
  c.run = [i] { return run(*i); };
  return c;
}

}  // namespace sluice
