#include "host/window/engine.h"

#include <algorithm>

#include "host/clock.h"

namespace sluice::window_detail {

using i64 = std::int64_t;

/// What the pass holds on the device besides tiles.
struct Engine::Buffers {
  Held states, running, partials;

  Buffers(const Geometry& g, Machine& m) {
    const auto take = [&](i64 bytes, const char* what) {
      return Held(*m.device, Memory::kDevice, bytes, m.budgets->device(), what);
    };
    states = take(g.state * 8 * g.capacity, "the states of cells");
    if (g.running) running = take(g.state * 8 * g.capacity, "running merges of cells");
    partials = take(g.state * 8 * g.partials, "the states of segments");
  }
};

Engine::Engine(const Problem& problem, const Geometry& geometry, Machine& machine, const RunOptions& run)
    : Pass(problem, {"windows", geometry.rows, geometry.channels, geometry.depth}, machine, run),
      geometry_(geometry),
      buffers_(std::make_unique<Buffers>(geometry, machine)) {}

Engine::~Engine() = default;

std::vector<StageTime> Engine::own_stages() const {
  return {{"reduce", reduce_seconds_, double(bytes_read()), 0}, {"merge", merge_seconds_, 0, 0}};
}

void Engine::take_block(const Block& block, Target& target) {
  const WindowGrid& g = problem_.grid;
  const i64 windows = g.windows();
  // The first window that is not there yet begins a cell; no sample beyond the last window is needed.
  const i64 last = g.end(windows - 1);
  std::vector<TileRequest> schedule;
  for (i64 from = g.start(block.next); from < last;) {
    const i64 end = problem_.border_before(from + geometry_.rows);
    schedule.push_back(request(block, from, end - from));
    from = end;
  }
  i64 next = block.next;
  read(schedule, block, target, [&](const WindowSamples& samples) {
    reduce(samples);
    done_with_tile();
    const i64 behind = samples.first + samples.rows;
    i64 ready = windows;
    if (behind < g.samples)
      ready = behind < g.size ? next : std::clamp((behind - g.size) / g.step + 1, next, windows);
    while (next < ready) {
      const i64 count = std::min(geometry_.windows, ready - next);
      merge(next, count, block, target);
      next += count;
    }
    return double(behind) / double(g.samples);
  });
}

void Engine::reduce(const WindowSamples& samples) {
  WindowReduceArgs args{};
  args.samples = samples;
  args.grid = problem_.grid, args.needs = needs_of(problem_.statistics);
  args.states = buffers_->states.as<double>(), args.capacity = geometry_.capacity;
  args.partials = buffers_->partials.as<double>();
  const Clock clock;
  compute_.run(args);
  reduce_seconds_ += clock.seconds();
}

void Engine::merge(i64 first, i64 windows, const Block& block, Target& target) {
  char* out = target.acquire(compute_);
  const Clock clock;
  WindowMergeArgs args{};
  args.grid = problem_.grid, args.padded_size = problem_.asked_size;
  args.needs = needs_of(problem_.statistics), args.channels = block.channels;
  args.states = buffers_->states.as<double>(), args.capacity = geometry_.capacity;
  args.scratch = geometry_.running ? buffers_->running.as<double>() : nullptr;
  args.first = first, args.windows = windows, args.rules = problem_.rules;
  for (const Statistic& s : problem_.statistics) {
    args.output[args.outputs++] = {s.what, s.type, out};
    out += aligned(windows * block.channels * i64(size_of(s.type)));
  }
  compute_.run(args);
  merge_seconds_ += clock.seconds();
  target.submit({first, windows, block.channel, block.channels}, compute_);
}

}  // namespace sluice::window_detail
