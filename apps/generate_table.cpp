// `sluice generate table`: a random table of any size, the same bytes at any number of threads.
#include <filesystem>
#include <memory>

#include "apps/commands.h"
#include "apps/formula_error.h"
#include "apps/frame/common_options.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "host/error.h"
#include "host/generate/model.h"
#include "host/generate_table.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace frame;

struct Table {
  Settings settings;
  GenerateTableOptions options;
};

std::string shape_of(const GenerateTableOptions& o) {
  return counted(o.rows, "row") + " of " +
         counted(std::int64_t(o.columns.size()) + !o.formula.empty(), "column");
}

Json columns_json(const GenerateTableOptions& given) {
  const GenerateTableOptions o = with_response(given);
  Json columns = Json::array();
  for (const RandomColumn& column : o.columns) {
    Json one = Json::object();
    columns.push(one.add("name", column.name).add("kind", text_of({column}).substr(column.name.size() + 1)));
  }
  return columns;
}

int plan(const Table& t) {
  const GenerateTableOptions& o = t.options;
  const std::uint64_t bytes = estimated_bytes(o, resolve(t.settings));
  std::error_code error;
  const auto folder = std::filesystem::path(o.output).parent_path();
  const auto space = std::filesystem::space(folder.empty() ? "." : folder, error);
  const double free = error ? 0 : double(space.available);
  if (t.settings.json) {
    Json json = summary_of("generate table");
    json.add("dry_run", true).add("rows", o.rows).add("columns", columns_json(o));
    return say(json.add("output_bytes", bytes).add("disk_free", free).text() + "\n"), 0;
  }
  say(table({{"table", shape_of(o)},
             {"columns", text_of(with_response(o).columns)},
             {"output", o.output + ", about " + human_bytes(double(bytes))},
             {"disk", error ? folder.string() + ": " + error.message() : human_bytes(free) + " free"}}));
  if (!error && double(bytes) > free)
    warn("the output needs " + human_bytes(double(bytes)) + " and the disk has " + human_bytes(free) +
         " free; choose another disk with -o");
  return 0;
}

Json summary(const GenerateTableOptions& o, const GenerateTableSummary& s) {
  Json output = Json::object(), json = summary_of("generate table");
  output.add("path", o.output)
      .add("format", "table")
      .add("rows", o.rows)
      .add("columns", std::int64_t(o.columns.size()) + !o.formula.empty());
  output.add("bytes", s.bytes).add("open", s.open_hint);
  json.add("output", output).add("seed", o.seed).add("columns", columns_json(o)).add("missing", o.missing);
  return json.add("run", json_of(s.run, 0));
}

void check(const Table& t) {
  check_generate_table(t.options);
  if (t.options.output != "-") return;
  const Settings& s = t.settings;
  for (const auto& [given, name] :
       {std::pair(s.json, "--json"), {s.resume, "--resume"}, {s.dry_run, "--dry-run"}})
    if (given)
      throw Error(ErrorKind::kUsage, std::string("-o - with ") + name +
                                         ": expected a file where the table itself goes to standard output");
}

int run(Table& t) {
  t.options.seed = t.settings.seed;
  try {
    if (t.options.columns.empty() && !t.options.formula.empty())
      t.options.columns = columns_of_formula(t.options.formula);
    check(t);
    with_response(t.options);
  } catch (const fit::FormulaError& error) {
    return show_formula_error("sluice generate table", error);
  }
  if (t.settings.dry_run) return plan(t);
  Progress progress(t.settings);
  RunOptions options = resolve(t.settings);
  options.observer = &progress;
  if (t.options.output == "-") t.options.sink = [](std::string_view text) { return say(std::string(text)); };
  const GenerateTableSummary s = generate_table(t.options, options);
  progress.clear();
  if (t.settings.json) say(summary(t.options, s).text() + "\n");
  if (t.settings.quiet) return 0;
  if (t.options.output == "-") return 0;
  tell(t.options.output + ": " + shape_of(t.options) + ", " + human_bytes(double(s.bytes)) + ", " +
       how(s.run) + " (" + rate(double(s.run.bytes_written), "bytes", s.run.seconds) + ")");
  if (t.settings.verbose > 0) tell(stages_text(s.run));
  tell("open it with " + s.open_hint);
  return 0;
}

std::vector<double> numbers_of(const std::string& text) {
  std::vector<double> numbers;
  for (const std::string& part : parse_list("--beta", text)) numbers.push_back(parse_number("--beta", part));
  return numbers;
}

double share_of(const std::string& text) {
  const double share = parse_number("--missing", text);
  if (share < 0 || share > 1)
    throw Error(ErrorKind::kUsage, "--missing: expected a share from 0 to 1, found '" + text + "'");
  return share;
}

}  // namespace

frame::Command generate_table_kind() {
  const auto t = std::make_shared<Table>();
  GenerateTableOptions& o = t->options;
  Command c;
  c.name = "generate table";
  c.summary = "a random table (.csv, .tsv): numbers, categories, times";
  c.description =
      "Writes a random table of any size as text. Every value depends on the seed, its column's place and "
      "its row "
      "alone (Philox), so that the file has the same bytes on every device and at any number of threads. "
      "Numbers "
      "are the shortest that read back the same.\n\n"
      "Columns are NAME:KIND with commas between them. Kinds: normal, normal(MEAN:DEVIATION), uniform, "
      "uniform(FROM:TO), integer(LOW:HIGH), category(N), category(A:B:...), time, time(START:STEP) with a "
      "step in "
      "ns, us, ms, s, min, h or d, and row, which counts from 0.";
  c.examples = {"sluice generate table --rows 1000 --columns 'a:normal,b:uniform,kind:category(5)' -o t.csv",
                "sluice generate table --rows 1000 --columns 'a:normal,k:category(2)' --formula 'y ~ a + k' "
                "--beta 3,2,-1 --noise 0.5 -o model.csv"};
  const char* group = "Table";
  c.options =
      Options{
          output_option(o.output, "the table: .tsv and .tab with tabs, else commas; - for standard output"),
          {{"--rows"},
           "N",
           "rows, such as 1000 or 1e9",
           group,
           [&o](const std::string& v) { o.rows = parse_count("--rows", v); }},
          {{"--columns"},
           "LIST",
           "columns, such as 'id:row,a:normal(10:2),kind:category(5)'; default, with --formula: those that "
           "it "
           "needs, categories of three levels and normal numbers",
           group,
           [&o](const std::string& v) { o.columns = parse_random_columns(v); }},
          {{"--formula"},
           "FORMULA",
           "one more column that follows from the others, such as 'y ~ a + kind' (sluice fit's formulas)",
           group,
           [&o](const std::string& v) { o.formula = v; }},
          {{"--beta"},
           "LIST",
           "the formula's coefficients, one for each column of its design",
           group,
           [&o](const std::string& v) { o.beta = numbers_of(v); }},
          {{"--noise"},
           "DEVIATION",
           "of the normal noise that is added to the formula's column; default: 0",
           group,
           [&o](const std::string& v) { o.noise = parse_number("--noise", v); }},
          {{"--missing"},
           "SHARE",
           "share of the values that are missing, such as 0.01, in all columns but row; default: 0",
           group,
           [&o](const std::string& v) { o.missing = share_of(v); }},
          seed_option(t->settings, "another seed gives another table; default: 0")} +
      result_options(t->settings) + machine_options(t->settings) + message_options(t->settings);
  c.run = [t] { return run(*t); };
  return c;
}

}  // namespace sluice
