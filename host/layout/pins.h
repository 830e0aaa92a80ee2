// Pinned vertices from a file: a line each, "id" (it stays where the start has it) or "id x y ...".
#pragma once
#include <string>
#include <vector>

#include "host/graph/graph.h"

namespace sluice::layout {

struct Pin {
  graph::Vertex vertex = 0;
  std::vector<double> at;  // as many as dimensions, or none
};

/// Fields stand between white space, commas or semicolons; an id with these in it between double quotes; `#`
/// begins a comment. Sorted by vertex. Error{kInput}: "FILE: line 3: ...": an id that no vertex has or that
/// comes twice, another number of coordinates, one that is not a finite number.
std::vector<Pin> read_pins(const std::string& path, const graph::Graph& graph, int dimensions);

/// The pinned vertices go to their places; returns them, ascending.
std::vector<graph::Vertex> apply(const std::vector<Pin>& pins, graph::Positions& start);

}  // namespace sluice::layout
