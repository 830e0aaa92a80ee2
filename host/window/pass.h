// What every pass over the series does alike: blocks of channels one after another, tiles read ahead of
// compute and, where the device has memory of its own, double-buffered on to it; interruption, progress,
// times of the stages. A pass says which tiles it wants and what is enqueued for each.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "host/clock.h"
#include "host/pager.h"
#include "host/window/target.h"

namespace sluice::window_detail {

class Pass {
 public:
  struct Shape {
    const char* stage;            // its name
    std::int64_t rows, channels;  // most samples of a tile, channels of a block
    int depth;                    // tiles in flight
  };
  Pass(const Problem& problem, const Shape& shape, Machine& machine, const RunOptions& run);
  virtual ~Pass();
  /// `done`: how many windows of a block of channels are there already. The target must go before the pass,
  /// whose queue fills it. Error{kInterrupted} where run.stop is set; what was made by then is with the
  /// target.
  void work(Target& target, const std::function<std::int64_t(std::int64_t channel)>& done);
  std::vector<StageTime> stages() const;
  std::uint64_t bytes_read() const { return bytes_read_; }

 protected:
  struct Block {
    std::int64_t channel, channels, next;  // next: the first window that is not there yet
  };
  virtual void take_block(const Block& block, Target& target) = 0;
  /// Of compute, between those of reading and writing.
  virtual std::vector<StageTime> own_stages() const = 0;

  /// The tile of samples [first, first + rows) of a block, for read().
  TileRequest request(const Block& block, std::int64_t first, std::int64_t rows) const;
  /// Hands each tile, on the device, to `take`, which enqueues on compute_, calls done_with_tile() once
  /// nothing more will read it, and returns which part of the block's samples is behind it then.
  void read(const std::vector<TileRequest>& schedule, const Block& block, Target& target,
            const std::function<double(const WindowSamples&)>& take);
  void done_with_tile();

  const Problem& problem_;
  Machine& machine_;
  const RunOptions& run_;

 private:
  Shape shape_;
  Share scratch_, cache_;
  Held tiles_[2];  // where the device has memory of its own
  std::unique_ptr<Fence> filled_[2], used_[2];
  Stream load_;

 protected:
  Stream compute_;

 private:
  WindowSamples on_device(const HostTile& tile, const Block& block);

  Reader* reader_ = nullptr;  // of the block that is read
  HostTile tile_{};
  int turn_ = 0;
  std::uint64_t bytes_read_ = 0;
  double read_seconds_ = 0, write_seconds_ = 0;
  double seconds_ = 0;  // from the first tile to the last window that was written
};

}  // namespace sluice::window_detail
