// Which format a file has, what of its weights counts, and what a user should know of what was dropped.
#include "host/graph/read.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <cmath>
#include <cstring>

#include "host/budget.h"
#include "host/error.h"
#include "host/formats/csv/parse.h"
#include "host/graph/formats/listed.h"
#include "host/graph/formats/load.h"
#include "host/parallel.h"
#include "host/units.h"

namespace sluice::graph {
namespace {

using i64 = std::int64_t;

std::string lower(std::string text) {
  for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// The text from its first character on that is no space.
std::string_view from_first(std::string_view text) {
  const std::size_t at = text.find_first_not_of(" \t\r\n");
  return text.substr(std::min(at, text.size()));
}

bool starts_with_word(std::string_view text, const char* word) {
  const std::string_view w(word);
  return text.size() > w.size() && lower(std::string(text.substr(0, w.size()))) == w &&
         !std::isalnum(static_cast<unsigned char>(text[w.size()]));
}

bool is_utf16(std::string_view text) {
  return text.starts_with("\xfe\xff") || text.starts_with("\xff\xfe");
}

/// `graph` and digits alone may also begin an edge list of words: a bracket or brace must follow.
Format format_of(std::string_view text, const std::string& name) {
  const std::string_view start = from_first(text.substr(0, 65536));
  if (starts_with_word(start, "%%matrixmarket")) return Format::kMatrixMarket;
  if (start.starts_with('<')) return Format::kGraphMl;
  if (is_utf16(text)) {
    const std::size_t at = text.find_first_not_of(std::string_view("\0 \t\r\n", 5), 2);
    if (at != std::string_view::npos && text[at] == '<') return Format::kGraphMl;
  }
  std::string ending = lower(name);
  for (const char* packed : {".gz", ".zst"})
    if (ending.ends_with(packed)) ending.resize(ending.size() - std::string_view(packed).size());
  static const std::pair<const char*, Format> kEndings[] = {
      {".mtx", Format::kMatrixMarket}, {".mm", Format::kMatrixMarket}, {".gml", Format::kGml},
      {".graphml", Format::kGraphMl},  {".xml", Format::kGraphMl},     {".graph", Format::kMetis},
      {".metis", Format::kMetis},      {".dot", Format::kDot},         {".gv", Format::kDot}};
  for (const auto& [end, format] : kEndings)
    if (ending.ends_with(end)) return format;
  const bool dot = starts_with_word(start, "strict") || starts_with_word(start, "digraph");
  if (dot && start.find('{') != std::string_view::npos) return Format::kDot;
  if (starts_with_word(start, "graph")) {
    const std::size_t at = start.find_first_of("[{\n", 5);
    const std::string_view rest = from_first(start.substr(std::min(at, start.size())));
    if (rest.starts_with('[')) return Format::kGml;
    if (rest.starts_with('{')) return Format::kDot;
  }
  if (starts_with_word(start, "creator") && start.find("graph") != std::string_view::npos)
    return Format::kGml;
  return Format::kEdges;
}

Listed list(Format format, const Text& text) {
  switch (format) {
    case Format::kMatrixMarket:
      return list_matrix_market(text);
    case Format::kGml:
      return list_gml(text);
    case Format::kGraphMl:
      return list_graphml(text);
    case Format::kMetis:
      return list_metis(text);
    case Format::kDot:
      return list_dot(text);
    default:
      return list_edges(text);
  }
}

/// Weights that are none go: all 1, unwanted, or some not more than 0 (Error{kInput} where they are needed).
void settle_weights(Weights wanted, const std::string& name, Listed& found) {
  std::vector<double>& weights = found.edges.weights;
  if (wanted == Weights::kNone) weights = {};
  bool all_one = true;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (found.edges.from[i] == found.edges.to[i]) continue;  // loops go, whatever they weigh
    all_one = all_one && weights[i] == 1;
    if (weights[i] > 0 && std::isfinite(weights[i])) continue;
    const std::string bad = number(weights[i]);
    if (wanted == Weights::kAll)
      throw Error(ErrorKind::kInput, name + ": edge " + std::to_string(i + 1) +
                                         ": a weight that is none: expected a number above 0, found " + bad);
    found.notes.push_back("weights were left out: expected numbers above 0, found " + bad);
    weights = {};
    return;
  }
  if (all_one) weights = {};
}

/// Names of files that are no UTF-8 are taken for Latin-1, all of them: no two become one.
void make_utf8(Listed& found) {
  if (std::all_of(found.names.begin(), found.names.end(), csv::is_utf8)) return;
  for (std::string& name : found.names) {
    std::string text;
    for (const char c : name) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80)
        text += c;
      else
        text += {char(0xc0 | byte >> 6), char(0x80 | (byte & 0x3f))};
    }
    name = std::move(text);
  }
  found.notes.push_back("names are no UTF-8: read as Latin-1");
}

