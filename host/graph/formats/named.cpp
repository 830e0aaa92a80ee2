#include "host/graph/formats/named.h"

#include <unordered_set>

namespace sluice::graph {

/// A vertex stands here, in the map and, at the end, among the names; an edge here and there.
void NamedGraph::check_room() const {
  constexpr std::uint64_t kVertex = sizeof(Known) + 64 + sizeof(std::string) + 24, kEdge = 40;
  text_.check_bytes(known_.size() * kVertex + 2 * texts_ + from_.size() * kEdge,
                    "a graph of " + std::to_string(known_.size()) + " named vertices and more");
}

Vertex NamedGraph::place(std::string_view id, const char* at) {
  const auto found = places_.find(id);
  if (found != places_.end()) return found->second;
  if (known_.size() % 4096 == 0) check_room();
  texts_ += heap_bytes(id.size());
  known_.push_back({std::string(id), std::nullopt, false, at});
  const Vertex v = Vertex(known_.size() - 1);
  places_.emplace(known_.back().id, v);
  if (!declared_) order_.push_back(v), known_.back().listed = true;
  return v;
}

Vertex NamedGraph::vertex(std::string_view id, const std::optional<std::string>& label, const char* at) {
  const Vertex number = place(id, at);
  Known& v = known_[std::size_t(number)];
  if (declared_) {
    if (v.listed) text_.wrong(at, "a vertex that is there already: expected another id, found " + quoted(id));
    v.listed = true;
    order_.push_back(number);
  }
  if (label) v.label = label, texts_ += heap_bytes(label->size());
  return number;
}

void NamedGraph::edge(std::string_view from, std::string_view to, const std::optional<double>& weight,
                      const char* at) {
  const Vertex first = place(from, at);
  edge(first, place(to, at), weight);
}

void NamedGraph::edge(Vertex from, Vertex to, const std::optional<double>& weight) {
  if (from_.size() % 4096 == 0) check_room();
  from_.push_back(from), to_.push_back(to);
  if (weight && weights_.empty()) weights_.assign(from_.size() - 1, 1.0);
  if (weight || !weights_.empty()) weights_.push_back(weight.value_or(1.0));
}

bool NamedGraph::labels_serve() const {
  std::unordered_set<std::string_view> seen;
  for (const Known& v : known_)
    if (!v.label || v.label->empty() || !seen.insert(*v.label).second) return false;
  return true;
}

Listed NamedGraph::finish(bool directed) {
  for (const Known& v : known_)
    if (!v.listed) text_.wrong(v.at, "an edge of no vertex: expected the id of one, found " + quoted(v.id));
  Listed found;
  found.vertices = std::int64_t(known_.size());
  found.directed = directed;
  std::vector<Vertex> number(known_.size());
  for (std::size_t i = 0; i < order_.size(); ++i) number[std::size_t(order_[i])] = Vertex(i);
  const bool labels = labels_serve();
  for (const Vertex v : order_) {
    const Known& k = known_[std::size_t(v)];
    found.names.push_back(labels ? *k.label : k.id);
  }
  // 5, 6, 7: names that follow from the first.
  bool counted = !found.names.empty() && found.names[0].size() < 10 &&
                 found.names[0].find_first_not_of("0123456789") == std::string::npos;
  const std::int64_t first = counted ? std::stoll(found.names[0]) : 0;
  for (std::size_t i = 0; counted && i < found.names.size(); ++i)
    counted = found.names[i] == std::to_string(first + std::int64_t(i));
  if (counted) found.names.clear(), found.first_id = first;
  found.edges.from.reserve(from_.size()), found.edges.to.reserve(from_.size());
  for (std::size_t i = 0; i < from_.size(); ++i)
    found.edges.add(number[std::size_t(from_[i])], number[std::size_t(to_[i])]);
  found.edges.weights = std::move(weights_);
  found.listed = edges();
  return found;
}

}  // namespace sluice::graph
