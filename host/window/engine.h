// The loop over tiles: samples come from the pager, their cells' states go into the ring, and windows whose
// last sample is there are merged and handed on. One pass over the data for all statistics.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "host/clock.h"
#include "host/pager.h"
#include "host/window/files.h"
#include "host/window/plan.h"
#include "host/writer.h"

namespace sluice::window_detail {

/// Where finished windows go: `out` of a merge is device memory that the target lends.
class Target {
 public:
  struct Block {  // windows of a block of channels
    std::int64_t first, windows, channel, channels;
  };
  virtual ~Target() = default;
  /// Device memory for geometry.slot_bytes, which `compute` may write.
  virtual char* acquire(Stream& compute) = 0;
  /// The statistics lie one after another in that memory once `compute` has run.
  virtual void submit(const Block& block, Stream& compute) = 0;
  /// Where times cut the windows: the first sample of each of the next block's windows, and one beyond its
  /// last. Called before submit(), for the first block of channels alone.
  virtual void bounds(std::int64_t first, std::int64_t windows, const std::int64_t* bounds) {}
  virtual void drain() = 0;
  virtual double busy_seconds() const = 0;
};

/// What a pass hands on: which datasets lie in a slot, one after another, and how large slots are.
struct TargetShape {
  std::vector<int> datasets;  // of Problem::datasets
  std::int64_t kind;          // of the journal's records: see passes.h
  std::int64_t slot_bytes;
  int slots;
};

/// Lets queues run dry before the reader's slots go, however the loop is left.
struct Settle {
  Stream &load, &compute;
  ~Settle() {
    for (Stream* stream : {&load, &compute}) {
      try {
        stream->finish();
      } catch (const Error&) {  // the error that is on its way out says more
      }
    }
  }
};

/// To the datasets of a result, by threads behind compute.
std::unique_ptr<Target> make_result_target(const Problem&, const TargetShape&, Machine&, Result&);
/// To lines of text, in order; all datasets at once.
std::unique_ptr<Target> make_csv_target(const Problem&, const TargetShape&, Machine&, CsvFile&);

class Engine {
 public:
  Engine(const Problem& problem, const Geometry& geometry, Machine& machine, const RunOptions& run);
  ~Engine();
  /// `done`: how many windows of a block of channels are there already. The target must go before the engine,
  /// whose queue fills it. Error{kInterrupted} where run.stop is set; what was made by then is with the
  /// target.
  void work(Target& target, const std::function<std::int64_t(std::int64_t channel)>& done);
  std::vector<StageTime> stages() const;
  std::uint64_t bytes_read() const { return bytes_read_; }

 private:
  struct Buffers;
  void take_block(std::int64_t channel, std::int64_t next, Target& target, Observer& observer);
  void reduce(const HostTile& tile, std::int64_t sample, std::int64_t rows, std::int64_t channels,
              Reader& reader);
  void merge(std::int64_t first, std::int64_t windows, std::int64_t channel, std::int64_t channels,
             Target& target);

  const Problem& problem_;
  const Geometry& geometry_;
  Machine& machine_;
  const RunOptions& run_;
  Share scratch_, cache_;
  std::unique_ptr<Buffers> buffers_;
  Stream load_, compute_;
  int turn_ = 0;
  std::uint64_t bytes_read_ = 0;
  double reduce_seconds_ = 0, merge_seconds_ = 0, read_seconds_ = 0, write_seconds_ = 0, processed_ = 0;
  double seconds_ = 0;  // from the first tile to the last window that was written
};

}  // namespace sluice::window_detail
