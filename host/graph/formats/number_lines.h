// Lines of two whole numbers and perhaps a weight, read in parallel: what edge lists and sparse matrices are
// made of. Anything else in a line stops its block, and the caller decides what that means.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "host/graph/graph.h"
#include "host/graph/make.h"

namespace sluice::graph {

struct NumberLines {
  EdgeList edges;                 // a line each; weights where any line has one, 1 where it has none
  std::int64_t with_weight = 0;   // lines that have one
  std::int64_t with_more = 0;     // lines with fields behind the weight, which are left out
  bool first_has_weight = false;  // the first line has one
  const char* stopped = nullptr;  // the line that is something else; edges are then worth nothing
};

/// `text` begins and ends with whole lines. Between fields stand spaces and tabs with at most one comma or
/// semicolon; lines that begin with # % // are comments; blank ones do not count. Numbers reach 2^31 - 2.
NumberLines read_number_lines(std::string_view text, int threads);

/// Where the line of edges[index] begins.
const char* place_of_line(std::string_view text, std::int64_t index);

/// Behind the blank lines and comments that `text` begins with.
const char* first_line(std::string_view text);
/// The end of the line at `at`: its '\n', or the text's end.
const char* line_end(const char* at, const char* end);

/// Cuts a text behind line ends into pieces of about `bytes`.
std::vector<std::string_view> cut_lines(std::string_view text, std::size_t bytes);

}  // namespace sluice::graph
