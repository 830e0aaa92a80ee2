#include "host/layout/watch.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "host/layout/outputs.h"
#include "host/layout/pack.h"

namespace sluice::layout {
namespace {

constexpr double kTold = 0.1;  // seconds between two calls of on_loss

}  // namespace

Watch::Watch(const Problem& problem, Progression& progression, Keeper* keeper, const RunOptions& run)
    : problem_(problem),
      progression_(progression),
      keeper_(keeper),
      run_(run),
      loss_(std::numeric_limits<double>::quiet_NaN()) {
  if (wants_frames(problem.options)) frames_ = frame_iterations(problem.iterations, problem.options.frames);
}

void Watch::iterated(std::int64_t iteration, double loss) {
  if (!std::isnan(loss)) {
    loss_ = loss;
    // The base objective knows the loss before a step, stress that of the pairs while they are passed.
    progression_.running.curve.add(problem_.stress() ? iteration : std::max<std::int64_t>(0, iteration - 1),
                                   loss);
  }
  if (!std::isnan(loss_) && problem_.options.on_loss && (told_ < 0 || since_.seconds() - told_ > kTold)) {
    told_ = since_.seconds();
    problem_.options.on_loss(loss_);
  }
  if (run_.observer != nullptr && !problem_.stress()) run_.observer->progress(double(iteration));
}

bool Watch::wants_positions(std::int64_t iteration) {
  return std::binary_search(frames_.begin(), frames_.end(), iteration);
}

void Watch::positions(std::int64_t iteration, const graph::Positions& at) {
  Frames& frames = progression_.running.frames;
  if (!wants_positions(iteration) || (!frames.list.empty() && frames.list.back().iteration >= iteration))
    return;
  if (!problem_.packed()) return frames.add(iteration, loss_, at);
  graph::Positions apart = at;
  std::vector<graph::Vertex> pinned;
  for (const Pin& pin : problem_.pins) pinned.push_back(pin.vertex);
  pack(problem_.graph(), pinned, apart);
  frames.add(iteration, loss_, apart);
}

bool Watch::wants_state(std::int64_t) {
  if (keeper_ == nullptr) return false;
  return (run_.stop != nullptr && run_.stop->load()) || since_.seconds() - saved_ >= run_.checkpoint_seconds;
}

void Watch::state(std::int64_t iteration, const std::string& bytes) {
  if (keeper_ == nullptr) return;
  progression_.iteration = iteration, progression_.state = bytes;
  keeper_->save(progression_);
  saved_ = since_.seconds();
}

}  // namespace sluice::layout
