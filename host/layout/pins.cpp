#include "host/layout/pins.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "host/error.h"
#include "host/graph/formats/load.h"
#include "host/graph/positions.h"

namespace sluice::layout {
namespace {

using graph::Vertex;
constexpr std::uint64_t kMostBytes = std::uint64_t(4) << 30;

class Names {
 public:
  explicit Names(const graph::Graph& g) : graph_(g) {
    for (std::size_t v = 0; v < g.names.size(); ++v) named_.emplace(g.names[v], Vertex(v));
  }
  std::optional<Vertex> find(const std::string& name) const {
    if (!graph_.names.empty()) {
      const auto at = named_.find(name);
      return at == named_.end() ? std::nullopt : std::optional(at->second);
    }
    std::int64_t id = 0;
    const char* const end = name.data() + name.size();
    const auto got = std::from_chars(name.data(), end, id);
    if (name.empty() || got.ec != std::errc() || got.ptr != end || id < graph_.first_id ||
        id - graph_.first_id >= graph_.vertices())
      return {};
    return Vertex(id - graph_.first_id);
  }
  std::string all() const {
    return graph_.names.empty() ? "a number from " + std::to_string(graph_.first_id) + " to " +
                                      std::to_string(graph_.first_id + graph_.vertices() - 1)
                                : "the name of a vertex";
  }

 private:
  const graph::Graph& graph_;
  std::unordered_map<std::string, Vertex> named_;
};

std::vector<std::string> fields_of(std::string_view line) {
  std::vector<std::string> fields;
  std::size_t at = 0;
  const auto between = [](char c) { return c == ' ' || c == '\t' || c == ',' || c == ';' || c == '\r'; };
  while (at < line.size()) {
    if (between(line[at])) {
      ++at;
    } else if (line[at] == '#') {
      break;
    } else if (line[at] == '"') {
      const std::size_t end = std::min(line.find('"', at + 1), line.size());
      fields.emplace_back(line.substr(at + 1, end - at - 1));
      at = end + 1;
    } else {
      std::size_t end = at;
      while (end < line.size() && !between(line[end])) ++end;
      fields.emplace_back(line.substr(at, end - at));
      at = end;
    }
  }
  return fields;
}

/// A row `id,x,y`, as this program's tables of coordinates begin.
bool is_header(const std::vector<std::string>& fields, int dimensions) {
  const std::vector<std::string> names = graph::coordinate_names(dimensions);
  return fields.size() == names.size() + 1 && fields[0] == "id" &&
         std::equal(names.begin(), names.end(), fields.begin() + 1);
}

}  // namespace

std::vector<Pin> read_pins(const std::string& path, const graph::Graph& graph, int dimensions) {
  const graph::Loaded file(path, kMostBytes);  // a pipe too
  std::string_view text = file.text();
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  const Names names(graph);
  std::vector<Pin> pins;
  std::unordered_map<Vertex, std::int64_t> lines;
  std::int64_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::vector<std::string> fields = fields_of(text.substr(at, end - at));
    at = end + 1, ++number;
    if (fields.empty()) continue;
    const auto refuse = [&](const std::string& what, const std::string& advice = {}) {
      throw Error(ErrorKind::kInput, path + ": line " + std::to_string(number) + ": " + what, advice);
    };
    if (pins.empty() && is_header(fields, dimensions) && !names.find(fields[0])) continue;
    const auto vertex = names.find(fields[0]);
    if (!vertex) refuse("there is no vertex '" + fields[0] + "': expected " + names.all());
    const auto [first, fresh] = lines.emplace(*vertex, number);
    if (!fresh)
      refuse("'" + fields[0] + "' is pinned twice: it stands in line " + std::to_string(first->second) +
             " too");
    if (fields.size() != 1 && fields.size() != std::size_t(dimensions) + 1)
      refuse("coordinates of '" + fields[0] + "': expected " + std::to_string(dimensions) +
                 " or none, found " + std::to_string(fields.size() - 1),
             "--dim says how many dimensions the layout has");
    Pin pin{*vertex, {}};
    for (std::size_t k = 1; k < fields.size(); ++k) {
      double x = 0;
      const char* const last = fields[k].data() + fields[k].size();
      const auto got = std::from_chars(fields[k].data() + fields[k].starts_with('+'), last, x);
      if (got.ec != std::errc() || got.ptr != last || !std::isfinite(x))
        refuse("coordinate " + std::to_string(k) + " of '" + fields[0] +
               "': expected a finite number, found '" + fields[k] + "'");
      pin.at.push_back(x);
    }
    pins.push_back(std::move(pin));
  }
  file.check();
  if (pins.empty())
    throw Error(ErrorKind::kInput, path + ": no pins: expected lines `id` or `id x y`, found none",
                "leave --pin out where no vertex is pinned");
  std::sort(pins.begin(), pins.end(), [](const Pin& a, const Pin& b) { return a.vertex < b.vertex; });
  return pins;
}

std::vector<Vertex> apply(const std::vector<Pin>& pins, graph::Positions& start) {
  std::vector<Vertex> pinned;
  for (const Pin& pin : pins) {
    pinned.push_back(pin.vertex);
    std::copy(pin.at.begin(), pin.at.end(), start.of(pin.vertex));
  }
  return pinned;
}

}  // namespace sluice::layout
