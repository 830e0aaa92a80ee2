// Edge lists whose ids are not all small whole numbers: words, quoted texts, large or negative numbers, a row
// of column names. Slower than number_lines.h, and takes whatever names two vertices.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "host/graph/formats/listed.h"

namespace sluice::graph {

/// The columns that an edge's parts stand in.
struct EdgeColumns {
  std::size_t from = 0, to = 1;
  std::optional<std::size_t> weight = 2;
  bool named = false;  // the first line names them
};

/// From the words of a list's first line, where it names columns: source and target, from and to, ...
std::optional<EdgeColumns> columns_named(const std::vector<std::string_view>& words);

/// A word that may name a column, where all ids are numbers: it begins with a letter or '_'.
bool names_column(std::string_view word);
inline constexpr const char* kNamesOfColumns =
    "the first line was taken as names of columns: it alone has no numbers";

/// The fields of a line, as the list's separator ('\0': white space) cuts them. Quotes stay.
void split_fields(std::string_view line, char separator, std::vector<std::string_view>& fields);
/// Tab, comma or semicolon where the line has one outside quotes, else white space.
char separator_of(std::string_view line);

Listed list_edge_words(const Text& text, const char* from, const EdgeColumns& columns);

/// Ids that are whole numbers as vertices: the same where they have no gaps (first_id the least), else
/// numbered in ascending order with the ids as names. `count`: vertices that the file says there are, -1:
/// it does not say.
void number_vertices(std::vector<std::int64_t> ids, std::int64_t count, Listed& to);

}  // namespace sluice::graph
