// `sluice design DATA FORMULA -o design.h5`: the design matrix of a formula, kept in HDF5. One call into
// host/design.h.
#include <cmath>
#include <memory>

#include "apps/commands.h"
#include "apps/fit_inputs.h"
#include "apps/fit_store.h"
#include "apps/formula_error.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "host/error.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace frame;

struct DesignCommand {
  Settings settings;
  DesignOptions options;
  FitInputs inputs;
};

void set_arguments(DesignCommand& d) {
  DesignOptions& o = d.options;
  settle_tables(d.inputs, "design", "sluice design data.csv 'y ~ a + b' -o design.h5", o.input, o.files,
                o.formula);
  if (d.options.output.empty() && !d.settings.dry_run)
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o design.h5");
}

Json names_json(const std::vector<std::string>& names) {
  Json json = Json::array();
  for (const std::string& name : names) json.push(name);
  return json;
}

Json plan_json(const DesignOptions& o, const DesignPlan& p) {
  Json json = summary_of("design");
  json.add("dry_run", true).add("file", o.input.path).add("formula", o.formula);
  json.add("columns", names_json(p.columns)).add("levels_sampled", p.levels_sampled && !p.whole);
  json.add("sample_rows", p.sample_rows).add("sample_dropped", p.sample_dropped).add("whole", p.whole);
  json.add("rows", p.rows).add("bytes", p.bytes).add("stored_bytes", p.stored_bytes);
  json.add("chunk_rows", p.chunk_rows).add("passes", p.passes).add("memory", p.memory);
  return json.add("disk_free", p.disk_free);
}

std::string about(double value, bool exact) {
  return std::isnan(value) ? "unknown: the table is compressed"
                           : (exact ? "" : "about ") + count(std::int64_t(std::llround(value)));
}

std::string plan_text(const DesignOptions& o, const DesignPlan& p) {
  const auto size = [&](double bytes) {
    return std::isnan(bytes) ? std::string("unknown") : (p.whole ? "" : "about ") + human_bytes(bytes);
  };
  std::string text = table(
      {{"file", o.input.path},
       {"formula", printable(o.formula)},
       {"width", counted(std::int64_t(p.columns.size()), "column")},
       {"rows", about(p.rows, p.whole)},
       {"X and Y", size(p.bytes)},
       {"store", size(p.stored_bytes) +
                     (o.compression > 0 ? ", zlib " + std::to_string(o.compression) : ", not compressed")},
       {"passes", p.passes == 1 ? "1" : "2: the first finds levels"},
       {"sample",
        counted(p.sample_rows, "row") +
            (p.sample_dropped > 0 ? ", " + count(p.sample_dropped) + " dropped for missing values" : "")}});
  text += "\n";
  constexpr std::size_t kShown = 100;
  for (std::size_t j = 0; j < p.columns.size() && j < kShown; ++j) text += printable(p.columns[j]) + "\n";
  if (p.columns.size() > kShown)
    text += "... and " + count(std::int64_t(p.columns.size() - kShown)) + " more\n";
  return text;
}

int dry_run(DesignCommand& d, const RunOptions& options, Progress& progress) {
  const DesignPlan plan = plan_design(d.options, options);
  progress.clear();
  say(d.settings.json ? plan_json(d.options, plan).text() + "\n" : plan_text(d.options, plan));
  if (d.settings.quiet) return 0;
  if (plan.levels_sampled && !plan.whole)
    note("levels are those of the first " + counted(plan.sample_rows, "row") + ": others add columns");
  if (plan.disk_free > 0 && plan.stored_bytes > double(plan.disk_free))
    warn("the store needs " + human_bytes(plan.stored_bytes) + " and the disk has " +
         human_bytes(double(plan.disk_free)) + " free");
  return 0;
}

