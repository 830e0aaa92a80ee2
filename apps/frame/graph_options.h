// The options of every command that reads a graph.
#pragma once
#include "apps/frame/common_options.h"
#include "host/graph/read.h"

namespace sluice::frame {

/// --format --weights.
Options graph_options(graph::ReadOptions& read);

/// "34 vertices, 78 edges (edge list)".
std::string graph_text(const graph::Read& read);

}  // namespace sluice::frame
