// What a run sees of a descent: progress for the user, the curve of losses, frames of an animation, and the
// state that --resume goes on from.
#pragma once
#include <vector>

#include "host/clock.h"
#include "host/layout/problem.h"
#include "host/layout/progression.h"

namespace sluice::layout {

class Watch : public Monitor {
 public:
  /// `keeper` may be null: nothing is saved. `progression.running` grows; all of these live longer.
  Watch(const Problem& problem, Progression& progression, Keeper* keeper, const RunOptions& run);

  void iterated(std::int64_t iteration, double loss) override;
  bool wants_positions(std::int64_t iteration) override;
  void positions(std::int64_t iteration, const graph::Positions& at) override;
  bool wants_state(std::int64_t iteration) override;
  void state(std::int64_t iteration, const std::string& bytes) override;

  double last_loss() const { return loss_; }

 private:
  const Problem& problem_;
  Progression& progression_;
  Keeper* keeper_;
  const RunOptions& run_;
  std::vector<std::int64_t> frames_;
  double loss_;
  Clock since_;
  double saved_ = 0, told_ = -1;
};

}  // namespace sluice::layout
