#include "host/graph/formats/edge_words.h"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <deque>
#include <unordered_map>

#include "host/graph/formats/number_lines.h"

namespace sluice::graph {
namespace {

using i64 = std::int64_t;
using Words = std::vector<std::string_view>;

std::string_view trimmed(std::string_view word) {
  while (!word.empty() && std::isspace(static_cast<unsigned char>(word.front()))) word.remove_prefix(1);
  while (!word.empty() && std::isspace(static_cast<unsigned char>(word.back()))) word.remove_suffix(1);
  return word;
}

bool is_quoted(std::string_view word) {
  return word.size() >= 2 && word.front() == '"' && word.back() == '"';
}

std::string lower(std::string_view word) {
  if (is_quoted(word)) word = word.substr(1, word.size() - 2);
  std::string text(word);
  for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

bool whole_number(std::string_view word, i64& to) {
  if (word.starts_with('+')) word.remove_prefix(1);
  const auto got = std::from_chars(word.data(), word.data() + word.size(), to);
  return got.ec == std::errc() && got.ptr == word.data() + word.size();
}

bool number_of(std::string_view word, double& to) {
  if (is_quoted(word)) word = word.substr(1, word.size() - 2);
  if (word.starts_with('+')) word.remove_prefix(1);
  const auto got = fast_float::from_chars(word.data(), word.data() + word.size(), to);
  return got.ec == std::errc() && got.ptr == word.data() + word.size();
}

/// Of networkx's "{}" and "{'weight': 3.0}": the number, where there is one.
std::optional<double> weight_in_braces(std::string_view data) {
  const std::size_t at = std::min(data.find("'weight':"), data.find("\"weight\":"));
  if (at == std::string_view::npos) return std::nullopt;
  data = trimmed(data.substr(at + 9));
  double weight = 1;
  return number_of(data.substr(0, data.find_first_of(",} ")), weight) ? std::optional(weight) : std::nullopt;
}

struct WordEdges {
  Words ends;  // two an edge
  std::vector<double> weights;
  i64 with_weight = 0;
};

/// Every line from `from` on.
WordEdges read_lines(const Text& text, const char* from, const EdgeColumns& columns) {
  WordEdges all;
  // Two ends a line where they stand, their vertices, the edge, and perhaps a weight.
  text.check_bytes(std::uint64_t(text.lines) * (2 * sizeof(std::string_view) + (text.weights ? 24 : 16)),
                   "a list of " + std::to_string(text.lines) + " lines of words");
  all.ends.reserve(2 * std::size_t(text.lines));
  const char* const end = text.all.data() + text.all.size();
  Words fields;
  char separator = 0;
  const std::size_t needed = std::max(columns.from, columns.to);
  const char* p = first_line({from, std::size_t(end - from)});
  if (p < end) separator = separator_of({p, std::size_t(line_end(p, end) - p)});
  while (p < end) {
    const char* const last = line_end(p, end);
    std::string_view line(p, std::size_t(last - p));
    std::optional<double> weight;
    if (const std::size_t brace = line.find('{'); !columns.named && brace != std::string_view::npos) {
      weight = weight_in_braces(line.substr(brace));
      line = trimmed(line.substr(0, brace));
    }
    split_fields(line, separator, fields);
    if (fields.size() <= needed || fields[columns.from].empty() || fields[columns.to].empty())
      text.wrong(p, "no edge: expected two ids, found " +
                        (fields.empty() || fields[0].empty() ? "none" : quoted(trimmed(line))));
    all.ends.push_back(fields[columns.from]), all.ends.push_back(fields[columns.to]);
    if (text.weights && columns.weight && *columns.weight < fields.size() &&
        !fields[*columns.weight].empty() && !fields[*columns.weight].starts_with('#')) {  // a comment
      double value = 1;
      if (!number_of(fields[*columns.weight], value))
        text.wrong(p, "no weight: expected a number behind two ids, found " + quoted(fields[*columns.weight]),
                   kWithoutWeights);
      weight = value;
    }
    if (weight && ++all.with_weight == 1) all.weights.assign(all.ends.size() / 2 - 1, 1.0);
    if (all.with_weight > 0) all.weights.push_back(weight.value_or(1.0));
    p = last == end ? end : first_line({last + 1, std::size_t(end - last - 1)});
  }
  return all;
}

/// The first line is the only one whose ids are no numbers: they are names of columns, and go.
bool take_names(WordEdges& read) {
  i64 ignored = 0;
  const auto number = [&](std::string_view word) { return whole_number(word, ignored); };
  if (read.ends.size() < 4 || !names_column(read.ends[0]) || !names_column(read.ends[1]) ||
      !std::all_of(read.ends.begin() + 2, read.ends.end(), number))
    return false;
  read.ends.erase(read.ends.begin(), read.ends.begin() + 2);
  if (!read.weights.empty()) read.weights.erase(read.weights.begin());
  return true;
}

/// All ids are whole numbers: vertices in ascending order.
bool number_ids(const Words& ends, const Text& text, Listed& to) {
  i64 number = 0;
  if (!std::all_of(ends.begin(), ends.end(), [&](std::string_view w) { return whole_number(w, number); }))
    return false;
  text.check_bytes(ends.size() * (sizeof(std::string_view) + 2 * sizeof(i64) + 8),
                   "a list of " + std::to_string(ends.size() / 2) + " edges between large numbers");
  std::vector<i64> ids(ends.size());
  for (std::size_t i = 0; i < ends.size(); ++i) whole_number(ends[i], ids[i]);
  std::vector<i64> distinct = ids;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  text.check_room(i64(distinct.size()), i64(ids.size() / 2), false,
                  distinct.size() * (sizeof(std::string) + 24));
  for (std::size_t i = 0; i < ids.size(); i += 2) {
    const auto place = [&](i64 id) {
      return Vertex(std::lower_bound(distinct.begin(), distinct.end(), id) - distinct.begin());
    };
    to.edges.add(place(ids[i]), place(ids[i + 1]));
  }
  number_vertices(std::move(distinct), -1, to);
  return true;
}

/// The text between quotes, with "" as one.
std::string unquoted(std::string_view word) {
  std::string text;
  word = word.substr(1, word.size() - 2);
  for (std::size_t i = 0; i < word.size(); ++i) {
    text += word[i];
    if (word[i] == '"' && i + 1 < word.size() && word[i + 1] == '"') ++i;
  }
  return text;
}

void name_ids(const Words& ends, const Text& text, Listed& to) {
  std::unordered_map<std::string_view, Vertex> known;
  std::deque<std::string> kept;  // names that stand in quotes
  // A name stands in the map and among the names, which double as they grow; one in quotes is kept besides.
  constexpr std::uint64_t kName = 64 + 3 * sizeof(std::string);
  std::uint64_t names = 0, besides = ends.size() * (sizeof(std::string_view) + 8);
  std::vector<Vertex> vertices;
  vertices.reserve(ends.size());
  for (std::string_view word : ends) {
    if (is_quoted(word)) word = kept.emplace_back(unquoted(word)), besides += 40 + heap_bytes(word.size());
    const auto [at, fresh] = known.try_emplace(word, Vertex(known.size()));
    if (fresh) to.names.emplace_back(word), names += sizeof(std::string) + heap_bytes(word.size());
    vertices.push_back(at->second);
    if (vertices.size() % 4096 == 0)
      text.check_bytes(besides + names + known.size() * kName,
                       "a graph of " + std::to_string(known.size()) + " named vertices and more");
  }
  text.check_room(i64(to.names.size()), i64(vertices.size() / 2), false, names);
  for (std::size_t i = 0; i < vertices.size(); i += 2) to.edges.add(vertices[i], vertices[i + 1]);
  to.vertices = i64(to.names.size());
}

}  // namespace

std::optional<EdgeColumns> columns_named(const Words& words) {
  static const std::pair<const char*, const char*> kEnds[] = {
      {"source", "target"}, {"from", "to"},   {"src", "dst"}, {"node1", "node2"},
      {"node_1", "node_2"}, {"id_1", "id_2"}, {"id1", "id2"}, {"fromnodeid", "tonodeid"}};
  std::vector<std::string> names;
  for (const std::string_view word : words) names.push_back(lower(trimmed(word)));
  const auto place = [&](const std::string& name) -> std::optional<std::size_t> {
    const auto at = std::find(names.begin(), names.end(), name);
    return at == names.end() ? std::nullopt : std::optional(std::size_t(at - names.begin()));
  };
  for (const auto& [from, to] : kEnds) {
    const auto first = place(from), second = place(to);
    if (!first || !second) continue;
    EdgeColumns columns{*first, *second, place("weight"), true};
    if (!columns.weight) columns.weight = place("value");
    return columns;
  }
  return std::nullopt;
}

bool names_column(std::string_view word) {
  word = trimmed(word);
  if (is_quoted(word)) word = word.substr(1, word.size() - 2);
  return !word.empty() && (std::isalpha(static_cast<unsigned char>(word.front())) || word.front() == '_');
}

char separator_of(std::string_view line) {
  bool inside = false;
  char found = 0;
  for (const char c : line) {
    if (c == '"') inside = !inside;
    if (inside) continue;
    if (c == ',') return ',';
    if (c == ';' || (c == '\t' && found == 0)) found = c;
  }
  return found;
}

void split_fields(std::string_view line, char separator, Words& fields) {
  fields.clear();
  if (separator == '\t') line = trimmed(line);
  std::size_t start = 0;
  bool inside = false;
  const auto take = [&](std::size_t end) {
    const std::string_view word = trimmed(line.substr(start, end - start));
    if (separator != 0 || !word.empty()) fields.push_back(word);
    start = end + 1;
  };
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') inside = !inside;
    if (!inside && (separator == 0 ? c == ' ' || c == '\t' || c == '\r' : c == separator)) take(i);
  }
  take(line.size());
}

Listed list_edge_words(const Text& text, const char* from, const EdgeColumns& columns) {
  Listed found;
  WordEdges read = read_lines(text, from, columns);
  if (!columns.named && take_names(read)) found.notes.push_back(kNamesOfColumns);
  if (!number_ids(read.ends, text, found)) name_ids(read.ends, text, found);
  found.edges.weights = std::move(read.weights);
  found.listed = i64(found.edges.size());
  return found;
}

}  // namespace sluice::graph