Json summary(const DesignOptions& o, const DesignResult& r) {
  Json json = summary_of("design");
  json.add("file", r.input.path).add("files", r.files);
  json.add("dialect", json_of(r.input.options.dialect, r.format));
  json.add("formula", o.formula).add("response", r.response).add("columns", names_json(r.columns));
  json.add("output", r.store.path).add("compression", o.compression).add("passes", r.passes);
  json.add("rows", r.store.rows).add("rows_dropped", r.dropped).add("left_out", json_of(r.faults));
  json.add("bytes", r.store.bytes).add("chunk_rows", r.store.chunk_rows);
  json.add("complete", r.store.complete).add("warnings", names_json(r.warnings));
  return json.add("run", json_of(r.run, 0));
}

int run(DesignCommand& d) {
  set_arguments(d);
  Progress progress(d.settings);
  RunOptions options = resolve(d.settings);
  options.observer = &progress;
  try {
    if (d.settings.dry_run) return dry_run(d, options, progress);
    const DesignResult r = write_design(d.options, options);
    progress.clear();
    if (d.settings.json) say(summary(d.options, r).text() + "\n");
    if (d.settings.quiet) return 0;
    for (const std::string& warning : r.warnings) note(warning);
    if (r.dropped > 0)
      tell(counted(r.dropped, "row") + " dropped for missing values" +
           (d.options.weights.empty() && d.options.repeats.empty() ? "" : " or weight 0"));
    if (r.faults.rows() > 0) tell("left out " + reasons_text(r.faults));
    tell(store_text(r.store, r.columns.size()));
    if (d.settings.verbose > 0) tell(how(r.run) + "\n" + stages_text(r.run));
    return 0;
  } catch (const fit::FormulaError& error) {
    progress.clear();
    return show_formula_error("sluice design", error);
  }
}

}  // namespace

frame::Command design_command() {
  const auto d = std::make_shared<DesignCommand>();
  DesignOptions& o = d->options;
  Command c;
  c.name = "design";
  c.summary = "the design matrix of a formula over a table, kept in HDF5";
  c.description =
      "Writes the design matrix of a formula over a table of any size to an HDF5 file: X (rows x columns), "
      "Y, "
      "the columns' names and the formula, chunked and compressed, as h5py and PyTables open it. Rows that "
      "lack a value are dropped and counted. One pass where the formula gives the levels of its categories "
      "(levels=), else one more finds them. 'sluice fit --from' and 'sluice svd' go on with it.";
  c.examples = {"sluice generate table --rows 1000 --columns 'y:normal,a:normal,kind:category(3)' -o t.csv",
                "sluice design t.csv 'y ~ a + C(kind)' -o design.h5", "sluice fit --from design.h5"};
  const char* group = "Design";
  Options table = table_options(o.input);  // the formula says which columns
  std::erase_if(table, [](const Option& option) { return option.long_name() == "--columns"; });
  c.positionals = {
      {"DATA|FORMULA",
       "tables (.csv, .tsv, ...; also .gz and .zst; -: standard input), folders of parts of one, quoted "
       "patterns; and the formula, the one argument that holds ~, such as 'y ~ a + b'",
       [d](const std::string& v) { d->inputs.arguments.push_back(v); }, true}};
  c.options = Options{output_option(o.output, "the store, an HDF5 file"),
                      compression_option(o.compression, group),
                      {{"--weights"},
                       "COLUMN",
                       "analytic weights of the rows, kept beside X for 'sluice fit --from'",
                       group,
                       [&o](const std::string& v) { o.weights = v; }},
                      {{"--freq-weights"},
                       "COLUMN",
                       "how many rows each stands for, kept beside X",
                       group,
                       [&o](const std::string& v) { o.repeats = v; }},
                      define_option(o.levels, group)} +
              fit_input_options(d->inputs, group) + table + result_options(d->settings) +
              only(machine_options(d->settings), {"--memory", "--threads"}) + message_options(d->settings);
  c.run = [d] { return run(*d); };
  return c;
}

}  // namespace sluice
