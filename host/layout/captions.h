// What pictures and provenance say of a layout, in words.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/layout/problem.h"

namespace sluice::layout {

std::string title_of(const Problem& problem);  // "karate.csv: 34 vertices, 78 edges"
/// "base objective, loss 3012 after 10,000 iterations; SE 0.12, NP1 0.4"
std::string caption_of(const Problem& problem, const LayoutRestart& kept,
                       const std::optional<graph::Measures>& measures);
/// For those who cannot see the picture.
std::string description_of(const Problem& problem, const std::string& caption);
/// What a reader of the outputs should know: dimensions that no picture shows.
std::vector<std::string> notes_of(const Problem& problem);

}  // namespace sluice::layout
