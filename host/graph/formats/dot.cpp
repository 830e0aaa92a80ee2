// DOT (graphviz.org/doc/info/lang.html): vertices as they are first named, edges with -- or ->, chains of
// them, and groups in braces. Of attributes an edge's weight and a vertex's label are read.
#include <fast_float/fast_float.h>

#include "host/error.h"
#include "host/graph/formats/dot_words.h"
#include "host/graph/formats/named.h"

namespace sluice::graph {
namespace {

using Vertices = std::vector<Vertex>;

class Dot {
 public:
  explicit Dot(const Text& text) : text_(text), words_(text), graph_(text, false) {}

  Listed read() {
    if (words_.is("strict")) words_.next();
    if (!words_.is("graph") && !words_.is("digraph")) words_.wrong("no graph: expected 'graph' or 'digraph'");
    directed_ = words_.is("digraph");
    words_.next();
    if (words_.kind() == DotWords::kId) words_.next();
    Vertices vertices;
    braces({}, vertices, 0);
    Listed found = graph_.finish(directed_);
    if (words_.kind() != DotWords::kEnd)
      found.notes.push_back("the file goes on behind its first graph: left out");
    return found;
  }

 private:
  struct Attributes {
    std::optional<double> weight;
    std::optional<std::string> label;
  };

  /// '{' statements '}'. `vertices`: all that are named within. `edges`: what edges there have by default.
  void braces(Attributes edges, Vertices& vertices, int depth) {
    if (depth > 100) words_.wrong("groups within groups: expected at most 100 of them");
    words_.take("{");
    while (!words_.is("}")) statement(edges, vertices, depth);
    words_.next();
  }

  void statement(Attributes& edges, Vertices& vertices, int depth) {
    if (words_.is(";")) return words_.next();
    if (words_.is("graph") || words_.is("node") || words_.is("edge")) {
      const bool of_edges = words_.is("edge");
      words_.next();
      const Attributes read = attributes({});
      if (of_edges && read.weight) edges.weight = read.weight;
      return;
    }
    const char* const at = words_.at();
    Vertices left, right;
    const std::optional<std::string> one = ends(edges, left, depth);
    if (one && left.empty()) {  // an attribute of the graph
      words_.next();
      words_.id("a value");
      return;
    }
    std::vector<std::pair<Vertex, Vertex>> chain;
    bool any = false;
    Vertices all = left;
    while (words_.is("--") || words_.is("->")) {
      any = true;
      directed_ = directed_ || words_.is("->");
      words_.next();
      right.clear();
      ends(edges, right, depth);
      text_.check_room(0, graph_.edges() + std::int64_t(chain.size() + left.size() * right.size()));
      for (const Vertex a : left)
        for (const Vertex b : right) chain.emplace_back(a, b);
      all.insert(all.end(), right.begin(), right.end());
      left = right;
    }
    const Attributes read = attributes(any ? edges : Attributes{});
    if (one && !any) graph_.vertex(*one, read.label, at);
    for (const auto& [a, b] : chain) graph_.edge(a, b, read.weight);
    if (depth > 0) vertices.insert(vertices.end(), all.begin(), all.end());
  }

  /// A vertex, whose id is returned, or a group of them; none where the id turns out to be an attribute's.
  std::optional<std::string> ends(const Attributes& edges, Vertices& to, int depth) {
    if (words_.is("subgraph") || words_.is("{")) {
      if (words_.is("subgraph")) {
        words_.next();
        if (words_.kind() == DotWords::kId) words_.next();
        if (!words_.is("{")) return {};  // by name: a group that has been
      }
      braces(edges, to, depth + 1);
      return {};
    }
    const char* const at = words_.at();
    const std::string id = words_.id("a vertex");
    if (!words_.is("=")) to.push_back(graph_.vertex(id, std::nullopt, at));
    while (words_.is(":")) words_.next(), words_.id("a port");
    return id;
  }

  /// Lists in brackets, over what is there by default.
  Attributes attributes(Attributes read) {
    while (words_.is("[")) {
      words_.next();
      while (!words_.is("]")) {
        const std::string name = words_.id("an attribute");
        std::string value = "true";
        const char* const at = words_.at();
        if (words_.is("=")) words_.next(), value = words_.id("a value");
        if (words_.is(";") || words_.is(",")) words_.next();
        if (name == "label" && value != "\\N") read.label = value;
        if (name == "weight" && text_.weights) read.weight = number(value, at);
      }
      words_.next();
    }
    return read;
  }

  double number(const std::string& word, const char* at) const {
    double value = 0;
    const auto got = fast_float::from_chars(word.data(), word.data() + word.size(), value);
    if (got.ec != std::errc() || got.ptr != word.data() + word.size())
      text_.wrong(at, "no weight: expected a number, found " + quoted(word), kWithoutWeights);
    return value;
  }

  const Text& text_;
  DotWords words_;
  NamedGraph graph_;
  bool directed_ = false;
};

}  // namespace

Listed list_dot(const Text& text) {
  return Dot(text).read();
}

}  // namespace sluice::graph
