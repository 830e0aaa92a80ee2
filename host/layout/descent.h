// What every objective of a layout shares: it takes a start, moves all vertices but the pinned ones downhill,
// tells its monitor of each iteration, and gives back the positions with the loss in parts. Objectives stand
// beside each other (base.h, stress.h); a new one, as a fast far field for millions of vertices, is one more.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "host/graph/graph.h"
#include "host/run.h"

namespace sluice::layout {

/// The loss over ordered pairs, by part ("attraction", "repulsion", "centering", "barrier"; "stress" or
/// "stress_by_pivots").
struct Loss {
  double total = 0;
  std::vector<std::pair<std::string, double>> parts;
  /// For people: "loss" of several parts, else the one's, as "stress by pivots".
  std::string name() const {
    std::string text = parts.size() == 1 ? parts[0].first : "loss";
    std::replace(text.begin(), text.end(), '_', ' ');
    return text;
  }
};

/// Told from the thread that runs the descent.
class Monitor {
 public:
  virtual ~Monitor() = default;
  /// After each iteration, counted from 1 (0: the start). `loss` is of the positions before its step where
  /// that costs nothing more; NaN where the objective does not know it in this iteration.
  virtual void iterated(std::int64_t iteration, double loss) {}
  /// Asked before an iteration whether `positions` are wanted then (frames of an animation, a checkpoint).
  virtual bool wants_positions(std::int64_t iteration) { return false; }
  virtual void positions(std::int64_t iteration, const graph::Positions&) {}
  /// Whole state of the descent, bytes of the objective's own, where a checkpoint is due and when it is
  /// stopped; given back as `resumed` they continue to the same bytes as an unbroken run.
  virtual bool wants_state(std::int64_t iteration) { return false; }
  virtual void state(std::int64_t iteration, const std::string& bytes) {}
};

/// What is common to a descent of any objective.
struct Descent {
  graph::Positions start;             // n x d; finite
  bool given = false;                 // start is a layout: stress goes on from it by steps that fit it
  std::vector<graph::Vertex> pinned;  // ascending; these keep the coordinates of `start` to the bit
  std::int64_t iterations = 0;
  double tolerance = 0;  // stop where no vertex moves by more in an iteration; 0: never
  std::uint64_t seed = 1;
  std::string resumed;  // state of an earlier run; empty: from the start
};

enum class Ended { kIterations, kTolerance, kStopped };  // kStopped: RunOptions::stop was set

struct Outcome {
  graph::Positions positions;
  Loss loss;                    // of `positions`
  std::int64_t iterations = 0;  // made in all, resumed ones included
  Ended ended = Ended::kIterations;
};

}  // namespace sluice::layout
