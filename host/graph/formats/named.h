// A graph whose vertices have ids that are texts, and perhaps labels, as it is read: edges may come before
// the vertices that they join.
#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "host/graph/formats/listed.h"

namespace sluice::graph {

class NamedGraph {
 public:
  /// `declared`: a vertex must be listed, an edge that names it is not enough.
  NamedGraph(const Text& text, bool declared) : text_(text), declared_(declared) {}

  /// Lists a vertex at a place of the text: its number here, in the order of first mention. Error{kInput}
  /// where it has been.
  Vertex vertex(std::string_view id, const std::optional<std::string>& label, const char* at);
  /// Between vertices by their numbers, or by ids.
  void edge(Vertex from, Vertex to, const std::optional<double>& weight);
  void edge(std::string_view from, std::string_view to, const std::optional<double>& weight, const char* at);
  std::int64_t edges() const { return std::int64_t(from_.size()); }

  /// Labels become names where all vertices have one and no two the same, else ids do, unless these count the
  /// vertices as they come. Error{kInput} for a vertex that is not there.
  Listed finish(bool directed);

 private:
  struct Known {
    std::string id;
    std::optional<std::string> label;
    bool listed = false;
    const char* at = nullptr;  // where it was first named
  };
  Vertex place(std::string_view id, const char* at);
  void check_room() const;
  bool labels_serve() const;

  const Text& text_;
  bool declared_;
  std::deque<Known> known_;
  std::unordered_map<std::string_view, Vertex> places_;  // into known_
  std::vector<Vertex> order_;                            // as listed
  std::uint64_t texts_ = 0;                              // bytes of ids and labels beyond the short ones
  std::vector<Vertex> from_, to_;
  std::vector<double> weights_;  // where any edge has one
};

}  // namespace sluice::graph
