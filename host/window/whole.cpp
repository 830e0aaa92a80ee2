#include "host/window/whole.h"

#include <algorithm>

#include "host/error.h"

namespace sluice::window_detail {

using i64 = std::int64_t;

/// What the pass holds on the device.
struct WholePass::Buffers {
  std::vector<Held> scratch;  // of each operation
  Held tiles[2];              // where the device has memory of its own
  std::unique_ptr<Fence> filled[2], used[2];

  Buffers(const Problem& p, const WholeGeometry& g, Machine& m) {
    for (const i64 bytes : g.scratch)
      scratch.emplace_back(*m.device, Memory::kDevice, bytes, m.budgets->device(), "the operations' scratch");
    if (m.shared()) return;
    for (int i = 0; i < 2; ++i) {
      tiles[i] = Held(*m.device, Memory::kDevice, g.rows * g.channels * i64(size_of(p.source->info().type)),
                      m.budgets->device(), "the tiles");
      filled[i] = std::make_unique<Fence>(*m.device);
      used[i] = std::make_unique<Fence>(*m.device);
    }
  }
};

WholePass::WholePass(const Problem& problem, const Operations& operations, const WholeGeometry& geometry,
                     Machine& machine, const RunOptions& run)
    : problem_(problem),
      operations_(operations),
      geometry_(geometry),
      machine_(machine),
      run_(run),
      scratch_(machine.budgets->device(), std::uint64_t(machine.scratch), "the backend's scratch"),
      cache_(machine.budgets->host, problem.source->cache_bytes(), "decoded chunks of the input"),
      buffers_(std::make_unique<Buffers>(problem, geometry, machine)),
      load_(*machine.device),
      compute_(*machine.device) {}

WholePass::~WholePass() = default;

void WholePass::work(Target& target, const std::function<i64(i64)>& done) {
  const Clock clock;
  Observer quiet;
  Observer& observer = run_.observer != nullptr ? *run_.observer : quiet;
  observer.begin("whole windows", double(problem_.source->info().bytes()), "bytes", 0);
  for (i64 channel = 0; channel < problem_.channels; channel += geometry_.channels)
    take_block(channel, done(channel), target, observer);
  target.drain();
  compute_.finish();
  write_seconds_ = target.busy_seconds();
  seconds_ = clock.seconds();
  observer.end();
}

std::vector<StageTime> WholePass::stages() const {
  return {{"whole windows", seconds_, double(bytes_read_), 0},
          {"read", read_seconds_, double(bytes_read_), 0},
          {"operate", operate_seconds_, double(bytes_read_), 0},
          {"write", write_seconds_, 0, 0}};
}

void WholePass::take_block(i64 channel, i64 next, Target& target, Observer& observer) {
  const WindowGrid& g = problem_.grid;
  const i64 channels = std::min(geometry_.channels, problem_.channels - channel), windows = g.windows();
  if (next >= windows) return;
  std::vector<TileRequest> schedule;
  for (i64 first = next; first < windows; first += geometry_.windows) {
    const i64 begin = g.start(first), end = g.end(std::min(first + geometry_.windows, windows) - 1);
    schedule.push_back({problem_.source.get(), problem_.rect(begin, end - begin, channel, channels)});
  }
  Reader::Options options;
  options.io = parse_io(run_.io);
  options.depth = geometry_.depth;
  options.drop_behind = problem_.source->info().bytes() > available_memory() / 2;
  Reader reader(*machine_.device, *machine_.budgets, schedule, options);
  {
    const Settle settle{load_, compute_};
    for (i64 first = next; first < windows; first += geometry_.windows) {
      if (run_.stop != nullptr && run_.stop->load(std::memory_order_relaxed)) {
        target.drain();
        throw Error(ErrorKind::kInterrupted, "interrupted");
      }
      const i64 count = std::min(geometry_.windows, windows - first);
      take_tile(reader.next(), first, count, channel, channels, reader, target);
      const double done = (double(channel) + double(first + count) / double(windows) * double(channels)) /
                          double(problem_.channels);
      observer.progress(done * double(problem_.source->info().bytes()));
    }
    compute_.finish();  // its errors come out here
  }
  reader.check();
  bytes_read_ += reader.bytes_read();
  read_seconds_ += reader.busy_seconds();
}

void WholePass::take_tile(const HostTile& tile, i64 first, i64 windows, i64 channel, i64 channels,
                          Reader& reader, Target& target) {
  const MatrixInfo& info = problem_.source->info();
  const WindowGrid& g = problem_.grid;
  const i64 element = i64(size_of(info.type)), run = tile.request.run_bytes();
  WholeTile t{};
  t.samples = {tile.data,
               info.type,
               info.swapped ? 1 : 0,
               problem_.layout,
               channels,
               tile.stride / element,
               g.start(first),
               g.end(first + windows - 1) - g.start(first),
               problem_.options.scale,
               problem_.options.scale_offset};
  t.first = first, t.windows = windows, t.channel = channel, t.channels = channels;
  const int slot = turn_++ % 2;
  if (!machine_.shared()) {
    load_.wait(*buffers_->used[slot]);
    load_.copy(buffers_->tiles[slot].as<>(), run, tile.data, tile.stride, run, tile.request.runs());
    buffers_->filled[slot]->record(load_);
    reader.release(tile, load_);
    compute_.wait(*buffers_->filled[slot]);
    t.samples.source = buffers_->tiles[slot].as<>(), t.samples.ld = run / element;
  }
  char* at = target.acquire(compute_);
  const Clock clock;
  for (std::size_t i = 0; i < operations_.size(); ++i) {
    std::vector<char*> out;
    for (const int d : operations_[i]->datasets()) {
      const Dataset& set = problem_.datasets[std::size_t(d)];
      out.push_back(at);
      at += aligned(windows * channels * set.values * i64(size_of(set.type)));
    }
    t.out = out.data(), t.scratch = buffers_->scratch[i].as<>();
    operations_[i]->enqueue(t, compute_);
  }
  operate_seconds_ += clock.seconds();
  if (machine_.shared())
    reader.release(tile, compute_);
  else
    buffers_->used[slot]->record(compute_);
  target.submit({first, windows, channel, channels}, compute_);
}

}  // namespace sluice::window_detail
