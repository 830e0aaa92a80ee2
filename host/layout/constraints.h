// The constraints |x_i - x_j| >= m of a descent: the active set of pairs, their multipliers, and when either
// is due. What is due depends on iterations and moves alone, so a resumed run does the same.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "host/layout/base_device.h"
#include "host/layout/close_pairs.h"

namespace sluice::layout {

class Constraints {
 public:
  Constraints(const graph::Graph& graph, const BaseOptions& options, Budget& budget);

  /// Before an iteration: multipliers every 20 iterations; the active set, which reaches to 1.5 m, when
  /// another pair might have come as close as m. Error{kMemory}: too many close pairs.
  void prepare(BaseDevice& device);
  /// After an iteration in which no vertex moved by more.
  void moved(double most) { moved_ += most, ++since_; }
  /// The last two updates changed no multiplier by more than a thousandth of what a whole violation would.
  bool settled() const { return calm_ >= 2; }

  std::string save() const;
  /// Error{kUsage}: no state of a run with so many vertices.
  void restore(std::string_view from, std::int64_t vertices);

 private:
  void hold();
  const double m_;
  Budget& budget_;
  double rho_ = 0, moved_ = 0;
  std::int64_t since_ = 0, calm_ = 0;
  bool placed_ = false;
  ClosePairs pairs_;
  Share held_;  // pairs_ and their copy on the device
};

}  // namespace sluice::layout
