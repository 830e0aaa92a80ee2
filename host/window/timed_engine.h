// The loop over tiles where samples have times of their own: as engine.h, but cells are runs of samples that
// the times cut, and each call of the backend is told which samples lie in which cell.
//
// Memory: as plan.h says, with cells counted by the call in place of the tile's, and besides it the times of
// a tile, the segments of a call and the bounds of the ring's cells.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "host/window/pass.h"
#include "host/window/plan.h"
#include "host/window/timed_cells.h"

namespace sluice::window_detail {

struct TimedGeometry : Geometry {
  std::int64_t cells = 0;     // most that a call begins
  std::int64_t segments = 0;  // most of a call
};

/// Error{kMemory}: nothing fits; says the smallest --memory (or --device-memory) that works.
TimedGeometry choose_timed_geometry(const Problem& problem, const Machine& machine, IoMode io);

class TimedEngine : public Pass {
 public:
  TimedEngine(const Problem& problem, const TimedGeometry& geometry, Machine& machine, const RunOptions& run);
  ~TimedEngine() override;

 private:
  struct Buffers;
  void take_block(const Block& block, Target& target) override;
  std::vector<StageTime> own_stages() const override;
  void reduce(const WindowSamples& samples);
  const double* send_times(std::int64_t first);
  std::int64_t merge(const TimedCells& cells, std::int64_t next, const Block& block, Target& target);

  const TimedGeometry& geometry_;
  std::unique_ptr<Buffers> buffers_;
  double reduce_seconds_ = 0, merge_seconds_ = 0;
};

}  // namespace sluice::window_detail
