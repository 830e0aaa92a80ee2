// The pass of statistics that merge: cells' states go into a ring, and windows whose last sample is there are
// merged and handed on. One pass over the data for all statistics.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "host/window/pass.h"
#include "host/window/plan.h"

namespace sluice::window_detail {

class Engine : public Pass {
 public:
  Engine(const Problem& problem, const Geometry& geometry, Machine& machine, const RunOptions& run);
  ~Engine() override;

 private:
  struct Buffers;
  void take_block(const Block& block, Target& target) override;
  std::vector<StageTime> own_stages() const override;
  void reduce(const WindowSamples& samples);
  void merge(std::int64_t first, std::int64_t windows, const Block& block, Target& target);

  const Geometry& geometry_;
  std::unique_ptr<Buffers> buffers_;
  double reduce_seconds_ = 0, merge_seconds_ = 0;
};

}  // namespace sluice::window_detail
