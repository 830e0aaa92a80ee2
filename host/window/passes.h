// Which statistics are made in which pass over the series. Those that merge need one pass and hold no
// samples (engine.h); those that look at whole windows have theirs (whole.h), in which the former go along
// where memory has room for both.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "host/window/engine.h"
#include "host/window/timed_engine.h"
#include "host/window/whole.h"

namespace sluice::window_detail {

/// What a record of the journal says is there: its rows lie kind x windows further down.
enum : std::int64_t { kMerged = 0, kWhole = 1, kBoth = 2 };

struct Passes {
  std::uint64_t copied = 0;            // bytes, where windows themselves are written and nothing else is made
  std::optional<TimedGeometry> timed;  // the pass of statistics that merge, in windows of times
  std::optional<Geometry> merged;      // the same in windows of samples
  std::optional<WholeGeometry> whole;  // the pass over whole windows
  Operations operations;               // of the latter
  std::int64_t whole_kind = kWhole;    // kBoth: the former go along

  std::uint64_t memory() const;
  std::uint64_t device_memory() const;
  std::int64_t count() const { return (timed ? 1 : 0) + (merged ? 1 : 0) + (whole ? 1 : 0); }
  /// What the journal's records of the first pass are, and its blocks of channels.
  std::int64_t first_kind() const { return timed || merged ? std::int64_t(kMerged) : whole_kind; }
  std::int64_t first_channels() const {
    return timed ? timed->channels : merged ? merged->channels : whole->channels;
  }
  std::vector<WindowPass> described(const Problem&) const;
};

/// Error{kMemory} of either pass.
Passes choose_passes(const Problem&, const Machine&, IoMode io);

/// The datasets of either pass, in the order in which they lie in a slot.
TargetShape merged_shape(const Problem&, const Geometry&);
TargetShape whole_shape(const Passes&);

/// "median, mad: a second pass over the series, in windows"; empty where one pass does it all.
std::string announcement(const Problem&, const Passes&);

}  // namespace sluice::window_detail
