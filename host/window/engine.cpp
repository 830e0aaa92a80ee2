#include "host/window/engine.h"

#include <algorithm>

#include "host/error.h"

namespace sluice::window_detail {

using i64 = std::int64_t;

/// What the loop holds on the device.
struct Engine::Buffers {
  Held states, running, partials;
  Held tiles[2];  // where the device has memory of its own
  std::unique_ptr<Fence> filled[2], used[2];

  Buffers(const Problem& p, const Geometry& g, Machine& m) {
    const auto take = [&](i64 bytes, const char* what) {
      return Held(*m.device, Memory::kDevice, bytes, m.budgets->device(), what);
    };
    states = take(g.state * 8 * g.capacity, "the states of cells");
    if (g.running) running = take(g.state * 8 * g.capacity, "running merges of cells");
    partials = take(g.state * 8 * g.partials, "the states of segments");
    if (m.shared()) return;
    for (int i = 0; i < 2; ++i) {
      tiles[i] = take(g.rows * g.channels * i64(size_of(p.source->info().type)), "the tiles");
      filled[i] = std::make_unique<Fence>(*m.device);
      used[i] = std::make_unique<Fence>(*m.device);
    }
  }
};

Engine::Engine(const Problem& problem, const Geometry& geometry, Machine& machine, const RunOptions& run)
    : problem_(problem),
      geometry_(geometry),
      machine_(machine),
      run_(run),
      scratch_(machine.budgets->device(), std::uint64_t(machine.scratch), "the backend's scratch"),
      cache_(machine.budgets->host, problem.source->cache_bytes(), "decoded chunks of the input"),
      buffers_(std::make_unique<Buffers>(problem, geometry, machine)),
      load_(*machine.device),
      compute_(*machine.device) {}

Engine::~Engine() = default;

void Engine::work(Target& target, const std::function<i64(i64)>& done) {
  const Clock clock;
  Observer quiet;
  Observer& observer = run_.observer != nullptr ? *run_.observer : quiet;
  observer.begin("windows", double(problem_.source->info().bytes()), "bytes", 0);
  for (i64 channel = 0; channel < problem_.channels; channel += geometry_.channels)
    take_block(channel, done(channel), target, observer);
  target.drain();
  compute_.finish();
  write_seconds_ = target.busy_seconds();
  seconds_ = clock.seconds();
  observer.end();
}

std::vector<StageTime> Engine::stages() const {
  return {{"windows", seconds_, double(bytes_read_), 0},
          {"read", read_seconds_, double(bytes_read_), 0},
          {"reduce", reduce_seconds_, double(bytes_read_), 0},
          {"merge", merge_seconds_, 0, 0},
          {"write", write_seconds_, 0, 0}};
}

void Engine::take_block(i64 channel, i64 next, Target& target, Observer& observer) {
  const WindowGrid& g = problem_.grid;
  const i64 channels = std::min(geometry_.channels, problem_.channels - channel), windows = g.windows();
  if (next >= windows) return;
  // The first window that is not there yet begins a cell; no sample beyond the last window is needed.
  i64 sample = g.start(next);
  const i64 last = g.end(windows - 1);
  std::vector<TileRequest> schedule;
  for (i64 from = sample; from < last;) {
    const i64 end = problem_.border_before(from + geometry_.rows);
    schedule.push_back({problem_.source.get(), problem_.rect(from, end - from, channel, channels)});
    from = end;
  }
  Reader::Options options;
  options.io = parse_io(run_.io);
  options.depth = geometry_.depth;
  options.drop_behind = problem_.source->info().bytes() > available_memory() / 2;
  Reader reader(*machine_.device, *machine_.budgets, schedule, options);
  {
    const Settle settle{load_, compute_};
    for (const TileRequest& request : schedule) {
      if (run_.stop != nullptr && run_.stop->load(std::memory_order_relaxed)) {
        target.drain();
        throw Error(ErrorKind::kInterrupted, "interrupted");
      }
      const i64 rows = problem_.across ? request.rect.rows : request.rect.columns;
      reduce(reader.next(), sample, rows, channels, reader);
      sample += rows;
      i64 ready = windows;
      if (sample < g.samples)
        ready = sample < g.size ? next : std::clamp((sample - g.size) / g.step + 1, next, windows);
      while (next < ready) {
        const i64 count = std::min(geometry_.windows, ready - next);
        merge(next, count, channel, channels, target);
        next += count;
      }
      processed_ = double(channel) / double(problem_.channels) +
                   double(sample) / double(g.samples) * double(channels) / double(problem_.channels);
      observer.progress(processed_ * double(problem_.source->info().bytes()));
    }
    compute_.finish();  // its errors come out here
  }
  reader.check();
  bytes_read_ += reader.bytes_read();
  read_seconds_ += reader.busy_seconds();
}

void Engine::reduce(const HostTile& tile, i64 sample, i64 rows, i64 channels, Reader& reader) {
  const MatrixInfo& info = problem_.source->info();
  const Buffers& b = *buffers_;
  const i64 element = i64(size_of(info.type)), run = tile.request.run_bytes();
  WindowReduceArgs args{};
  args.samples = {tile.data,
                  info.type,
                  info.swapped ? 1 : 0,
                  problem_.layout,
                  channels,
                  tile.stride / element,
                  sample,
                  rows,
                  problem_.options.scale,
                  problem_.options.scale_offset};
  args.grid = problem_.grid, args.needs = needs_of(problem_.statistics);
  args.states = b.states.as<double>(), args.capacity = geometry_.capacity;
  args.partials = b.partials.as<double>();
  if (!machine_.shared()) {
    const int slot = turn_++ % 2;
    load_.wait(*b.used[slot]);
    load_.copy(b.tiles[slot].as<>(), run, tile.data, tile.stride, run, tile.request.runs());
    b.filled[slot]->record(load_);
    reader.release(tile, load_);
    compute_.wait(*b.filled[slot]);
    args.samples.source = b.tiles[slot].as<>(), args.samples.ld = run / element;
    compute_.run(args);
    b.used[slot]->record(compute_);
    return;
  }
  const Clock clock;
  compute_.run(args);
  reduce_seconds_ += clock.seconds();
  reader.release(tile, compute_);
}

void Engine::merge(i64 first, i64 windows, i64 channel, i64 channels, Target& target) {
  char* out = target.acquire(compute_);
  const Clock clock;
  WindowMergeArgs args{};
  args.grid = problem_.grid, args.padded_size = problem_.asked_size;
  args.needs = needs_of(problem_.statistics), args.channels = channels;
  args.states = buffers_->states.as<double>(), args.capacity = geometry_.capacity;
  args.scratch = geometry_.running ? buffers_->running.as<double>() : nullptr;
  args.first = first, args.windows = windows, args.rules = problem_.rules;
  for (const Statistic& s : problem_.statistics) {
    args.output[args.outputs++] = {s.what, s.type, out};
    out += aligned(windows * channels * i64(size_of(s.type)));
  }
  compute_.run(args);
  merge_seconds_ += clock.seconds();
  target.submit({first, windows, channel, channels}, compute_);
}

}  // namespace sluice::window_detail
