// Finished windows on their way: to places in the result's datasets, or into lines.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "host/window/files.h"
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

/// To the datasets of a result, by threads behind compute.
std::unique_ptr<Target> make_result_target(const Problem&, const TargetShape&, Machine&, Result&);
/// To lines of text, in order; all datasets at once.
std::unique_ptr<Target> make_csv_target(const TargetShape&, Machine&, CsvFile&);

}  // namespace sluice::window_detail
