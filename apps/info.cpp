// `sluice info FILE`: what a file holds. A matrix tells from its header alone, with --stats from one pass
// over its elements; a table (info_table.h) from one pass over its text.
#include <cmath>
#include <memory>

#include "apps/commands.h"
#include "apps/frame/common_options.h"
#include "apps/frame/messages.h"
#include "apps/frame/progress.h"
#include "apps/frame/summary.h"
#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "apps/frame/values.h"
#include "apps/info_table.h"
#include "host/error.h"
#include "host/inspect.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace frame;

struct Info {
  Settings settings;
  InspectOptions options;
  csv::Input table;
  std::int64_t levels = 10;
};

double deviation(const Summary& s) {
  return s.count > 1 ? std::sqrt(s.m2 / double(s.count - 1)) : NAN;
}

Json json_of(const Summary& s) {
  Json json = Json::object();
  json.add("finite", s.count).add("nan", s.nan).add("inf", s.inf);
  const bool any = s.count > 0;
  json.add("min", any ? s.min : NAN).add("max", any ? s.max : NAN).add("mean", any ? s.mean : NAN);
  return json.add("deviation", deviation(s));
}

Json summary(const FileFacts& f) {
  Json json = summary_of("info");
  json.add("file", frame::json_of(f.matrix)).add("file_bytes", f.file_bytes);
  json.add("memory_available", f.memory_available).add("fits_memory", f.fits_memory);
  Json provenance = Json::object();
  for (const auto& [key, value] : f.provenance) provenance.add(key, value);
  json.add("provenance", provenance);
  if (!f.head.empty()) {
    Json head = Json::array();
    for (const auto& row : f.head) {
      Json cells = Json::array();
      for (const double v : row) cells.push(v);
      head.push(cells);
    }
    json.add("head", head);
  }
  if (!f.has_stats) return json;
  Json columns = Json::array();
  for (const ColumnSummary& c : f.columns) columns.push(json_of(c.summary).add("name", c.name));
  return json.add("stats", json_of(f.total)).add("columns", columns).add("run", frame::json_of(f.run, 0));
}

std::string facts_text(const FileFacts& f) {
  const MatrixInfo& m = f.matrix;
  std::string shape = count(m.rows) + " x " + count(m.columns);
  for (std::size_t i = 0; i < m.extents.size(); ++i)
    shape = (i == 0 ? "" : shape + " x ") + count(m.extents[i]);
  if (m.dimensions == 1) shape = count(m.columns) + " (one-dimensional)";
  std::vector<std::vector<std::string>> rows{
      {"file", m.path},
      {"format", m.format + (m.detail.empty() ? "" : ", " + m.detail)},
      {"shape", shape},
      {"type", std::string(name_of(m.type)) + (m.swapped ? ", big-endian" : "")},
      {"order", m.fortran ? "Fortran (columns are contiguous)" : "C (rows are contiguous)"},
      {"size", human_bytes(double(m.bytes())) + " (" + count(std::int64_t(m.bytes())) + " bytes)"}};
  if (f.file_bytes > m.bytes() + 65536 || f.file_bytes < m.bytes())
    rows.push_back({"on disk", human_bytes(double(f.file_bytes))});
  rows.push_back({"fits memory", std::string(f.fits_memory ? "yes" : "no") + " (" +
                                     human_bytes(double(f.memory_available)) + " available)"});
  for (const auto& [key, value] : f.provenance)
    if (value.find('\n') == std::string::npos) rows.push_back({"made by: " + key, value});
  return table(rows);
}

std::vector<std::string> row_of(const std::string& name, const Summary& s) {
  const auto value = [&](double v) { return s.count > 0 ? significant(v, 6) : std::string("-"); };
  return {name,         count(s.count), count(s.nan),  count(s.inf),
          value(s.min), value(s.max),   value(s.mean), s.count > 1 ? significant(deviation(s), 6) : "-"};
}

std::string stats_text(const FileFacts& f) {
  constexpr std::size_t most = 20;
  std::vector<std::vector<std::string>> rows{{"", "finite", "NaN", "inf", "min", "max", "mean", "deviation"}};
  rows.push_back(row_of("all", f.total));
  for (std::size_t i = 0; i < f.columns.size() && i < most; ++i)
    rows.push_back(row_of(f.columns[i].name, f.columns[i].summary));
  std::string text = "\n" + table(rows, {false, true, true, true, true, true, true, true});
  if (f.columns.size() > most) text += "(first " + std::to_string(most) + " columns; --json has all)\n";
  return text;
}

