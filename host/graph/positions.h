// Coordinates of vertices from files: a matrix (.npy, HDF5) with a row a vertex, or a table with columns of
// coordinates.
#pragma once
#include <string>

#include "host/formats/output.h"
#include "host/graph/graph.h"
#include "host/run.h"

namespace sluice::graph {

/// `path`: a matrix of n rows and d columns of any number type, rows in the order of the vertices; or a table
/// (.csv, .tsv) with columns x, y, z or x0, x1, ... (else all numeric ones but id and degree), whose rows are
/// matched by a column `id` where there is one. Error{kInput}: another number of rows than vertices, an
/// unknown or repeated id, a value that is missing or not finite (its row is named).
Positions read_positions(const std::string& path, const Graph& graph, const RunOptions& run);

/// The names of columns of coordinates: x, y, z up to three dimensions, else x0, x1, ...
std::vector<std::string> coordinate_names(int dimensions);

/// A .npy of n rows and d columns of float64, its provenance beside it; under its name once it is whole.
void write_positions(const Positions& positions, const std::string& path, const Provenance& provenance);

}  // namespace sluice::graph
