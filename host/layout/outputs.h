// The files of a layout: what each is by its ending, whether all can be written, and their writing.
#pragma once
#include <string>
#include <vector>

#include "host/formats/output.h"
#include "host/layout.h"
#include "host/layout/progression.h"

namespace sluice::layout {

enum class OutputKind { kNpy, kCsv, kGraph, kPicture, kAnimation, kPage };

/// Error{kUsage} where the ending says nothing.
OutputKind kind_of(const std::string& path);

/// Every file of the options, checked before anything is computed: endings, names given twice or of inputs,
/// folders that are not there, extents of pictures. Error{kUsage, kOutput}.
std::vector<std::string> check_outputs(const LayoutOptions& options);
bool wants_frames(const LayoutOptions& options);

/// What the writing needs besides the options.
struct Written {
  const graph::Graph* graph = nullptr;
  const std::vector<graph::Vertex>* component = nullptr;
  const Progression* progression = nullptr;  // restarts, with what sheet and animation show
  std::size_t best = 0;                      // of them: its frames are those of the animation
  const graph::Positions* positions = nullptr;
  std::string title, caption, description;  // of pictures
  std::string loss;                         // what the objective calls its loss
  std::string passing;                      // and that on the way, which may be summed while vertices move
  Provenance provenance;
};

/// Writes every output, each under its name once it is whole. Error{kOutput}; {kInterrupted} in an animation.
std::vector<LayoutOutput> write_outputs(const LayoutOptions& options, const Written& what,
                                        const RunOptions& run);

}  // namespace sluice::layout
