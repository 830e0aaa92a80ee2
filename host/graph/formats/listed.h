// What the readers of formats share: the text with the name that messages use, what they find in it, and how
// they complain of a place in it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/graph/make.h"
#include "host/graph/read.h"

namespace sluice::graph {

struct Text {
  std::string_view all;
  std::string name;
  int threads = 1;
  std::uint64_t memory = 0;  // that the graph and its making may take
  bool weights = true;       // they are read; else what stands in their place may be anything
  std::int64_t lines = 0;    // of `all`: no list has more edges

  /// Error{kInput} "NAME: line N: what" for a place in `all`.
  [[noreturn]] void wrong(const char* at, const std::string& what, const std::string& advice = {}) const;
  /// The same of the text as a whole.
  [[noreturn]] void wrong(const std::string& what, const std::string& advice = {}) const;
  /// Error{kMemory} where a graph of that size, listed that often, does not fit. `names`: bytes of those.
  void check_room(std::int64_t vertices, std::int64_t listed, bool weighted = false,
                  std::uint64_t names = 0) const;
  /// The same of what a reader holds until then.
  void check_bytes(std::uint64_t needed, const std::string& what) const;
};

/// A graph as it stands in a file.
struct Listed {
  std::int64_t vertices = 0;
  EdgeList edges;
  std::vector<std::string> names;  // empty: first_id + v
  std::int64_t first_id = 0;
  std::int64_t listed = 0;  // edges.size() where not set otherwise
  bool directed = false;
  bool both_directions = false;  // the format names every edge at both ends: repeats are no news
  std::vector<std::string> notes;
};

/// The advice where a weight is no number.
inline constexpr const char* kWithoutWeights = "--weights none reads the graph without them";

/// Bytes of a text beyond the std::string itself: short ones have none.
inline std::uint64_t heap_bytes(std::size_t characters) {
  return characters > 15 ? characters + 17 : 0;
}

/// What stands at a place, for messages: the word there in quotes, or "the end of the line".
std::string found_at(const char* at, const char* end);
/// A word in quotes, cut where it is long.
std::string quoted(std::string_view word);

Listed list_edges(const Text& text);
Listed list_matrix_market(const Text& text);
Listed list_gml(const Text& text);
Listed list_graphml(const Text& text);
Listed list_metis(const Text& text);
Listed list_dot(const Text& text);

}  // namespace sluice::graph
