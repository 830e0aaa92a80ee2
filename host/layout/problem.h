// What is asked for, resolved: the graph read, defaults filled in, pins and start found. Everything that can
// be wrong with options and inputs is found here, before anything is computed or written.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/graph/components.h"
#include "host/layout.h"
#include "host/layout/pins.h"
#include "host/machine.h"

namespace sluice::layout {

struct Problem {
  LayoutOptions options;
  graph::Read read;
  graph::Components components;
  std::int64_t isolated = 0;
  int dimensions = 2;
  std::int64_t iterations = 0;
  std::string start;                      // "random", "pivot-mds" or the file
  std::optional<graph::Positions> given;  // of a file
  std::vector<Pin> pins;

  const graph::Graph& graph() const { return read.graph; }
  bool stress() const { return options.objective == Objective::kStress; }
  bool packed() const;  // components are set apart at the end
};

/// Error{kUsage, kInput}.
Problem make_problem(const LayoutOptions& options, const RunOptions& run);

/// What a descent is given: its start with the pinned vertices in their places. Once
/// run.stop is set, a rougher start, soon.
Descent descent_of(const Problem& problem, std::uint64_t seed, const RunOptions& run);

/// The device of the objective; stress is the processor's work, whatever the device.
Machine machine_for(const Problem& problem, const RunOptions& run);

/// `run` for the stress objective, whatever the device that was asked for.
RunOptions on_processor(RunOptions run);

/// One "key: value" a line of everything that the layout depends on.
std::string fingerprint_of(const Problem& problem, const Machine& machine, const LayoutPlan& plan);
/// The same of what outputs show beside: a changed one needs them written again, but not the layout made
/// again.
std::string looks_of(const Problem& problem);

LayoutPlan plan_of(const Problem& problem, const Machine& machine, const RunOptions& run);

}  // namespace sluice::layout
