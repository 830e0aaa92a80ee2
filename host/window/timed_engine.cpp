#include "host/window/timed_engine.h"

#include <algorithm>
#include <cstring>

#include "host/error.h"

namespace sluice::window_detail {

using i64 = std::int64_t;

namespace {

/// Small arrays on their way to the device, two in turn: what a call is told of its tile.
template <class T>
class Sent {
 public:
  Sent(Machine& m, i64 count, const char* what) {
    if (count == 0) return;
    for (Slot& s : slots_) {
      s.host = Held(*m.device, Memory::kPinned, count * i64(sizeof(T)), m.budgets->host, what);
      if (!m.shared())
        s.device = Held(*m.device, Memory::kDevice, count * i64(sizeof(T)), m.budgets->device(), what);
      s.used = std::make_unique<Fence>(*m.device);
    }
  }
  /// Where to write what put() sends: waits until it is not in use.
  T* room() {
    Slot& s = slots_[turn_];
    s.used->finish();
    return s.host.template as<T>();
  }
  /// Sends elements [first, end); element 0 of what is there then.
  const T* put(Stream& stream, i64 first, i64 end) {
    Slot& s = slots_[turn_];
    if (s.device.template as<T>() == nullptr) return s.host.template as<T>();
    if (end > first)
      stream.copy(s.device.template as<T>() + first, s.host.template as<T>() + first,
                  (end - first) * i64(sizeof(T)));
    return s.device.template as<T>();
  }
  /// What was put is in use until `stream` has run what is enqueued on it.
  void done(Stream& stream) {
    slots_[turn_].used->record(stream);
    turn_ = 1 - turn_;
  }

 private:
  struct Slot {
    Held host, device;
    std::unique_ptr<Fence> used;
  };
  Slot slots_[2];
  int turn_ = 0;
};

}  // namespace

struct TimedEngine::Buffers {
  Held states, running, partials;
  Held tiles[2];  // where the device has memory of its own
  std::unique_ptr<Fence> filled[2], used[2];
  Sent<WindowSegment> segments;
  Sent<i64> bounds;
  Sent<double> times;
  Share lists;
  std::vector<i64> moments;          // of a tile's samples
  std::vector<WindowSegment> found;  // of a call