std::uint64_t bytes_of(const std::vector<std::string>& names) {
  std::uint64_t bytes = 0;
  for (const std::string& name : names) bytes += sizeof name + heap_bytes(name.size());
  return bytes;
}

/// What is no text is refused before its bytes are taken for names.
void check_text(Format format, const Text& text) {
  if (format == Format::kGraphMl) return;  // of any encoding: the parser sees to it
  if (is_utf16(text.all))
    text.wrong(std::string("UTF-16: expected UTF-8, found a mark of UTF-16"),
               "iconv -f UTF-16 -t UTF-8 FILE makes it so");
  if (const void* zero = std::memchr(text.all.data(), 0, text.all.size()); zero != nullptr)
    text.wrong(static_cast<const char*>(zero), "no text: expected a graph, found a byte of 0",
               "files of UTF-16 are read after iconv -f UTF-16 -t UTF-8 FILE");
}

i64 lines_of(std::string_view text, int threads) {
  constexpr std::size_t kPiece = 1 << 20;
  std::atomic<i64> lines{text.ends_with('\n') ? 0 : 1};
  in_parallel(std::size_t(threads), (text.size() + kPiece - 1) / kPiece, [&](std::size_t k) {
    const std::string_view piece = text.substr(k * kPiece, kPiece);
    lines += std::count(piece.begin(), piece.end(), '\n');
  });
  return lines;
}

std::string counted(i64 n, const char* one, const char* many) {
  return std::to_string(n) + (n == 1 ? one : many);
}

void note_dropped(const Dropped& dropped, bool both_directions, Read& to) {
  to.loops = dropped.loops, to.duplicates = dropped.duplicates;
  if (dropped.loops > 0) to.notes.push_back(counted(dropped.loops, " loop was", " loops were") + " left out");
  const i64 expected = both_directions ? (to.listed - dropped.loops) / 2 : 0;
  if (dropped.duplicates > 0 && dropped.duplicates != expected)
    to.notes.push_back(counted(dropped.duplicates, " edge was", " edges were") + " listed again: merged");
  if (to.directed) to.notes.push_back("edges have directions: left out");
}

}  // namespace

const char* name_of(Format format) {
  switch (format) {
    case Format::kMatrixMarket:
      return "Matrix Market";
    case Format::kGml:
      return "GML";
    case Format::kGraphMl:
      return "GraphML";
    case Format::kMetis:
      return "METIS";
    case Format::kDot:
      return "DOT";
    case Format::kEdges:
      return "edge list";
    case Format::kAuto:
      break;
  }
  return "auto";
}

Read parse_graph(std::string_view all, const std::string& name, const ReadOptions& options) {
  if (all.starts_with("\xef\xbb\xbf")) all.remove_prefix(3);
  Text text{all, name, options.threads > 0 ? options.threads : available_cores(),
            options.memory > 0 ? options.memory : available_memory() / 2, options.weights != Weights::kNone};
  if (from_first(all).empty()) text.wrong("empty: expected a graph, found nothing");
  Read result;
  result.format = options.format == Format::kAuto ? format_of(all, name) : options.format;
  result.lines = text.lines = lines_of(all, text.threads);
  check_text(result.format, text);
  Listed found = list(result.format, text);
  make_utf8(found);
  result.listed = found.listed;
  result.directed = found.directed;
  settle_weights(options.weights, name, found);
  text.check_room(found.vertices, found.listed, !found.edges.weights.empty(), bytes_of(found.names));
  result.notes = std::move(found.notes);
  Dropped dropped;
  result.graph = make_graph(found.vertices, std::move(found.edges), &dropped, text.threads);
  if (result.format == Format::kMetis && 2 * dropped.duplicates < found.listed - dropped.loops)
    text.wrong("an edge at one end only: expected " + std::to_string((found.listed - dropped.loops) / 2) +
               " edges, each at both ends, found " + std::to_string(result.graph.edges()) +
               " different ones");
  // Of edges that were listed with several weights, those that count may be 1.
  std::vector<double>& weights = result.graph.weights;
  if (std::all_of(weights.begin(), weights.end(), [](double w) { return w == 1; })) weights = {};
  result.graph.names = std::move(found.names);
  result.graph.first_id = found.first_id;
  note_dropped(dropped, found.both_directions, result);
  return result;
}

Read read_graph(const std::string& path, const ReadOptions& options) {
  ReadOptions resolved = options;
  if (resolved.memory == 0) resolved.memory = available_memory() / 2;
  const Loaded file(path, resolved.memory);
  Read result;
  try {
    result = parse_graph(file.text(), path, resolved);
  } catch (const Error&) {
    file.check();  // a truncated file has zeros at its end: say that first
    throw;
  }
  file.check();
  return result;
}

}  // namespace sluice::graph
