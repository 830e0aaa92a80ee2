// METIS's .graph (its manual, section 4.1.1): a line of counts, then a line a vertex with its neighbours,
// each edge at both ends. An empty line is a vertex without edges. Blocks of lines are read in parallel;
// which vertex a block begins with is known when the lines before it are counted.
#include <fast_float/fast_float.h>

#include <algorithm>
#include <charconv>

#include "host/graph/formats/listed.h"
#include "host/graph/formats/number_lines.h"
#include "host/parallel.h"

namespace sluice::graph {
namespace {

using i64 = std::int64_t;

struct Header {
  i64 vertices = 0, edges = 0;
  i64 skipped = 0;  // numbers before a vertex's neighbours: its size and weights
  bool weighted = false;
};

const char* skip_blanks(const char* p, const char* end) {
  while (p < end && (*p == ' ' || *p == '\t' || *p == '\r')) ++p;
  return p;
}

Header read_header(const Text& text, const char* at, const char* end) {
  const char *p = at, *const last = line_end(at, end);
  i64 numbers[4] = {0, 0, 0, 1};  // vertices, edges, fmt, ncon
  int count = 0;
  for (p = skip_blanks(p, last); p < last && count < 4; p = skip_blanks(p, last)) {
    const auto got = std::from_chars(p, last, numbers[count]);
    if (got.ec != std::errc() || numbers[count] < 0) break;
    p = got.ptr, ++count;
  }
  if (count < 2 || p != last)
    text.wrong(at, "no METIS graph: expected vertices, edges and perhaps a format, found " +
                       quoted({at, std::size_t(last - at)}));
  const i64 format = numbers[2];
  if (format % 10 > 1 || format / 10 % 10 > 1 || format / 100 > 1)
    text.wrong(at, "an unknown format: expected three digits of 0 and 1, found " + std::to_string(format));
  if (numbers[3] > 1000) text.wrong(at, "too many weights of a vertex: expected at most 1000");
  Header h{numbers[0], numbers[1], 0, format % 10 == 1};
  if (format / 100 == 1) h.skipped = 1;
  if (format / 10 % 10 == 1) h.skipped += numbers[3];
  return h;
}

struct Block {
  EdgeList edges;  // from: the line within the block
  i64 lines = 0;
  const char* wrong_at = nullptr;
  std::string wrong;
};

void read_line(const char* line, const char* last, const Header& header, Block& block) {
  const char* p = skip_blanks(line, last);
  const auto refuse = [&](const std::string& what) {
    block.wrong_at = line;
    block.wrong = what + ", found " + found_at(p, last);
  };
  const auto number = [&](double& to) {
    const auto got = fast_float::from_chars(p, last, to);
    if (got.ec != std::errc()) return false;
    p = skip_blanks(got.ptr, last);
    return true;
  };
  double weight = 1;
  for (i64 i = 0; i < header.skipped; ++i)
    if (!number(weight)) return refuse("a vertex's weight is missing: expected a number");
  while (p < last) {
    i64 id = 0;
    const auto got = std::from_chars(p, last, id);
    if (got.ec != std::errc() ||
        (got.ptr < last && *got.ptr != ' ' && *got.ptr != '\t' && *got.ptr != '\r') || id < 1 ||
        id > header.vertices)
      return refuse("no neighbour: expected a number from 1 to " + std::to_string(header.vertices));
    p = skip_blanks(got.ptr, last);
    block.edges.add(Vertex(block.lines), Vertex(id - 1));
    if (!header.weighted) continue;
    if (!number(weight)) return refuse("an edge's weight is missing: expected a number");
    block.edges.weights.push_back(weight);
  }
}

void read_block(std::string_view text, const Header& header, Block& block) {
  const char *p = text.data(), *const end = p + text.size();
  while (p < end && block.wrong_at == nullptr) {
    const char* const last = line_end(p, end);
    if (*p != '%') {
      read_line(p, last, header, block);
      ++block.lines;
    }
    p = last == end ? end : last + 1;
  }
}

/// Lines beyond the vertices may be there where they are empty.
void check(const Text& text, const std::vector<Block>& blocks, const Header& header, const Listed& found,
           i64 lines) {
  for (const Block& b : blocks)
    if (b.wrong_at != nullptr) text.wrong(b.wrong_at, b.wrong);
  if (lines < header.vertices) {
    // The last vertices may be isolated and their empty lines lost by an editor.
    if (found.listed < 2 * header.edges)
      text.wrong("truncated: expected a line for each of " + std::to_string(header.vertices) +
                 " vertices, found " + std::to_string(lines));
  }
  if (!found.edges.from.empty() && found.edges.from.back() >= header.vertices)
    text.wrong("too many lines: expected " + std::to_string(header.vertices) + " vertices, found edges of " +
               std::to_string(found.edges.from.back() + 1));
  if (found.listed != 2 * header.edges)
    text.wrong("other edges than its first line says: expected " + std::to_string(header.edges) +
               ", each at both ends, found " + std::to_string(found.listed) + " neighbours");
}

}  // namespace

Listed list_metis(const Text& text) {
  const char *const begin = text.all.data(), *const end = begin + text.all.size();
  const char* at = begin;
  const auto skipped = [&](const char* p) {
    const char* const q = skip_blanks(p, end);
    return *p == '%' || (q < end && *q == '\n');
  };
  while (at < end && skipped(at)) at = std::min(end, line_end(at, end) + 1);
  if (skip_blanks(at, end) == end) text.wrong("empty: expected a METIS graph, found nothing");
  const Header header = read_header(text, at, end);
  // A neighbour takes two bytes of the text at least, whatever the header says.
  text.check_room(header.vertices, std::min(header.edges, i64(text.all.size() / 4)) * 2, header.weighted);
  const char* const rest = std::min(end, line_end(at, end) + 1);
  const auto pieces = cut_lines({rest, std::size_t(end - rest)}, 1 << 20);
  std::vector<Block> blocks(pieces.size());
  in_parallel(std::size_t(text.threads), pieces.size(),
              [&](std::size_t k) { read_block(pieces[k], header, blocks[k]); });
  Listed found;
  i64 lines = 0;
  for (const Block& b : blocks) {
    for (std::size_t i = 0; i < b.edges.size(); ++i)
      found.edges.add(Vertex(lines + b.edges.from[i]), b.edges.to[i]);
    found.edges.weights.insert(found.edges.weights.end(), b.edges.weights.begin(), b.edges.weights.end());
    lines += b.lines;
    if (lines > 0x7fffffff) text.wrong("too many lines: expected at most 2147483647");
  }
  found.vertices = header.vertices, found.first_id = 1;
  found.listed = i64(found.edges.size());
  found.both_directions = true;
  check(text, blocks, header, found, lines);
  return found;
}

}  // namespace sluice::graph
