// Measures of a layout as text and as JSON: those of `sluice measure`, and of `sluice layout`'s summary.
#pragma once
#include <string>

#include "apps/frame/json.h"
#include "host/graph/measures.h"
#include "host/graph/read.h"

namespace sluice {

/// A line a measure; those without a value say why.
std::string measures_text(const graph::Measures& measures);
/// Each by its name; null where there is none. `sampled` has those that are estimates, and of how many
/// vertices; `missing` the reasons.
frame::Json measures_json(const graph::Measures& measures);
/// path, format, vertices, edges, and what was dropped.
frame::Json graph_json(const std::string& path, const graph::Read& read);

}  // namespace sluice
