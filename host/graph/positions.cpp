#include "host/graph/positions.h"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include "host/budget.h"
#include "host/element.h"
#include "host/error.h"
#include "host/formats/csv/detect.h"
#include "host/formats/csv/reader.h"
#include "host/matrix.h"
#include "host/units.h"

namespace sluice::graph {
namespace {

using i64 = std::int64_t;
constexpr int kMostDimensions = 1000;

[[noreturn]] void wrong(const std::string& path, const std::string& what, const std::string& advice = {}) {
  throw Error(ErrorKind::kInput, path + ": " + what, advice);
}

void check_rows(const std::string& path, i64 rows, const Graph& graph) {
  if (rows != graph.vertices())
    wrong(path, "positions of other vertices: expected " + std::to_string(graph.vertices()) +
                    " rows, found " + std::to_string(rows));
}

Positions from_matrix(const std::string& path, const Graph& graph) {
  const auto source = open_matrix(path);
  const MatrixInfo& info = source->info();
  const bool line = info.dimensions == 1;  // of one coordinate
  const i64 rows = line ? info.columns : info.rows, columns = line ? 1 : info.columns;
  check_rows(path, rows, graph);
  if (columns < 1 || columns > kMostDimensions)
    wrong(path, "no positions: expected 1 to 1000 columns, found " + std::to_string(columns));
  Positions x;
  x.dimensions = int(columns);
  x.at.resize(std::size_t(rows * columns));
  const std::size_t size = size_of(info.type);
  std::vector<unsigned char> raw(x.at.size() * size);
  if (rows > 0)
    source->read({0, 0, info.rows, info.columns}, raw.data(),
                 i64(size) * (info.fortran ? info.rows : info.columns));
  for (i64 r = 0; r < rows; ++r)
    for (i64 c = 0; c < columns; ++c) {
      const i64 place = info.fortran ? c * rows + r : r * columns + c;
      const double value = element(raw.data() + std::size_t(place) * size, info.type, info.swapped);
      if (!std::isfinite(value))
        wrong(path, "row " + std::to_string(r) + ", column " + std::to_string(c) +
                        ": expected a finite number, found " + number(value));
      x.of(r)[c] = value;
    }
  return x;
}

/// The id of a vertex that `text` is. In a graph of numbers, 1.0 is 1: tables with an empty cell elsewhere
/// are often written so.
std::string id_of(std::string_view text, const Graph& graph) {
  double value = 0;
  const auto got = fast_float::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = graph.names.empty() && got.ec == std::errc() && got.ptr == text.data() + text.size() &&
                     std::abs(value) < 1e15 && value == std::floor(value);
  return whole ? std::to_string(i64(value)) : std::string(text);
}

/// A finite number, and nothing else but blanks around it.
bool coordinate(std::string_view text, char decimal, double& to) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto got =
      fast_float::from_chars_advanced(text.data(), text.data() + text.size(), to,
                                      fast_float::parse_options(fast_float::chars_format::general, decimal));
  return got.ec == std::errc() && got.ptr == text.data() + text.size() && std::isfinite(to);
}

struct Chosen {
  std::vector<std::size_t> coordinates;
  std::size_t id = std::string::npos;
};

Chosen choose(const std::string& path, const csv::Schema& schema) {
  Chosen chosen;
  std::vector<std::string> names;  // in any case: Gephi writes Id, X, Y
  std::string found;
  for (const csv::Column& column : schema.columns) {
    found += (found.empty() ? "'" : ", '") + column.name + "'";
    std::string& name = names.emplace_back(column.name);
    for (char& c : name) c = char(std::tolower(static_cast<unsigned char>(c)));
  }
  const auto place = [&](const std::string& name) {
    const auto at = std::find(names.begin(), names.end(), name);
    return at == names.end() ? std::string::npos : std::size_t(at - names.begin());
  };
  chosen.id = place("id");
  for (const bool letters : {true, false})
    for (int d = 0; chosen.coordinates.size() == std::size_t(d) && d < kMostDimensions; ++d) {
      const std::size_t at = !letters ? place("x" + std::to_string(d))
                             : d < 3  ? place(std::string(1, char('x' + d)))
                                      : std::string::npos;
      if (at != std::string::npos) chosen.coordinates.push_back(at);
    }
  if (chosen.coordinates.empty())
    wrong(path, "no positions: expected columns x, y, ... or x0, x1, ..., found " + found);
  for (const std::size_t i : chosen.coordinates)
    if (const csv::Type type = schema.columns[i].type;
        type != csv::Type::kInteger && type != csv::Type::kFloat)
      wrong(path, "column '" + schema.columns[i].name + "': expected numbers, found texts");
  return chosen;
}

Positions from_table(const std::string& path, const Graph& graph, const RunOptions& run) {
  Budget budget(run.memory > 0 ? run.memory : available_memory() / 2, "--memory");
  csv::Input input;
  input.path = path;
  input.is_table = true;
  input.options.threads = run.threads;
  csv::Format format;
  csv::Schema schema = csv::scan_as_found(input, budget, format);
  check_rows(path, schema.rows, graph);
  const Chosen chosen = choose(path, schema);
  // Ids are texts as they stand, whatever they look like: 1e5, NA, dates. With them, coordinates are read
  // here, as what is missing elsewhere may be an id.
  const char decimal = input.options.dialect.decimal;
  input.options.dialect.missing.clear();
  for (csv::Column& column : schema.columns) column.type = csv::Type::kText;
  Positions x;
  x.dimensions = int(chosen.coordinates.size());
  x.at.resize(std::size_t(schema.rows) * chosen.coordinates.size());
  std::unordered_map<std::string, Vertex> by_name;
  if (chosen.id != std::string::npos)
    for (Vertex v = 0; v < graph.vertices(); ++v) by_name.emplace(graph.name(v), v);
  std::vector<bool> known(std::size_t(graph.vertices()));
  csv::read(path, input.options, schema, budget, [&](const csv::Batch& batch) {
    for (std::size_t row = 0; row < std::size_t(batch.rows); ++row) {
      const std::string at = "row " + std::to_string(batch.first_row + i64(row) + 1);
      i64 v = batch.first_row + i64(row);
      if (chosen.id != std::string::npos) {
        const std::string name = id_of(batch.columns[chosen.id].text_at(row), graph);
        const auto found = by_name.find(name);
        if (found == by_name.end()) wrong(path, at + ": expected the id of a vertex, found '" + name + "'");
        v = found->second;
        if (known[std::size_t(v)])
          wrong(path, at + ": expected each vertex once, found '" + name + "' again");
        known[std::size_t(v)] = true;
      }
      for (std::size_t c = 0; c < chosen.coordinates.size(); ++c) {
        const std::size_t column = chosen.coordinates[c];
        const std::string_view text = batch.columns[column].text_at(row);
        if (!coordinate(text, decimal, x.of(v)[c]))
          wrong(path, at + ", column '" + schema.columns[column].name +
                          "': expected a finite number, found " +
                          (text.empty() ? "none" : "'" + std::string(text) + "'"));
      }
    }
  });
  return x;
}

}  // namespace

Positions read_positions(const std::string& path, const Graph& graph, const RunOptions& run) {
  return csv::has_table_name(path) ? from_table(path, graph, run) : from_matrix(path, graph);
}

std::vector<std::string> coordinate_names(int dimensions) {
  std::vector<std::string> names;
  for (int d = 0; d < dimensions; ++d)
    names.push_back(dimensions <= 3 ? std::string(1, char('x' + d)) : "x" + std::to_string(d));
  return names;
}

}  // namespace sluice::graph