std::string head_text(const FileFacts& f) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& line : f.head) {
    std::vector<std::string> cells;
    for (const double v : line) cells.push_back(significant(v, 6));
    if (std::int64_t(line.size()) < f.matrix.columns) cells.push_back("...");
    rows.push_back(cells);
  }
  return "\n" + table(rows, std::vector<bool>(10, true));
}

bool is_table(const Info& info) {
  const OpenOptions& raw = info.options.input_options;
  const bool raw_given = raw.has_shape || raw.has_type;
  if (raw_given && info.table.is_table)
    throw Error(ErrorKind::kUsage,
                info.options.input + ": expected options of a table or of a raw matrix, found both");
  return info.table.is_table || (!raw_given && csv::has_table_name(info.options.input));
}

int run_table(Info& info) {
  Progress progress(info.settings);
  RunOptions options = resolve(info.settings);
  options.observer = &progress;
  info.table.path = info.options.input;
  const TableFacts facts = inspect_table({info.table, info.options.stats, info.options.head}, options);
  progress.clear();
  if (info.settings.json) return say(table_summary(facts, std::size_t(info.levels)).text() + "\n"), 0;
  say(table_text(facts, std::size_t(info.levels), std::size_t(terminal_width())));
  for (const std::string& line : facts.format.notes) progress.note(line);
  if (info.settings.verbose > 0) tell(how(facts.run) + "\n" + stages_text(facts.run));
  return 0;
}

int run(Info& info) {
  if (is_table(info)) return run_table(info);
  Progress progress(info.settings);
  RunOptions options = resolve(info.settings);
  options.observer = &progress;
  const FileFacts facts = inspect_file(info.options, options);
  progress.clear();
  if (info.settings.json) return say(summary(facts).text() + "\n"), 0;
  std::string text = facts_text(facts);
  if (!facts.head.empty()) text += head_text(facts);
  if (facts.has_stats) text += stats_text(facts);
  say(text);
  return 0;
}

}  // namespace

frame::Command info_command() {
  const auto info = std::make_shared<Info>();
  Command c;
  c.name = "info";
  c.summary = "what a matrix or table holds: shape, types, size, ranges, missing values";
  c.description =
      "Says what a file holds. Of a matrix: format, shape, type, order, size, and whether it fits into "
      "memory; "
      "for a result of sluice also how it was made. It reads the header alone, or with --stats every element "
      "once.\n\n"
      "Of a table (.csv, .tsv, .txt, also .gz): separator, quotes, header and encoding as found, rows, and "
      "of "
      "every column type, missing values, and range or most frequent levels. One pass over the file; --stats "
      "takes a second.";
  c.examples = {"sluice generate matrix --shape 200x5 -o X.npy", "sluice info X.npy --stats --head 3",
                "sluice generate table --rows 1000 --columns 'a:normal,kind:category(3)' -o t.csv",
                "sluice info t.csv --head 5"};
  c.positionals = {{"FILE", "a .npy file, an HDF5 dataset (file.h5:/path), raw data or a table",
                    [info](const std::string& v) { info->options.input = v; }}};
  c.options = Options{{{"--stats"},
                       "",
                       "means and deviations; of a matrix also ranges, NaN and infinities",
                       "Contents",
                       [info](const std::string&) { info->options.stats = true; }},
                      {{"--head"},
                       "N",
                       "print the first N rows; of a matrix at most 10 columns",
                       "Contents",
                       [info](const std::string& v) { info->options.head = parse_count("--head", v); }},
                      {{"--levels"},
                       "N",
                       "list the N most frequent levels of a category, as far as they fit; default: 10",
                       "Contents",
                       [info](const std::string& v) { info->levels = parse_count("--levels", v); }}} +
              table_options(info->table) + raw_options(info->options.input_options) +
              machine_options(info->settings) + message_options(info->settings);
  c.run = [info] { return run(*info); };
  return c;
}

}  // namespace sluice
