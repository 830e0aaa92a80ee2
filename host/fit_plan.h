// What `sluice fit` would do, from a look at the first rows: columns, passes, bytes and memory (`--dry-run`),
// also as a chart of the work.
#pragma once
#include <string>
#include <vector>

#include "host/fit.h"

namespace sluice {

struct FitPlan {
  struct Pass {
    std::string name, what;
    bool certain = true;  // false: where sums or their condition ask for it
  };
  std::vector<std::string> files;
  std::string format;                            // "separated values, comma", "npy, structured", ...
  std::uint64_t bytes = 0;                       // of all files, as they are on disk
  std::vector<std::string> numbers, categories;  // columns; "kind (3 levels so far)"
  std::vector<std::string> columns;              // of the design, with the levels of the first rows
  std::vector<Pass> passes;
  std::int64_t pieces = 0;  // of a pass
  int threads = 0;
  std::uint64_t memory = 0;  // that pieces and sums take, about
  std::uint64_t least = 0;   // that a run must be given
  double seconds = 0;        // about, of the passes that are certain
  std::string advice;        // where it cannot fit: what would help
};

/// Error as fit_table(), as far as the first rows tell.
FitPlan plan_fit(const FitOptions& options, const RunOptions& run);

/// options.picture: the chart of the plan.
void draw_plan(const FitPlan& plan, const FitOptions& options, const RunOptions& run);

}  // namespace sluice
