// GML (Himsolt 1997): keys with numbers, texts in quotes, or lists in brackets. Of a graph's nodes id and
// label are read, of its edges source, target and weight or value; everything else is passed over.
#include <fast_float/fast_float.h>

#include <cctype>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "host/graph/formats/named.h"

namespace sluice::graph {
namespace {

bool space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

class Gml {
 public:
  explicit Gml(const Text& text)
      : text_(text), p_(text.all.data()), end_(p_ + text.all.size()), graph_(text, true) {}

  Listed read() {
    bool any = false;
    for (std::string_view key; next_key(key);) {
      if (key == "graph" && *p_ == '[') {
        if (any) text_.wrong(p_, "a second graph: expected one in a file");
        any = true;
        ++p_;
        read_graph();
      } else {
        skip_value();
      }
    }
    if (p_ != end_) text_.wrong(p_, "a bracket too many: expected a key or the end of the file, found ']'");
    if (!any) text_.wrong("no graph: expected 'graph [', found none");
    return graph_.finish(directed_);
  }

 private:
  void read_graph() {
    for (std::string_view key; next_key(key);) {
      const bool list = *p_ == '[';
      if (list && (key == "node" || key == "edge")) {
        const char* const at = p_++;
        key == "node" ? read_node(at) : read_edge(at);
      } else if (key == "directed") {
        directed_ = value() == "1";
      } else {
        skip_value();
      }
    }
    close("graph");
  }

  void read_node(const char* at) {
    std::optional<std::string> id, label;
    for (std::string_view key; next_key(key);) {
      if (key == "id")
        id = value();
      else if (key == "label")
        label = value();
      else
        skip_value();
    }
    close("node");
    if (!id) text_.wrong(at, "a node without an id: expected 'id', found none");
    graph_.vertex(*id, label, at);
  }

  void read_edge(const char* at) {
    std::optional<std::string> source, target;
    std::optional<double> weight, other;
    for (std::string_view key; next_key(key);) {
      if (key == "source")
        source = value();
      else if (key == "target")
        target = value();
      else if (key == "weight")
        weight = number();
      else if (key == "value")
        other = number();
      else
        skip_value();
    }
    close("edge");
    if (!source || !target)
      text_.wrong(at, std::string("an edge without its ends: expected 'source' and 'target', found no ") +
                          (source ? "target" : "source"));
    graph_.edge(*source, *target, weight ? weight : other, at);
  }

  void skip_space() {
    while (p_ < end_) {
      if (*p_ == '#')
        while (p_ < end_ && *p_ != '\n') ++p_;
      else if (!space(*p_))
        return;
      else
        ++p_;
    }
  }

  /// The key, with its value at p_; false at a list's end or the text's.
  bool next_key(std::string_view& key) {
    skip_space();
    if (p_ == end_ || *p_ == ']') return false;
    const char* const at = p_;
    while (p_ < end_ && (std::isalnum(static_cast<unsigned char>(*p_)) || *p_ == '_')) ++p_;
    key = {at, std::size_t(p_ - at)};
    if (key.empty()) text_.wrong(at, "no key: expected a word, found " + found_at(at, end_));
    skip_space();
    if (p_ == end_ || *p_ == ']')
      text_.wrong(at, "a key without a value: expected one behind " + quoted(key));
    return true;
  }

  void close(const char* what) {
    if (p_ == end_)
      text_.wrong(
          p_, std::string("truncated: expected ']' at the end of a ") + what + ", found the end of the file");
    ++p_;
  }

  /// A number or a text, as text.
  std::string value() {
    const char* const at = p_;
    if (*p_ == '[') text_.wrong(at, "a list: expected a number or a text, found '['");
    if (*p_ != '"') {
      while (p_ < end_ && !space(*p_) && *p_ != '[' && *p_ != ']') ++p_;
      return {at, p_};
    }
    const void* last = std::memchr(p_ + 1, '"', std::size_t(end_ - p_ - 1));
    if (last == nullptr) text_.wrong(at, "an open text: expected '\"' at its end, found the end of the file");
    p_ = static_cast<const char*>(last) + 1;
    return decoded({at + 1, std::size_t(p_ - at - 2)});
  }

  std::optional<double> number() {
    const char* const at = p_;
    if (!text_.weights) return skip_value(), std::nullopt;
    const std::string text = value();
    double result = 0;
    const auto got = fast_float::from_chars(text.data(), text.data() + text.size(), result);
    if (got.ec != std::errc() || got.ptr != text.data() + text.size())
      text_.wrong(at, "no weight: expected a number, found " + quoted(text), kWithoutWeights);
    return result;
  }

  /// Takes "&#233;" or "&#xe9;" from the front of `text` and appends its character; false where there is
  /// none.
  static bool take_reference(std::string_view& text, std::string& to) {
    if (!text.starts_with("&#")) return false;
    const bool hex = text.size() > 2 && (text[2] == 'x' || text[2] == 'X');
    const char* const from = text.data() + (hex ? 3 : 2);
    std::uint32_t c = 0;
    const auto got = std::from_chars(from, text.data() + text.size(), c, hex ? 16 : 10);
    if (got.ec != std::errc() || got.ptr == text.data() + text.size() || *got.ptr != ';') return false;
    if (c == 0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return false;
    const auto tail = [&](int shift) { to += char(0x80 | ((c >> shift) & 0x3f)); };
    if (c < 0x80) {
      to += char(c);
    } else if (c < 0x800) {
      to += char(0xc0 | (c >> 6)), tail(0);
    } else if (c < 0x10000) {
      to += char(0xe0 | (c >> 12)), tail(6), tail(0);
    } else {
      to += char(0xf0 | (c >> 18)), tail(12), tail(6), tail(0);
    }
    text.remove_prefix(std::size_t(got.ptr + 1 - text.data()));
    return true;
  }

  static std::string decoded(std::string_view text) {
    static const std::pair<const char*, char> kNames[] = {
        {"&quot;", '"'}, {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&apos;", '\''}};
    std::string result;
    while (!text.empty()) {
      bool known = take_reference(text, result);
      if (known) continue;
      for (const auto& [name, c] : kNames)
        if (text.starts_with(name)) {
          result += c, text.remove_prefix(std::strlen(name)), known = true;
          break;
        }
      if (!known) result += text.front(), text.remove_prefix(1);
    }
    return result;
  }

  void skip_value() {
    if (*p_ != '[') {
      value();
      return;
    }
    const char* const at = p_;
    for (std::int64_t depth = 0;;) {
      skip_space();
      if (p_ == end_) text_.wrong(at, "an open list: expected ']' at its end, found the end of the file");
      if (*p_ == '[' || *p_ == ']') {
        depth += *p_++ == '[' ? 1 : -1;
        if (depth == 0) return;
      } else {
        value();
      }
    }
  }

  const Text& text_;
  const char *p_, *end_;
  NamedGraph graph_;
  bool directed_ = false;
};

}  // namespace

Listed list_gml(const Text& text) {
  return Gml(text).read();
}

}  // namespace sluice::graph
