// Text goes out through a buffer; numbers are the shortest that read back the same.
#include "host/graph/write.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <functional>

#include "host/error.h"
#include "host/formats/json_text.h"
#include "host/page/sink.h"

namespace sluice::graph {
namespace {

using i64 = std::int64_t;

class Writer {
 public:
  explicit Writer(const std::string& path) : sink_(path) { buffer_.reserve(kFull + 4096); }
  Writer& put(std::string_view text) {
    buffer_ += text;
    if (buffer_.size() >= kFull) flush();
    return *this;
  }
  template <class T>
  Writer& number(T value) {
    char digits[32];
    return put({digits, std::size_t(std::to_chars(digits, digits + sizeof digits, value).ptr - digits)});
  }
  std::uint64_t finish() {
    flush();
    sink_.finish();
    return bytes_;
  }

 private:
  static constexpr std::size_t kFull = 1 << 18;
  void flush() {
    sink_.text(buffer_);
    bytes_ += buffer_.size();
    buffer_.clear();
  }
  page::Sink sink_;
  std::string buffer_;
  std::uint64_t bytes_ = 0;
};

double weight_of(const Graph& g, i64 at) {
  return g.weights.empty() ? 1 : g.weights[std::size_t(at)];
}

/// add(v, u, place of the edge) for each edge once, u below v.
template <class F>
void each_edge(const Graph& g, const F& add) {
  for (Vertex v = 0; v < g.vertices(); ++v)
    for (i64 at = g.offsets[std::size_t(v)]; at < g.offsets[std::size_t(v) + 1]; ++at)
      if (g.neighbours[std::size_t(at)] < v) add(v, g.neighbours[std::size_t(at)], at);
}

/// A line of both counts, then a line an edge; vertices count from 0.
void put_edges(const Graph& g, char separator, Writer& to) {
  const std::string between(1, separator);
  to.number(g.vertices()).put(between).number(g.edges()).put("\n");
  each_edge(g, [&](Vertex v, Vertex u, i64 at) {
    to.number(u).put(between).number(v);
    if (!g.weights.empty()) to.put(between).number(weight_of(g, at));
    to.put("\n");
  });
}

void put_matrix_market(const Graph& g, const WriteOptions& o, Writer& to) {
  to.put("%%MatrixMarket matrix coordinate ").put(g.weights.empty() ? "pattern" : "real").put(" symmetric\n");
  if (!o.comment.empty()) to.put("% ").put(o.comment).put("\n");
  to.number(g.vertices()).put(" ").number(g.vertices()).put(" ").number(g.edges()).put("\n");
  each_edge(g, [&](Vertex v, Vertex u, i64 at) {
    to.number(v + i64(1)).put(" ").number(u + i64(1));
    if (!g.weights.empty()) to.put(" ").number(weight_of(g, at));
    to.put("\n");
  });
}

void put_metis(const Graph& g, const WriteOptions& o, Writer& to) {
  if (!o.comment.empty()) to.put("% ").put(o.comment).put("\n");
  to.number(g.vertices()).put(" ").number(g.edges()).put(g.weights.empty() ? "\n" : " 1\n");
  for (Vertex v = 0; v < g.vertices(); ++v) {
    for (i64 at = g.offsets[std::size_t(v)]; at < g.offsets[std::size_t(v) + 1]; ++at) {
      if (at > g.offsets[std::size_t(v)]) to.put(" ");
      to.number(g.neighbours[std::size_t(at)] + i64(1));
      if (!g.weights.empty()) to.put(" ").number(weight_of(g, at));
    }
    to.put("\n");
  }
}

/// Text between tags or quotes. What XML has no place for becomes U+FFFD: bytes that are not UTF-8, most
/// control characters, U+FFFE and U+FFFF.
std::string escaped(const std::string& text) {
  const std::string valid = valid_utf8(text);
  const std::string_view none = "\xef\xbf\xbd";
  std::string result;
  for (std::size_t at = 0; at < valid.size(); ++at) {
    const char c = valid[at];
    const std::string_view three = std::string_view(valid).substr(at, 3);
    if (c == '&') {
      result += "&amp;";
    } else if (c == '<') {
      result += "&lt;";
    } else if (c == '>') {
      result += "&gt;";
    } else if (c == '"') {
      result += "&quot;";
    } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') {
      result += none;
    } else if (three == "\xef\xbf\xbe" || three == "\xef\xbf\xbf") {
      result += none;
      at += 2;
    } else {
      result += c;
    }
  }
  return result;
}

void put_graphml(const Graph& g, const WriteOptions& o, Writer& to) {
  to.put(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml "
      "xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n");
  if (!o.comment.empty()) to.put("<desc>").put(escaped(o.comment)).put("</desc>\n");
  to.put("<key id=\"label\" for=\"node\" attr.name=\"label\" attr.type=\"string\"/>\n");
  for (const VertexValues& v : o.values) {
    const std::string name = escaped(v.name);
    to.put("<key id=\"")
        .put(name)
        .put("\" for=\"node\" attr.name=\"")
        .put(name)
        .put("\" attr.type=\"double\"/>\n");
  }
  if (!g.weights.empty())
    to.put("<key id=\"weight\" for=\"edge\" attr.name=\"weight\" attr.type=\"double\"/>\n");
  to.put("<graph edgedefault=\"undirected\">\n");
  for (Vertex v = 0; v < g.vertices(); ++v) {
    to.put("<node id=\"n").number(v).put("\"><data key=\"label\">").put(escaped(g.name(v))).put("</data>");
    for (const VertexValues& values : o.values)
      to.put("<data key=\"")
          .put(escaped(values.name))
          .put("\">")
          .number(values.values[std::size_t(v)])
          .put("</data>");
    to.put("</node>\n");
  }
  each_edge(g, [&](Vertex v, Vertex u, i64 at) {
    to.put("<edge source=\"n").number(u).put("\" target=\"n").number(v).put("\"");
    if (g.weights.empty())
      to.put("/>\n");
    else
      to.put("><data key=\"weight\">").number(weight_of(g, at)).put("</data></edge>\n");
  });
  to.put("</graph>\n</graphml>\n");
}

/// GML's reals have a point, 1.0e+05: without, networkx reads 1 and goes on with e.
std::string gml_real(double value) {
  char digits[32];
  std::string text(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
  const std::size_t power = text.find('e');
  const bool whole = power == std::string::npos && text.size() < 10;  // an integer of GML
  if (text.find('.') == std::string::npos && !whole) text.insert(std::min(power, text.size()), ".0");
  return text;
}

/// GML is ASCII: all else, quotes and & are numbers of Unicode, as networkx writes them.
std::string in_ascii(const std::string& text) {
  const std::string valid = valid_utf8(text);
  std::string result;
  for (std::size_t at = 0; at < valid.size(); ++at) {
    const auto c = static_cast<unsigned char>(valid[at]);
    if (c >= ' ' && c <= '~' && c != '&' && c != '"') {
      result += char(c);
      continue;
    }
    const int more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;  // bytes that follow
    std::uint32_t code = more == 0 ? c : c & (0x3f >> more);
    for (int k = 0; k < more; ++k) code = code << 6 | (static_cast<unsigned char>(valid[++at]) & 0x3f);
    result += "&#" + std::to_string(code == 0 ? 0xfffd : code) + ";";
  }
  return result;
}

void put_gml(const Graph& g, const WriteOptions& o, Writer& to) {
  if (!o.comment.empty()) to.put("# ").put(in_ascii(o.comment)).put("\n");
  to.put("graph\n[\n");
  for (Vertex v = 0; v < g.vertices(); ++v) {
    to.put("  node [ id ").number(v).put(" label \"").put(in_ascii(g.name(v))).put("\"");
    for (const VertexValues& values : o.values)
      to.put(" ").put(values.name).put(" ").put(gml_real(values.values[std::size_t(v)]));
    to.put(" ]\n");
  }
  each_edge(g, [&](Vertex v, Vertex u, i64 at) {
    to.put("  edge [ source ").number(u).put(" target ").number(v);
    if (!g.weights.empty()) to.put(" weight ").put(gml_real(weight_of(g, at)));
    to.put(" ]\n");
  });
  to.put("]\n");
}

std::string ending_of(const std::string& path) {
  const std::size_t dot = path.rfind('.');
  std::string ending = dot == std::string::npos ? "" : path.substr(dot);
  for (char& c : ending) c = char(std::tolower(static_cast<unsigned char>(c)));
  return ending;
}

using Put = void (*)(const Graph&, const WriteOptions&, Writer&);
struct Ending {
  const char* ending;
  Put put;
};
constexpr Ending kEndings[] = {
    {".mtx", put_matrix_market},
    {".graph", put_metis},
    {".metis", put_metis},
    {".graphml", put_graphml},
    {".gml", put_gml},
    {".csv", [](const Graph& g, const WriteOptions&, Writer& to) { put_edges(g, ',', to); }},
    {".tsv", [](const Graph& g, const WriteOptions&, Writer& to) { put_edges(g, '\t', to); }},
    {".txt", [](const Graph& g, const WriteOptions&, Writer& to) { put_edges(g, ' ', to); }},
    {".edges", [](const Graph& g, const WriteOptions&, Writer& to) { put_edges(g, ' ', to); }},
    {".el", [](const Graph& g, const WriteOptions&, Writer& to) { put_edges(g, ' ', to); }}};

const Ending* known(const std::string& path) {
  const std::string ending = ending_of(path);
  for (const Ending& e : kEndings)
    if (ending == e.ending) return &e;
  return nullptr;
}

}  // namespace

bool has_graph_name(const std::string& path) {
  return known(path) != nullptr;
}

std::uint64_t write_graph(const Graph& graph, const std::string& path, const WriteOptions& options) {
  const Ending* const ending = known(path);
  if (ending == nullptr)
    throw Error(
        ErrorKind::kUsage,
        path +
            ": the kind of graph is not known: expected a name that ends in .mtx, .graph, .graphml, .gml, "
            ".csv, .tsv or .txt, found '" +
            ending_of(path) + "'");
  for (const VertexValues& v : options.values)
    if (std::int64_t(v.values.size()) != graph.vertices())
      throw Error(ErrorKind::kUsage, path + ": expected a value of '" + v.name + "' for each of " +
                                         std::to_string(graph.vertices()) + " vertices, found " +
                                         std::to_string(v.values.size()));
  Writer writer(path);
  ending->put(graph, options, writer);
  return writer.finish();
}

}  // namespace sluice::graph
