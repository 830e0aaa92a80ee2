// The loop over tiles where samples have times of their own: as engine.h, but cells are runs of samples that
// the times cut, and each call of the backend is told which samples lie in which cell.
//
// Memory: as plan.h says, with cells counted by the call in place of the tile's, and besides it the times of
// a tile, the segments of a call and the bounds of the ring's cells.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "host/window/engine.h"
#include "host/window/timed_cells.h"

namespace sluice::window_detail {

struct TimedGeometry : Geometry {
  std::int64_t cells = 0;     // most that a call begins
  std::int64_t segments = 0;  // most of a call
};

/// Error{kMemory}: nothing fits; says the smallest --memory (or --device-memory) that works.
TimedGeometry choose_timed_geometry(const Problem& problem, const Machine& machine, IoMode io);

class TimedEngine {
 public:
  TimedEngine(const Problem& problem, const TimedGeometry& geometry, Machine& machine, const RunOptions& run);
  ~TimedEngine();
  /// As Engine::work().
  void work(Target& target, const std::function<std::int64_t(std::int64_t channel)>& done);
  std::vector<StageTime> stages() const;
  std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  struct Buffers;
  struct Turn;  // the tile that is worked on
  void take_block(std::int64_t channel, std::int64_t next, Target& target, Observer& observer);
  void reduce(const Turn& turn);
  const double* send_times(std::int64_t first);
  std::int64_t merge(const TimedCells& cells, std::int64_t next, std::int64_t channel, std::int64_t channels,
                     Target& target);

  const Problem& problem_;
  const TimedGeometry& geometry_;
  Machine& machine_;
  const RunOptions& run_;
  Share scratch_;
  std::unique_ptr<Buffers> buffers_;
  Stream load_, compute_;
  int turn_ = 0;
  std::uint64_t bytes_read_ = 0;
  double reduce_seconds_ = 0, merge_seconds_ = 0, read_seconds_ = 0, write_seconds_ = 0, seconds_ = 0;
};

}  // namespace sluice::window_detail
