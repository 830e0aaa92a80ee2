// Positions as numbers: a matrix (.npy) and a table (.csv).
#pragma once
#include <string>

#include "host/formats/output.h"
#include "host/graph/graph.h"

namespace sluice::layout {

/// n x d float64, rows in the order of the vertices, with provenance beside it. Returns the file's bytes.
std::uint64_t write_npy(const graph::Positions& positions, const std::string& path,
                        const Provenance& provenance);
/// id, x, y, ... (graph::coordinate_names), degree; a line a vertex.
std::uint64_t write_csv(const graph::Graph& graph, const graph::Positions& positions, const std::string& path,
                        const Provenance& provenance);

}  // namespace sluice::layout