  Buffers(const Problem& p, const TimedGeometry& g, Machine& m)
      : segments(m, g.segments, "segments of cells"),
        bounds(m, 2 * g.windows, "bounds of windows"),
        times(m, (needs_of(p.statistics) & kNeedSlope) != 0 ? g.rows : 0, "times of a tile"),
        lists(m.budgets->host,
              std::uint64_t(g.rows * 8 + g.capacity * 16 + g.segments * i64(sizeof(WindowSegment))),
              "times and bounds of cells"),
        moments(std::size_t(g.rows)) {
    const auto take = [&](i64 bytes, const char* what) {
      return Held(*m.device, Memory::kDevice, bytes, m.budgets->device(), what);
    };
    found.reserve(std::size_t(g.segments));
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

/// A tile where the device reads it.
struct TimedEngine::Turn {
  const void* data;
  i64 ld, first, rows, channels;
};

TimedEngine::TimedEngine(const Problem& problem, const TimedGeometry& geometry, Machine& machine,
                         const RunOptions& run)
    : problem_(problem),
      geometry_(geometry),
      machine_(machine),
      run_(run),
      scratch_(machine.budgets->device(), std::uint64_t(machine.scratch), "the backend's scratch"),
      buffers_(std::make_unique<Buffers>(problem, geometry, machine)),
      load_(*machine.device),
      compute_(*machine.device) {}

TimedEngine::~TimedEngine() = default;

void TimedEngine::work(Target& target, const std::function<i64(i64)>& done) {
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

std::vector<StageTime> TimedEngine::stages() const {
  return {{"windows", seconds_, double(bytes_read_), 0},
          {"read", read_seconds_, double(bytes_read_), 0},
          {"reduce", reduce_seconds_, double(bytes_read_), 0},
          {"merge", merge_seconds_, 0, 0},
          {"write", write_seconds_, 0, 0}};
}

void TimedEngine::take_block(i64 channel, i64 next, Target& target, Observer& observer) {
  const WindowGrid& g = problem_.grid;
  const Times& t = *problem_.times;
  Buffers& b = *buffers_;
  const i64 channels = std::min(geometry_.channels, problem_.channels - channel), windows = g.windows();
  if (next >= windows) return;
  TimedCells cells(t, g, next * g.cells_a_step(), geometry_.capacity);
  // Tiles begin at multiples of kWindowSegment; one sample at least, for windows that have none.
  const i64 begin = std::min(t.sample_at(TimedCells::start(t, g, cells.closed())), t.samples - 1) /
                    kWindowSegment * kWindowSegment;
  const i64 last = std::max(begin + 1, t.sample_at(TimedCells::end(t, g, TimedCells::needed(g) - 1)));
  std::vector<TileRequest> schedule;
  for (i64 from = begin; from < last; from += geometry_.rows)
    schedule.push_back({problem_.source.get(),
                        problem_.rect(from, std::min(geometry_.rows, last - from), channel, channels)});
  Reader::Options options;
  options.io = parse_io(run_.io);
  options.depth = geometry_.depth;
  options.drop_behind = problem_.source->info().bytes() > available_memory() / 2;
  Reader reader(*machine_.device, *machine_.budgets, schedule, options);
  const MatrixInfo& info = problem_.source->info();
  const i64 element = i64(size_of(info.type));
  {
    const Settle settle{load_, compute_};
    for (const TileRequest& request : schedule) {
      if (run_.stop != nullptr && run_.stop->load(std::memory_order_relaxed)) {
        target.drain();
        throw Error(ErrorKind::kInterrupted, "interrupted");
      }
      const i64 first = problem_.across ? request.rect.row : request.rect.column;
      const i64 rows = problem_.across ? request.rect.rows : request.rect.columns;
      t.spill->read(b.moments.data(), std::size_t(rows) * 8, std::uint64_t(first) * 8);
      const HostTile tile = reader.next();
      Turn turn{tile.data, tile.stride / element, first, rows, channels};
      const int slot = turn_++ % 2;
      if (!machine_.shared()) {
        const i64 run = request.run_bytes();
        load_.wait(*b.used[slot]);
        load_.copy(b.tiles[slot].as<>(), run, tile.data, tile.stride, run, request.runs());
        b.filled[slot]->record(load_);
        reader.release(tile, load_);
        compute_.wait(*b.filled[slot]);
        turn.data = b.tiles[slot].as<>(), turn.ld = run / element;
      }
      for (bool over = false; !over;) {
        b.found.clear();
        const i64 limit =
            std::min(cells.closed() + geometry_.cells, next * g.cells_a_step() + geometry_.capacity);
        over = cells.take(b.moments.data(), first, rows, first + rows >= last,
                          {limit, std::size_t(geometry_.segments)}, b.found);
        reduce(turn);
        next = merge(cells, next, channel, channels, target);
      }
      if (machine_.shared())
        reader.release(tile, compute_);
      else
        b.used[slot]->record(compute_);
      const double part = double(first + rows - begin) / double(last - begin) * double(channels);
      observer.progress((double(channel) + part) / double(problem_.channels) * double(info.bytes()));
    }
    compute_.finish();  // its errors come out here
  }
  reader.check();
  bytes_read_ += reader.bytes_read();
  read_seconds_ += reader.busy_seconds();
}

void TimedEngine::reduce(const Turn& turn) {
  Buffers& b = *buffers_;
  if (b.found.empty()) return;
  std::memcpy(b.segments.room(), b.found.data(), b.found.size() * sizeof(WindowSegment));
  const MatrixInfo& info = problem_.source->info();
  WindowReduceArgs args{};
  args.samples = {turn.data,
                  info.type,
                  info.swapped ? 1 : 0,
                  problem_.layout,
                  turn.channels,
                  turn.ld,
                  turn.first,
                  turn.rows,
                  problem_.options.scale,
                  problem_.options.scale_offset};
  args.grid = problem_.grid, args.needs = needs_of(problem_.statistics);
  args.states = b.states.as<double>(), args.capacity = geometry_.capacity;
  args.partials = b.partials.as<double>();
  args.segments = b.segments.put(compute_, 0, i64(b.found.size()));
  args.segment_count = i64(b.found.size());
  const bool slope = (args.needs & kNeedSlope) != 0;
  if (slope) args.times = send_times(turn.first);
  const Clock clock;
  compute_.run(args);
  reduce_seconds_ += clock.seconds();
  b.segments.done(compute_);
  if (slope) b.times.done(compute_);
}

/// Of the samples in the call's segments, from the start of their cells.
const double* TimedEngine::send_times(i64 first) {
  Buffers& b = *buffers_;
  const Times& t = *problem_.times;
  double* const times = b.times.room();
  for (const WindowSegment& segment : b.found) {
    const i64 start = TimedCells::start(t, problem_.grid, segment.cell);
    for (i64 i = segment.begin - first; i < segment.end - first; ++i)
      times[i] = double(b.moments[std::size_t(i)] - start) / double(t.unit);
  }
  return b.times.put(compute_, b.found.front().begin - first, b.found.back().end - first);
}

/// Merges the windows whose cells are closed; returns the first that is not.
i64 TimedEngine::merge(const TimedCells& cells, i64 next, i64 channel, i64 channels, Target& target) {
  const WindowGrid& g = problem_.grid;
  Buffers& b = *buffers_;
  const i64 closed = cells.closed(), beyond = closed - g.cells_a_window();
  i64 ready = g.windows();
  if (closed < TimedCells::needed(g))
    ready = beyond < 0 ? next : std::clamp(beyond / g.cells_a_step() + 1, next, ready);
  while (next < ready) {
    const i64 windows = std::min(geometry_.windows, ready - next);
    i64* const bounds = b.bounds.room();
    for (i64 k = 0; k < windows; ++k) cells.bounds(next + k, bounds + 2 * k);
    if (channel == 0) target.bounds(next, windows, bounds);
    char* out = target.acquire(compute_);
    const Clock clock;
    WindowMergeArgs args{};
    args.grid = g, args.padded_size = problem_.asked_size;
    args.needs = needs_of(problem_.statistics), args.channels = channels;
    args.states = b.states.as<double>(), args.capacity = geometry_.capacity;
    args.scratch = geometry_.running ? b.running.as<double>() : nullptr;
    args.first = next, args.windows = windows, args.rules = problem_.rules;
    args.bounds = b.bounds.put(compute_, 0, 2 * windows);
    for (const Statistic& s : problem_.statistics) {
      args.output[args.outputs++] = {s.what, s.type, out};
      out += aligned(windows * channels * i64(size_of(s.type)));
    }
    compute_.run(args);
    merge_seconds_ += clock.seconds();
    b.bounds.done(compute_);
    target.submit({next, windows, channel, channels}, compute_);
    next += windows;
  }
  return next;
}

}  // namespace sluice::window_detail
