// Edge lists. Small whole numbers take the parallel way; what that way does not understand goes the other.
#include <algorithm>
#include <bit>

#include "host/graph/formats/edge_words.h"
#include "host/graph/formats/number_lines.h"

namespace sluice::graph {
namespace {

using i64 = std::int64_t;

/// How far ids reach, and which there are.
struct Extent {
  Vertex least = 0, most = -1;
  /// A bit an id from `least` on; empty where that would be mostly zeros.
  std::vector<std::uint64_t> seen = {};
  std::int64_t range() const { return i64(most) - i64(least) + 1; }
};

/// Of the edges from `first` on; `seen` is left empty.
Extent range_of(const EdgeList& edges, std::size_t first) {
  Extent e;
  if (first == edges.size()) return e;
  e.least = 0x7fffffff;
  for (const std::vector<Vertex>* ends : {&edges.from, &edges.to})
    for (std::size_t i = first; i < ends->size(); ++i)
      e.least = std::min(e.least, (*ends)[i]), e.most = std::max(e.most, (*ends)[i]);
  return e;
}

void mark_seen(const EdgeList& edges, Extent& e) {
  const std::size_t words = std::size_t(e.range()) / 64 + 1;
  if (words > 4 * edges.size() + 1024) return;
  e.seen.assign(words, 0);
  for (const std::vector<Vertex>* ends : {&edges.from, &edges.to})
    for (const Vertex v : *ends) {
      const std::size_t at = std::size_t(v - e.least);
      e.seen[at / 64] |= std::uint64_t(1) << at % 64;
    }
}

std::vector<i64> sorted_ids(const EdgeList& edges, std::size_t first) {
  std::vector<i64> ids;
  for (const std::vector<Vertex>* ends : {&edges.from, &edges.to})
    ids.insert(ids.end(), ends->begin() + i64(first), ends->end());
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

std::vector<i64> ids_of(const Extent& e) {
  std::vector<i64> ids;
  for (std::size_t word = 0; word < e.seen.size(); ++word)
    for (std::uint64_t bits = e.seen[word]; bits != 0; bits &= bits - 1)
      ids.push_back(e.least + i64(word * 64) + std::countr_zero(bits));
  return ids;
}

/// Vertices in place of ids, which `seen` holds or, where that is empty, `ids` in ascending order.
void replace_ids(const Extent& e, const std::vector<i64>& ids, EdgeList& edges) {
  if (e.range() == i64(ids.size())) {  // no gaps
    for (std::vector<Vertex>* ends : {&edges.from, &edges.to})
      for (Vertex& v : *ends) v -= e.least;
    return;
  }
  std::vector<Vertex> before;  // ids seen before each word of 64
  Vertex count = 0;
  for (const std::uint64_t bits : e.seen) before.push_back(count), count += Vertex(std::popcount(bits));
  for (std::vector<Vertex>* ends : {&edges.from, &edges.to})
    for (Vertex& v : *ends) {
      const std::size_t at = std::size_t(v - e.least);
      v = e.seen.empty() ? Vertex(std::lower_bound(ids.begin(), ids.end(), i64(v)) - ids.begin())
                         : before[at / 64] +
                               Vertex(std::popcount(e.seen[at / 64] & ((std::uint64_t(1) << at % 64) - 1)));
    }
}

/// Where the first of `count` vertices is counted from: from 0, unless the ids need another one at their end;
/// -1 where they reach further.
i64 first_of(const Extent& e, i64 count) {
  if (e.most < count) return 0;
  return e.least >= 1 && e.most == count ? 1 : -1;
}

/// The first line holds counts: its second number is that of the lines that follow, and as many vertices as
/// its first suffice. `rest`: the ids of those lines.
bool has_counts(const NumberLines& lines, const Extent& rest) {
  const EdgeList& e = lines.edges;
  return rest.range() <= e.from[0] || i64(sorted_ids(e, 1).size()) <= e.from[0];
}

/// The vertices that the first line says there are, and takes it away; -1 where it is an edge.
i64 take_counts(NumberLines& lines) {
  EdgeList& e = lines.edges;
  if (e.size() == 0 || lines.first_has_weight || e.to[0] != i64(e.size()) - 1) return -1;
  if (!has_counts(lines, range_of(e, 1))) return -1;
  const i64 count = e.from[0];
  e.from.erase(e.from.begin()), e.to.erase(e.to.begin());
  if (!e.weights.empty()) e.weights.erase(e.weights.begin());
  return count;
}

Listed list_numbers(const Text& text, NumberLines lines, bool may_have_counts) {
  Listed found;
  const i64 count = may_have_counts ? take_counts(lines) : -1;
  Extent seen = range_of(lines.edges, 0);
  found.listed = i64(lines.edges.size());
  const i64 first = count >= 0 ? first_of(seen, count) : -1;
  if (first >= 0) {
    found.vertices = count, found.first_id = first;
    text.check_room(found.vertices, found.listed, lines.with_weight > 0);
    for (std::vector<Vertex>* ends : {&lines.edges.from, &lines.edges.to})
      for (Vertex& v : *ends) v -= Vertex(first);
  } else {
    if (lines.edges.size() > 0) mark_seen(lines.edges, seen);
    std::vector<i64> ids = seen.seen.empty() ? sorted_ids(lines.edges, 0) : ids_of(seen);
    const bool gaps = !ids.empty() && ids.back() - ids.front() + 1 > i64(ids.size());  // ids become names
    text.check_room(i64(ids.size()), found.listed, lines.with_weight > 0,
                    gaps ? ids.size() * (sizeof(std::string) + 8) : 0);
    replace_ids(seen, ids, lines.edges);
    number_vertices(std::move(ids), count, found);
  }
  if (lines.with_more > 0)
    found.notes.push_back("columns behind the weight were left out (" + std::to_string(lines.with_more) +
                          " lines have some)");
  found.edges = std::move(lines.edges);
  return found;
}

}  // namespace

void number_vertices(std::vector<i64> ids, i64 count, Listed& to) {
  to.vertices = i64(ids.size());
  to.first_id = ids.empty() ? 0 : ids.front();
  if (count > to.vertices)
    to.notes.push_back("the first line says " + std::to_string(count) + " vertices: those " +
                       std::to_string(count - to.vertices) +
                       " without an edge have no ids and were left out");
  if (ids.empty() || ids.back() - ids.front() + 1 == i64(ids.size())) return;
  to.first_id = 0;
  to.names.reserve(ids.size());
  for (const i64 id : ids) to.names.push_back(std::to_string(id));
}

Listed list_edges(const Text& text) {
  const char* const end = text.all.data() + text.all.size();
  const char* from = first_line(text.all);
  if (from == end) text.wrong("empty: expected edges, found none");
  text.check_bytes(std::uint64_t(text.lines) * 16, "a list of " + std::to_string(text.lines) + " lines");
  NumberLines lines = read_number_lines(text.all, text.threads);
  if (lines.stopped == nullptr) return list_numbers(text, std::move(lines), true);
  EdgeColumns columns;
  if (std::string_view line(from, std::size_t(line_end(from, end) - from)); lines.stopped == from) {
    std::vector<std::string_view> words;
    split_fields(line, separator_of(line), words);
    if (const auto named = columns_named(words)) {
      columns = *named;
      from = std::min(end, line.data() + line.size() + 1);
      // Names over plain numbers.
      const bool plain = columns.from == 0 && columns.to == 1 && columns.weight.value_or(2) == 2 &&
                         (columns.weight || words.size() == 2);
      if (plain && first_line({from, std::size_t(end - from)}) != end) {
        lines = read_number_lines({from, std::size_t(end - from)}, text.threads);
        if (lines.stopped == nullptr) return list_numbers(text, std::move(lines), false);
      }
    } else if (const char* const next = std::min(end, line.data() + line.size() + 1);
               words.size() >= 2 && names_column(words[0]) && names_column(words[1]) &&
               first_line({next, std::size_t(end - next)}) != end) {
      lines = read_number_lines({next, std::size_t(end - next)}, text.threads);
      if (lines.stopped == nullptr) {
        Listed found = list_numbers(text, std::move(lines), false);
        found.notes.push_back(kNamesOfColumns);
        return found;
      }
    }
  }
  return list_edge_words(text, from, columns);
}

}  // namespace sluice::graph
