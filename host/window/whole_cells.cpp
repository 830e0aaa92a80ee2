// Statistics that merge, in the pass over whole windows: what a tile adds to the series is reduced, and the
// tile's windows are merged. Ends of windows are borders of cells, so the tiles suit both.
#include <algorithm>

#include "host/window/whole.h"

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;

i64 paged(i64 bytes) {
  return (bytes + 4095) / 4096 * 4096;
}

class Cells : public WholeOperation {
 public:
  Cells(const Problem& p, std::vector<int> datasets) : WholeOperation(std::move(datasets)), p_(p) {}

  i64 scratch_bytes(i64 windows, i64 channels) const override {
    const Parts parts = parts_of(windows, channels);
    return parts.ring * (parts.running ? 2 : 1) + parts.partials;
  }
  i64 least_channels() const override { return kWindowChannels; }

  void enqueue(const WholeTile& t, Stream& compute) override {
    if (channel_ != t.channel)
      most_ = std::max(most_, t.windows), channel_ = t.channel, reduced_ = t.samples.first;
    const Parts parts = parts_of(most_, t.channels);
    char* scratch = static_cast<char*>(t.scratch);
    double* states = reinterpret_cast<double*>(scratch);
    WindowReduceArgs reduce{};
    reduce.samples = t.samples;
    const i64 end = t.samples.first + t.samples.rows, from = std::max(reduced_, t.samples.first);
    const i64 skipped = (from - t.samples.first) * (p_.layout == Layout::kObservations ? t.samples.ld : 1) *
                        i64(size_of(t.samples.type));
    reduce.samples.source = static_cast<const char*>(t.samples.source) + skipped;
    reduce.samples.first = from, reduce.samples.rows = end - from;
    reduce.grid = p_.grid, reduce.needs = needs_of(p_.statistics);
    reduce.states = states, reduce.capacity = parts.capacity;
    reduce.partials = reinterpret_cast<double*>(scratch + parts.ring * (parts.running ? 2 : 1));
    compute.run(reduce);
    reduced_ = end;
    WindowMergeArgs merge{};
    merge.grid = p_.grid, merge.padded_size = p_.asked_size, merge.needs = reduce.needs;
    merge.channels = t.channels, merge.states = states, merge.capacity = parts.capacity;
    merge.scratch = parts.running ? reinterpret_cast<double*>(scratch + parts.ring) : nullptr;
    merge.first = t.first, merge.windows = t.windows, merge.rules = p_.rules;
    for (const Statistic& s : p_.statistics) {
      merge.output[merge.outputs] = {s.what, s.type, t.out[merge.outputs]};
      ++merge.outputs;
    }
    compute.run(merge);
  }

 private:
  struct Parts {
    i64 capacity;
    bool running;
    i64 ring, partials;  // bytes
  };
  Parts parts_of(i64 windows, i64 channels) const {
    const WindowGrid& g = p_.grid;
    const double rows = double(windows - 1) * double(g.step) + double(g.size);
    const i64 samples = rows < double(g.samples) ? i64(rows) : g.samples;
    const i64 state = i64(WindowFields(needs_of(p_.statistics)).fields) * channels * 8;
    const i64 there = g.cell_of(g.samples - 1) + 1, step = g.cells_a_step();
    const i64 in_tile = std::min(there, (samples / g.step + 2) * step);
    Parts parts{};
    parts.capacity = std::min(there, std::min(there, g.cells_a_window()) + in_tile + 2 * step);
    parts.running = g.cells_a_window() > kWindowFewCells;
    parts.ring = paged(state * parts.capacity);
    parts.partials = paged(state * (g.cells_are_segments() ? 1 : in_tile + samples / kWindowSegment + 2));
    return parts;
  }

  const Problem& p_;
  i64 channel_ = -1, reduced_ = 0, most_ = 1;
};

}  // namespace

std::unique_ptr<WholeOperation> cells_operation(const Problem& p) {
  std::vector<int> datasets;
  for (const Statistic& s : p.statistics) datasets.push_back(s.dataset);
  return std::make_unique<Cells>(p, std::move(datasets));
}

}  // namespace sluice::window_detail
