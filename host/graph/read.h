// Graphs from files: edge lists, Matrix Market, GML, GraphML, METIS, DOT; also gzip and zstd ones. The kind
// is found by the name and by what stands in the file. The graph is undirected: directions are dropped, loops
// go, edges that come again count once (make.h), and what was dropped is told.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::graph {

enum class Format { kAuto, kEdges, kMatrixMarket, kGml, kGraphMl, kMetis, kDot };

/// "edge list", "Matrix Market", "GML", "GraphML", "METIS", "DOT".
const char* name_of(Format format);

enum class Weights {
  kAuto,  // taken where there are any and all are more than 0, else left out, which is noted
  kNone,  // left out
  kAll    // taken; one that is not more than 0 is an error
};

struct ReadOptions {
  Format format = Format::kAuto;
  Weights weights = Weights::kAuto;
  int threads = 0;           // 0: all that the process may use
  std::uint64_t memory = 0;  // bytes that the graph and its making may take; 0: half of what is free
};

struct Read {
  Graph graph;
  Format format = Format::kEdges;  // as found
  std::int64_t lines = 0;          // of the file
  std::int64_t listed = 0;         // edges as they stand in the file (METIS: each at both ends)
  std::int64_t loops = 0, duplicates = 0;
  bool directed = false;           // the file says that edges have a direction
  std::vector<std::string> notes;  // sentences for the user: loops, duplicates, directions, weights left out
};

/// Edge lists: two ids a line, and perhaps a weight, between white space, commas or semicolons; `#`, `%` and
/// `//` begin comments. The first line holds counts, of vertices and edges, where its second number is that
/// of the lines that follow and as many vertices suffice. Whole numbers as ids: a gapless range is numbered
/// from its least (Graph::first_id), others become 0, 1, ... in ascending order and keep their numbers as
/// names. Other ids are numbered as they first appear. A name by which a user calls vertices: Graph::name().
/// Error{kInput}: "FILE: line 12: ...: expected ..., found ..."; {kMemory} where the graph does not fit.
Read read_graph(const std::string& path, const ReadOptions& options = {});

/// The same of a text that is there already. `name` stands in messages, and its ending says the kind.
Read parse_graph(std::string_view text, const std::string& name, const ReadOptions& options = {});

}  // namespace sluice::graph
