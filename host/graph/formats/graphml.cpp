// GraphML (graphml.graphdrawing.org) by Expat. Of nodes the id and a label or name are read, of edges their
// ends and a weight; graphs within nodes are read as parts of the one graph. Exceptions may not pass through
// Expat, which is C: a handler keeps the first and stops the parser.
#include <expat.h>
#include <fast_float/fast_float.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <map>
#include <memory>

#include "host/error.h"
#include "host/graph/formats/named.h"

namespace sluice::graph {
namespace {

enum class Role { kNone, kLabel, kWeight };
struct Key {
  Role role = Role::kNone;
  std::optional<double> weight;  // where an edge has none
};

class GraphMl {
 public:
  explicit GraphMl(const Text& text) : text_(text), graph_(text, true), parser_(XML_ParserCreate(nullptr)) {
    if (!parser_) throw Error(ErrorKind::kMemory, text.name + ": no memory for an XML parser");
    XML_SetUserData(parser_.get(), this);
    XML_SetElementHandler(
        parser_.get(),
        [](void* self, const XML_Char* name, const XML_Char** attributes) {
          guarded(self, [&](GraphMl& g) { g.begin(name, attributes); });
        },
        [](void* self, const XML_Char* name) { guarded(self, [&](GraphMl& g) { g.end(name); }); });
    XML_SetCharacterDataHandler(parser_.get(), [](void* self, const XML_Char* data, int bytes) {
      guarded(self, [&](GraphMl& g) {
        if (g.collecting_) g.data_.append(data, std::size_t(bytes));
      });
    });
  }

  Listed read() {
    constexpr std::size_t kPiece = std::size_t(1) << 26;
    for (std::size_t at = 0;; at += kPiece) {
      const std::size_t bytes = std::min(kPiece, text_.all.size() - at);
      const bool last = at + bytes == text_.all.size();
      const XML_Status status = XML_Parse(parser_.get(), text_.all.data() + at, int(bytes), last);
      if (failure_) std::rethrow_exception(failure_);
      if (status != XML_STATUS_OK)
        text_.wrong(place(), std::string("no XML: ") + XML_ErrorString(XML_GetErrorCode(parser_.get())));
      if (last) break;
    }
    if (!any_) text_.wrong("no graph: expected an element 'graph', found none");
    return graph_.finish(directed_);
  }

 private:
  template <class F>
  static void guarded(void* self, const F& f) {
    GraphMl& g = *static_cast<GraphMl*>(self);
    if (g.failure_) return;
    try {
      f(g);
    } catch (...) {
      g.failure_ = std::current_exception();
      XML_StopParser(g.parser_.get(), XML_FALSE);
    }
  }

  const char* place() const {
    const auto at = XML_GetCurrentByteIndex(parser_.get());
    return text_.all.data() + std::clamp<std::int64_t>(at, 0, std::int64_t(text_.all.size()));
  }

  static std::string_view local(const char* name) {
    const char* const colon = std::strrchr(name, ':');
    return colon == nullptr ? name : colon + 1;
  }

  static const char* attribute(const XML_Char** attributes, const char* name) {
    for (; *attributes != nullptr; attributes += 2)
      if (std::strcmp(attributes[0], name) == 0) return attributes[1];
    return nullptr;
  }

  std::string needed(const XML_Char** attributes, const char* name, const char* of) const {
    const char* const value = attribute(attributes, name);
    if (value == nullptr)
      text_.wrong(place(),
                  std::string(of) + " lacks something: expected the attribute '" + name + "', found none");
    return value;
  }

  void begin(const char* full, const XML_Char** attributes) {
    const std::string_view name = local(full);
    if (name == "key") {
      begin_key(attributes);
    } else if (name == "graph") {
      any_ = true;
      const char* const direction = attribute(attributes, "edgedefault");
      directed_ = directed_ || (direction != nullptr && std::strcmp(direction, "directed") == 0);
    } else if (name == "node") {
      add_vertex();  // a graph within it begins
      id_ = needed(attributes, "id", "a node");
      label_.reset();
      element_at_ = place();
      in_node_ = true;
    } else if (name == "edge") {
      source_ = needed(attributes, "source", "an edge");
      target_ = needed(attributes, "target", "an edge");
      weight_ = default_weight_;
      element_at_ = place();
      in_edge_ = true;
    } else if (name == "hyperedge") {
      text_.wrong(place(), "an edge of many ends: expected 'edge', found 'hyperedge'");
    } else if (name == "data" || name == "default") {
      const char* const key = attribute(attributes, "key");
      if (name == "data") role_ = key != nullptr ? keys_[key].role : Role::kNone;
      collecting_ = role_ != Role::kNone;
      data_.clear();
    }
  }

  void begin_key(const XML_Char** attributes) {
    const std::string id = needed(attributes, "id", "a key");
    const char* const of = attribute(attributes, "for");
    const char* const name = attribute(attributes, "attr.name");
    std::string lower = name == nullptr ? id : name;
    for (char& c : lower) c = char(std::tolower(static_cast<unsigned char>(c)));
    const bool nodes = of == nullptr || std::strcmp(of, "edge") != 0;
    const bool edges = of == nullptr || std::strcmp(of, "node") != 0;
    role_ = nodes && (lower == "label" || lower == "name") ? Role::kLabel
            : edges && lower == "weight"                   ? Role::kWeight
                                                           : Role::kNone;
    keys_[id].role = role_;
  }

  void end(const char* full) {
    const std::string_view name = local(full);
    if (name == "data") {
      if (in_edge_ && role_ == Role::kWeight) weight_ = number();
      if (in_node_ && role_ == Role::kLabel && !label_) label_ = data_;
      collecting_ = false;
      role_ = Role::kNone;
    } else if (name == "default") {
      if (role_ == Role::kWeight) default_weight_ = number();
      collecting_ = false;
    } else if (name == "key") {
      role_ = Role::kNone;
    } else if (name == "node") {
      add_vertex();
    } else if (name == "edge") {
      graph_.edge(source_, target_, weight_, element_at_);
      in_edge_ = false;
    }
  }

  void add_vertex() {
    if (in_node_) graph_.vertex(id_, label_, element_at_);
    in_node_ = false;
  }

  std::optional<double> number() const {
    if (!text_.weights) return std::nullopt;
    std::string_view text = data_;
    const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    double value = 0;
    const auto got = fast_float::from_chars(text.data(), text.data() + text.size(), value);
    if (got.ec != std::errc() || got.ptr != text.data() + text.size())
      text_.wrong(place(), "no weight: expected a number, found " + quoted(text), kWithoutWeights);
    return value;
  }

  struct Free {
    void operator()(XML_Parser parser) const { XML_ParserFree(parser); }
  };

  const Text& text_;
  NamedGraph graph_;
  std::unique_ptr<XML_ParserStruct, Free> parser_;
  std::exception_ptr failure_;
  std::map<std::string, Key, std::less<>> keys_;
  Role role_ = Role::kNone;
  std::string id_, source_, target_, data_;
  std::optional<std::string> label_;
  std::optional<double> weight_, default_weight_;
  const char* element_at_ = nullptr;
  bool any_ = false, directed_ = false, in_node_ = false, in_edge_ = false, collecting_ = false;
};

}  // namespace

Listed list_graphml(const Text& text) {
  return GraphMl(text).read();
}

}  // namespace sluice::graph
