// Graphs to files, by the ending of their names: .mtx, .graph (METIS), .graphml, .gml, .csv and .tsv, and
// edge lists (.txt, .edges, .el). What is written reads back as the same graph.
#pragma once
#include <string>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::graph {

/// A number for each vertex, by name: x, y, degree. Into GraphML and GML alone.
struct VertexValues {
  std::string name;
  std::vector<double> values;
};

struct WriteOptions {
  std::vector<VertexValues> values;
  std::string comment;  // one line, where the format has comments
};

/// Whether the ending is one of those above. `graph` alone is none.
bool has_graph_name(const std::string& path);

/// Writes path.partial, syncs and renames; returns the bytes. What exists is replaced. Edge lists, Matrix
/// Market and METIS hold vertices by number (counted from 0, 1 and 1): names are not kept there. Coordinates
/// in GraphML (values x and y) place the vertices in Gephi. Error{kUsage}: an unknown ending; {kOutput}.
std::uint64_t write_graph(const Graph& graph, const std::string& path, const WriteOptions& options = {});

}  // namespace sluice::graph
