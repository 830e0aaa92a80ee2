// Graphs of known kinds, of any size, the same on every machine and at any number of threads; kinds that lie
// in the plane also give their vertices' coordinates.
#pragma once
#include <cstdint>
#include <string>

#include "host/graph/graph.h"
#include "host/run.h"

namespace sluice {

struct GenerateGraphOptions {
  enum class Kind { kGrid, kTree, kRgg, kBarabasiAlbert, kDelaunay, kComplete, kPath, kStar };
  Kind kind = Kind::kGrid;
  std::int64_t vertices = -1;
  std::uint64_t seed = 0;
  std::int64_t attach = 3;    // barabasi-albert: edges that each new vertex brings
  std::int64_t children = 0;  // tree: of each vertex but the leaves; 0: a random recursive tree
  double radius = 0;          // rgg: vertices of the unit square are joined up to it; 0: 0.55 sqrt(ln n / n)
  std::string output;         // by its ending (graph/write.h)
  std::string positions;      // .npy of the coordinates; empty: none
};

/// "grid", "tree", "rgg", "barabasi-albert", "delaunay", "complete", "path", "star". Error{kUsage}.
GenerateGraphOptions::Kind parse_graph_kind(const std::string& text);
const char* name_of(GenerateGraphOptions::Kind kind);

struct MadeGraph {
  graph::Graph graph;
  graph::Positions positions;  // empty where the kind has none
};

/// Error{kUsage}: no vertices, more than 2^31 - 1, an option that the kind does not have or that makes no
/// sense; {kMemory} where its edges do not fit.
MadeGraph make_graph_of(const GenerateGraphOptions& options, const RunOptions& run);

struct GenerateGraphSummary {
  RunSummary run;
  std::int64_t vertices = 0, edges = 0;
  std::uint64_t bytes = 0;  // of the graph's file
};

/// Makes and writes it. Error{kOutput}: an output exists and run.force is not set.
GenerateGraphSummary generate_graph(const GenerateGraphOptions& options, const RunOptions& run);

}  // namespace sluice
