// The pass for what needs all samples of a window at once: tiles of whole windows, each with a halo of
// size - step samples that it shares with the next. An operation enqueues one backend call a tile; statistics
// that merge can go along (cells_operation), so that the file is read once.
//
// Memory, in bytes (a tile has T = (windows - 1) step + size samples of C channels): staged tiles, 8 T C the
// two on a device with memory of its own, `slots` results of windows x C x values, and the operations'
// scratch. At least one window of the fewest channels that the operations take together.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "host/window/pass.h"

namespace sluice::window_detail {

/// Whole windows [first, first + windows) of channels [channel, channel + channels).
struct WholeTile {
  WindowSamples samples;  // on the device; from the first window's start to the last one's end
  std::int64_t first, windows, channel, channels;
  char* const* out;  // for each of the operation's datasets: device, (windows, channels, values), dense
  void* scratch;     // device, scratch_bytes(); keeps what it holds from tile to tile
};

class WholeOperation {
 public:
  /// `datasets`: which of Problem::datasets a call fills.
  explicit WholeOperation(std::vector<int> datasets) : datasets_(std::move(datasets)) {}
  virtual ~WholeOperation() = default;
  const std::vector<int>& datasets() const { return datasets_; }
  /// Device memory for tiles of at most so many windows and channels, page-aligned.
  virtual std::int64_t scratch_bytes(std::int64_t windows, std::int64_t channels) const = 0;
  /// Blocks of channels are multiples of this, but for the last.
  virtual std::int64_t least_channels() const { return 1; }
  /// A window's bytes may depend on nothing but the window: neither on the tile nor on the block of channels.
  virtual void enqueue(const WholeTile& tile, Stream& compute) = 0;

 private:
  std::vector<int> datasets_;
};

using Operations = std::vector<std::unique_ptr<WholeOperation>>;

struct WholeGeometry {
  std::int64_t channels = 0;  // of a block
  std::int64_t windows = 0;   // most windows of a tile
  std::int64_t rows = 0;      // most samples of a tile
  std::int64_t slot_bytes = 0;
  std::vector<std::int64_t> scratch;  // bytes, of each operation
  bool staged = false;
  int depth = 3, slots = 3;
  std::uint64_t memory = 0, device_memory = 0;
};

/// Error{kMemory}: not even one window fits; says the smallest --memory (or --device-memory) that works.
WholeGeometry choose_whole(const Problem&, const Operations&, const Machine&, IoMode io);

/// Statistics that merge, along with the rest: their cells' states stay in the operation's scratch.
std::unique_ptr<WholeOperation> cells_operation(const Problem&);

class WholePass : public Pass {
 public:
  WholePass(const Problem&, const Operations&, const WholeGeometry&, Machine&, const RunOptions&);
  ~WholePass() override;

 private:
  void take_block(const Block& block, Target& target) override;
  std::vector<StageTime> own_stages() const override;
  void operate(const WindowSamples& samples, std::int64_t first, std::int64_t windows, const Block& block,
               Target& target);

  const Operations& operations_;
  const WholeGeometry& geometry_;
  std::vector<Held> scratch_;  // of each operation
  double operate_seconds_ = 0;
};

}  // namespace sluice::window_detail
