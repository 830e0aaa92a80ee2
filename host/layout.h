// Coordinates for the vertices of a graph by gradient descent, file to files. The operation is in
// host/layout/: base.h and stress.h (what is made small), start.h and pivot_mds.h (where it begins),
// descent.h (what objectives share), pack.h (components apart), drawing.h and below (pictures), progression.h
// (resuming).
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "host/graph/measures.h"
#include "host/graph/read.h"
#include "host/layout/base.h"
#include "host/layout/drawing.h"
#include "host/layout/stress.h"
#include "host/run.h"

namespace sluice {

enum class Objective { kBase, kStress };

struct LayoutOptions {
  std::string graph;  // a file (host/graph/read.h)
  graph::ReadOptions read;
  Objective objective = Objective::kBase;
  layout::BaseOptions base;
  layout::StressOptions stress;
  std::optional<int> dimensions;  // default: those of a start in a file, else 2
  std::string start;              // "random", "pivot-mds" or a file; empty: random, of stress pivot-mds
  std::string pins;               // a file of lines "id" or "id x y ..."; empty: none
  std::optional<std::int64_t> iterations;  // default: 10,000, of stress 60
  double tolerance = 0;                    // end where no vertex moves by more in an iteration
  int restarts = 1;                        // descents from different seeds; the best is kept
  std::uint64_t seed = 1;

  std::vector<std::string> outputs;  // by their endings: see layout_endings()
  std::vector<std::string> losses;   // the curve: .csv, or a picture
  std::string sheet;                 // all restarts side by side: a picture, or .gif
  int frames = 60;                   // of a .gif
  layout::ColorBy color_by = layout::ColorBy::kAuto;
  layout::Labels labels = layout::Labels::kAuto;
  int width = 1200, height = 1000;      // of pictures; a .gif is half as wide and high
  bool measure = true;                  // the quality of the layout, in the summary
  std::function<void(double)> on_loss;  // told of the loss on the way, some times a second; or none
};

/// What will be done, from arithmetic alone but for the rate, which is measured.
struct LayoutPlan {
  std::string format;  // of the graph
  std::int64_t vertices = 0, edges = 0, components = 0, isolated = 0, pinned = 0;
  std::int64_t loops = 0, duplicates = 0;  // of the file, left out
  bool weighted = false, directed = false;
  int dimensions = 2, restarts = 1;
  std::string start;  // "random", "pivot-mds" or the file
  std::int64_t iterations = 0;
  double pairs = 0;              // that an iteration looks at
  std::string pairs_text;        // how they are chosen
  std::uint64_t memory = 0;      // bytes: graph, positions, frames, and what the objective takes
  double estimated_seconds = 0;  // of the descents
  std::string device;
  std::vector<std::string> notes;
};

struct LayoutRestart {
  std::uint64_t seed = 0;
  layout::Loss loss;
  std::int64_t iterations = 0;
  layout::Ended ended = layout::Ended::kIterations;
  bool apart = true;  // the least distance is kept; true where none was asked for
};

struct LayoutOutput {
  std::string path, format, open;  // open: a line of Python, or what to do
  std::uint64_t bytes = 0;
};

struct LayoutResult {
  LayoutPlan plan;  // its memory and time are not estimated
  RunSummary run;
  std::vector<LayoutRestart> restarts;
  std::size_t best = 0;  // of the restarts: the least loss, of those that keep a least distance if any does
  graph::Positions positions;
  std::optional<graph::Measures> measures;
  std::vector<LayoutOutput> outputs;
  std::vector<std::string> notes;  // what a reader of the pictures should know
  bool complete = false;           // --resume found all outputs there
};

/// ".npy", ".csv", ... of outputs, for help and messages.
std::vector<std::string> layout_endings();

/// The plan alone: reads graph, pins and start. Errors as layout_graph().
LayoutPlan plan_layout(const LayoutOptions&, const RunOptions&);

/// Lays the graph out and writes every output. With no output the positions come back alone. After
/// `run.stop` the layout so far is in the outputs, the observer is told, and --resume goes on to the bytes of
/// an unbroken run. Error kinds: kUsage, kInput, kOutput, kMemory, kDevice, kInterrupted.
LayoutResult layout_graph(const LayoutOptions&, const RunOptions&);

}  // namespace sluice
