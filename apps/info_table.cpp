// A line a column: type, missing values, range or levels. First rows stand one below the other where they
// fit the terminal, else side by side.
#include "apps/info_table.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "apps/frame/summary.h"
#include "apps/frame/table_options.h"
#include "apps/frame/text.h"
#include "host/formats/csv/format.h"
#include "host/units.h"

namespace sluice {
namespace {

using namespace frame;
using Lines = std::vector<std::vector<std::string>>;
constexpr std::size_t kLongestName = 32, kLongestCell = 32, kLeastRange = 30;

/// Codes of the most frequent levels, the first to appear before others as frequent.
std::vector<std::size_t> top_levels(const csv::Dictionary& levels, std::size_t most) {
  std::vector<std::size_t> codes(levels.size());
  std::iota(codes.begin(), codes.end(), std::size_t(0));
  std::stable_sort(codes.begin(), codes.end(),
                   [&](std::size_t a, std::size_t b) { return levels.counts()[a] > levels.counts()[b]; });
  codes.resize(std::min(codes.size(), most));
  return codes;
}

std::string levels_text(const csv::Dictionary& levels, std::size_t most, std::size_t width) {
  std::string text = counted(std::int64_t(levels.size()), "level");
  const std::vector<std::size_t> top = top_levels(levels, most);
  for (std::size_t i = 0; i < top.size(); ++i) {
    std::string level = printable(levels[top[i]]);
    if (level.empty() || level.find(',') != std::string::npos) level = '"' + level + '"';
    const std::string next =
        (i == 0 ? ": " : ", ") + cut_to(level, kLongestCell) + " " + count(levels.counts()[top[i]]);
    const bool more = i + 1 < levels.size();
    if (width_of(text + next) + (more ? 5 : 0) > width) return text + (i == 0 ? "" : ", ...");
    text += next;
  }
  return text + (top.size() < levels.size() && !top.empty() ? ", ..." : "");
}

std::string range_text(const csv::Column& column, std::size_t levels, std::size_t width) {
  if (column.type == csv::Type::kCategory) return levels_text(column.levels, levels, width);
  if (column.values == 0) return "no value";
  switch (column.type) {
    case csv::Type::kInteger:
      return std::to_string(column.least) + " to " + std::to_string(column.greatest);
    case csv::Type::kTime:
      return csv::time_text({column.least, column.zoned}) + " to " +
             csv::time_text({column.greatest, column.zoned});
    case csv::Type::kFloat:
      return significant(column.low, 9) + " to " + significant(column.high, 9) +
             (column.inexact ? ", integers too long for a double" : "");
    default:
      return "";
  }
}

std::string columns_text(const TableFacts& facts, std::size_t levels, std::size_t width) {
  const bool stats = !facts.stats.empty();
  Lines lines{{"column", "type", "missing"}};
  if (stats) lines[0].insert(lines[0].end(), {"mean", "deviation"});
  for (std::size_t i = 0; i < facts.schema.columns.size(); ++i) {
    const csv::Column& column = facts.schema.columns[i];
    lines.push_back(
        {cut_to(printable(column.name), kLongestName), csv::name_of(column.type), count(column.missing)});
    if (!stats) continue;
    const NumberStats& s = facts.stats[i];
    lines.back().push_back(s.finite > 0 ? significant(s.mean, 8) : "");
    lines.back().push_back(s.finite > 1 ? significant(s.deviation(), 6) : "");
  }
  std::size_t used = 0;
  for (std::size_t k = 0; k < lines[0].size(); ++k) {
    std::size_t widest = 0;
    for (const auto& line : lines) widest = std::max(widest, width_of(line[k]));
    used += widest + 2;
  }
  lines[0].push_back("range or levels");
  for (std::size_t i = 0; i < facts.schema.columns.size(); ++i)
    lines[i + 1].push_back(
        range_text(facts.schema.columns[i], levels, std::max(kLeastRange, width > used ? width - used : 0)));
  return "\n" + table(lines, {false, false, true, stats, stats});
}

std::string facts_text(const TableFacts& f, std::size_t width) {
  const csv::Schema& schema = f.schema;
  std::vector<std::string> types;
  for (const csv::Type type :
       {csv::Type::kInteger, csv::Type::kFloat, csv::Type::kTime, csv::Type::kCategory, csv::Type::kText}) {
    const auto n = std::count_if(schema.columns.begin(), schema.columns.end(),
                                 [&](const csv::Column& c) { return c.type == type; });
    if (n > 0) types.push_back(count(n) + " " + csv::name_of(type));
  }
  std::int64_t missing = 0;
  for (const csv::Column& column : schema.columns) missing += column.missing;
  std::string columns = count(std::int64_t(schema.columns.size()));
  if (int(schema.columns.size()) != schema.file_columns) columns += " of " + count(schema.file_columns);
  Lines lines{{"file", f.input.path},
              {"format", "table, " + dialect_text(f.input.options.dialect, f.format)},
              {"size", f.file_bytes < 1024 ? counted(std::int64_t(f.file_bytes), "byte")
                                           : human_bytes(double(f.file_bytes)) + " (" +
                                                 count(std::int64_t(f.file_bytes)) + " bytes)"},
              {"rows", count(schema.rows)},
              {"columns", columns + ": " + joined(types, ", ")},
              {"missing", counted(missing, "value")}};
  for (const std::string& renamed : schema.renamed)
    lines.push_back({"renamed", cut_to(printable(renamed), width - 12)});
  for (const auto& [key, value] : f.provenance)
    if (value.find('\n') == std::string::npos) lines.push_back({"made by: " + key, value});
  if (schema.faults.rows() > 0) lines.push_back({"left out", reasons_text(schema.faults)});
  std::string text = table(lines);
  for (const std::string& line : schema.faults.first) text += "  " + printable(line) + "\n";
  if (schema.faults.rows() > std::int64_t(schema.faults.first.size())) text += "  ...\n";
  return text;
}

std::string head_text(const TableFacts& f, std::size_t width) {
  const std::size_t rows = std::size_t(f.head_rows), columns = f.schema.columns.size();
  const auto cell = [&](std::size_t column, std::size_t row) {
    if (f.head[column].missing[row] != 0) return std::string("-");
    return cut_to(printable(csv::value_text(f.schema.columns[column], f.head[column], row)), kLongestCell);
  };
  Lines down(rows + 1);
  std::vector<bool> right;
  for (std::size_t i = 0; i < columns; ++i) {
    const csv::Type type = f.schema.columns[i].type;
    right.push_back(type == csv::Type::kInteger || type == csv::Type::kFloat);
    down[0].push_back(cut_to(printable(f.schema.columns[i].name), kLongestName));
    for (std::size_t row = 0; row < rows; ++row) down[row + 1].push_back(cell(i, row));
  }
  const std::string text = table(down, right);
  if (width_of(text.substr(0, text.find('\n'))) <= width) return "\n" + text;
  // Side by side: as many rows as fit.
  Lines across(columns + 1);
  across[0].push_back("row");
  for (std::size_t i = 0; i < columns; ++i) across[i + 1].push_back(down[0][i]);
  std::size_t used = 0;
  for (std::size_t row = 0; row <= rows; ++row) {
    std::size_t widest = 0;
    for (std::size_t i = 0; i <= columns; ++i) {
      if (row > 0) across[i].push_back(i == 0 ? count(std::int64_t(row)) : down[row][i - 1]);
      widest = std::max(widest, width_of(across[i].back()));
    }
    used += widest + (row > 0 ? 2 : 0);
    if (used <= width || row < 2) continue;
    for (auto& line : across) line.pop_back();
    break;
  }
  return "\n" + table(across, std::vector<bool>(rows + 1, false));
}

Json number_or_null(bool any, double value) {
  return any ? Json(value) : Json();
}

Json levels_json(const csv::Dictionary& levels, std::size_t most) {
  Json top = Json::array();
  for (const std::size_t code : top_levels(levels, most)) {
    Json level = Json::object();
    top.push(level.add("level", levels[code]).add("count", levels.counts()[code]));
  }
  return top;
}

Json json_of(const csv::Column& column, const NumberStats* stats, std::size_t levels) {
  Json json = Json::object();
  json.add("name", column.name).add("index", column.index).add("type", csv::name_of(column.type));
  json.add("values", column.values).add("missing", column.missing);
  const bool any = column.values > 0;
  if (column.type == csv::Type::kInteger)
    json.add("min", any ? Json(column.least) : Json()).add("max", any ? Json(column.greatest) : Json());
  if (column.type == csv::Type::kFloat)
    json.add("min", number_or_null(any, column.low)).add("max", number_or_null(any, column.high));
  if (column.type == csv::Type::kFloat) json.add("inexact", column.inexact);
  if (column.type == csv::Type::kTime) {
    json.add("min", any ? Json(csv::time_text({column.least, column.zoned})) : Json());
    json.add("max", any ? Json(csv::time_text({column.greatest, column.zoned})) : Json());
    json.add("zoned", column.zoned);
  }
  if (column.type == csv::Type::kCategory)
    json.add("levels", column.levels.size()).add("top", levels_json(column.levels, levels));
  if (stats == nullptr || (column.type != csv::Type::kInteger && column.type != csv::Type::kFloat))
    return json;
  json.add("finite", stats->finite).add("inf", stats->infinite);
  return json.add("mean", number_or_null(stats->finite > 0, stats->mean))
      .add("deviation", stats->deviation());
}

Json cell_json(const csv::Column& column, const csv::ColumnData& data, std::size_t row) {
  if (data.missing[row] != 0) return Json();
  if (column.type == csv::Type::kInteger) return Json(data.integers[row]);
  if (column.type == csv::Type::kFloat) return Json(data.floats[row]);
  return Json(csv::value_text(column, data, row));
}

}  // namespace

Json table_summary(const TableFacts& f, std::size_t levels) {
  Json file = Json::object();
  file.add("path", f.input.path).add("format", "table").add("rows", f.schema.rows);
  file.add("columns", f.schema.columns.size()).add("file_columns", f.schema.file_columns);
  Json json = summary_of("info");
  json.add("file", file).add("file_bytes", f.file_bytes);
  json.add("dialect", frame::json_of(f.input.options.dialect, f.format));
  Json renamed = Json::array(), notes = Json::array(), columns = Json::array(), provenance = Json::object();
  for (const std::string& line : f.schema.renamed) renamed.push(line);
  for (const std::string& line : f.format.notes) notes.push(line);
  for (const auto& [key, value] : f.provenance) provenance.add(key, value);
  for (std::size_t i = 0; i < f.schema.columns.size(); ++i)
    columns.push(json_of(f.schema.columns[i], f.stats.empty() ? nullptr : &f.stats[i], levels));
  json.add("columns", columns).add("renamed", renamed).add("notes", notes);
  json.add("left_out", frame::json_of(f.schema.faults)).add("provenance", provenance);
  if (!f.head.empty()) {
    Json head = Json::array();
    for (std::size_t row = 0; row < std::size_t(f.head_rows); ++row) {
      Json cells = Json::array();
      for (std::size_t i = 0; i < f.head.size(); ++i)
        cells.push(cell_json(f.schema.columns[i], f.head[i], row));
      head.push(cells);
    }
    json.add("head", head);
  }
  return json.add("run", frame::json_of(f.run, 0));
}

std::string table_text(const TableFacts& f, std::size_t levels, std::size_t width) {
  std::string text = facts_text(f, width) + columns_text(f, levels, width);
  if (!f.head.empty()) text += head_text(f, width);
  return text;
}

}  // namespace sluice
