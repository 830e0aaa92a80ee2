// Matrix Market's coordinate form (math.nist.gov/MatrixMarket/formats.html): a square matrix whose entries
// are edges, the diagonal's are loops.
#include <algorithm>
#include <cctype>
#include <charconv>
#include <sstream>

#include "host/graph/formats/listed.h"
#include "host/graph/formats/number_lines.h"

namespace sluice::graph {
namespace {

using i64 = std::int64_t;

struct Banner {
  bool pattern = false, general = false;
};

Banner read_banner(const Text& text, std::string_view line) {
  std::string word, object, form, field, symmetry, lower(line);
  for (char& c : lower) c = char(std::tolower(static_cast<unsigned char>(c)));
  std::istringstream words(lower);
  words >> word >> object >> form >> field >> symmetry;
  const char* const at = line.data();
  if (word != "%%matrixmarket" || object != "matrix")
    text.wrong(at, "no Matrix Market file: expected '%%MatrixMarket matrix ...', found " + quoted(line));
  if (form != "coordinate")
    text.wrong(at, "a dense matrix: expected the form 'coordinate', found " + quoted(form));
  if (field != "pattern" && field != "real" && field != "integer" && field != "double")
    text.wrong(at, "entries that are no weights: expected pattern, real or integer, found " + quoted(field));
  if (symmetry != "general" && symmetry != "symmetric" && symmetry != "skew-symmetric")
    text.wrong(at, "an unknown symmetry: expected general or symmetric, found " + quoted(symmetry));
  return {field == "pattern", symmetry == "general"};
}

struct Sizes {
  i64 rows = 0, columns = 0, entries = 0;
};

Sizes read_sizes(const Text& text, const char* at, const char* end) {
  Sizes s;
  const char *p = at, *const last = line_end(at, end);
  for (i64* number : {&s.rows, &s.columns, &s.entries}) {
    while (p < last && (*p == ' ' || *p == '\t')) ++p;
    const auto got = std::from_chars(p, last, *number);
    if (got.ec != std::errc() || *number < 0)
      text.wrong(at, "no sizes: expected rows, columns and entries, found " + found_at(p, last));
    p = got.ptr;
  }
  if (s.rows != s.columns)
    text.wrong(at, "no graph: expected as many rows as columns, found " + std::to_string(s.rows) + " x " +
                       std::to_string(s.columns));
  return s;
}

void check_entries(const Text& text, std::string_view body, const NumberLines& lines, const Sizes& sizes,
                   bool pattern) {
  const char* const expected = pattern ? "expected row and column" : "expected row, column and value";
  if (lines.stopped != nullptr)
    text.wrong(lines.stopped,
               std::string("no entry: ") + expected + ", found " +
                   quoted({lines.stopped,
                           std::size_t(line_end(lines.stopped, body.data() + body.size()) - lines.stopped)}));
  const i64 listed = i64(lines.edges.size());
  if (!pattern && lines.with_weight < listed)
    text.wrong("entries without a value: expected " + std::to_string(listed) + " values, found " +
               std::to_string(lines.with_weight));
  for (i64 i = 0; i < listed; ++i) {
    const Vertex a = lines.edges.from[std::size_t(i)], b = lines.edges.to[std::size_t(i)];
    if (a >= 1 && b >= 1 && a <= sizes.rows && b <= sizes.rows) continue;
    text.wrong(place_of_line(body, i), "no such entry: expected numbers from 1 to " +
                                           std::to_string(sizes.rows) + ", found " + std::to_string(a) + " " +
                                           std::to_string(b));
  }
  if (listed > sizes.entries)
    text.wrong(
        place_of_line(body, sizes.entries),
        "too many entries: expected " + std::to_string(sizes.entries) + ", found " + std::to_string(listed));
  if (listed < sizes.entries)
    text.wrong("truncated: expected " + std::to_string(sizes.entries) + " entries, found " +
               std::to_string(listed));
}

}  // namespace

Listed list_matrix_market(const Text& text) {
  const char *const begin = text.all.data(), *const end = begin + text.all.size();
  const Banner banner = read_banner(text, {begin, std::size_t(line_end(begin, end) - begin)});
  const char* const at = first_line(text.all);
  if (at == end) text.wrong("truncated: expected rows, columns and entries, found the end of the file");
  const Sizes sizes = read_sizes(text, at, end);
  const char* const rest = std::min(end, line_end(at, end) + 1);
  const std::string_view body(rest, std::size_t(end - rest));
  text.check_room(sizes.rows, std::min(sizes.entries, text.lines), !banner.pattern);
  NumberLines lines = read_number_lines(body, text.threads);
  check_entries(text, body, lines, sizes, banner.pattern);
  Listed found;
  found.vertices = sizes.rows, found.first_id = 1;
  found.both_directions = banner.general;
  found.edges = std::move(lines.edges);
  if (banner.pattern) found.edges.weights.clear();
  for (std::vector<Vertex>* ends : {&found.edges.from, &found.edges.to})
    for (Vertex& v : *ends) --v;
  found.listed = i64(found.edges.size());
  return found;
}

}  // namespace sluice::graph
