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
  }
};

TimedEngine::TimedEngine(const Problem& problem, const TimedGeometry& geometry, Machine& machine,
                         const RunOptions& run)
    : Pass(problem, {"windows", geometry.rows, geometry.channels, geometry.depth}, machine, run),
      geometry_(geometry),
      buffers_(std::make_unique<Buffers>(problem, geometry, machine)) {}

TimedEngine::~TimedEngine() = default;

std::vector<StageTime> TimedEngine::own_stages() const {
  return {{"reduce", reduce_seconds_, double(bytes_read()), 0}, {"merge", merge_seconds_, 0, 0}};
}

void TimedEngine::take_block(const Block& block, Target& target) {
  const WindowGrid& g = problem_.grid;
  const Times& t = *problem_.times;
  Buffers& b = *buffers_;
  TimedCells cells(t, g, block.next * g.cells_a_step(), geometry_.capacity);
  // Tiles begin at multiples of kWindowSegment; one sample at least, for windows that have none.
  const i64 begin = std::min(t.sample_at(TimedCells::start(t, g, cells.closed())), t.samples - 1) /
                    kWindowSegment * kWindowSegment;
  const i64 last = std::max(begin + 1, t.sample_at(TimedCells::end(t, g, TimedCells::needed(g) - 1)));
  std::vector<TileRequest> schedule;
  for (i64 from = begin; from < last; from += geometry_.rows)
    schedule.push_back(request(block, from, std::min(geometry_.rows, last - from)));
  i64 next = block.next;
  read(schedule, block, target, [&](const WindowSamples& samples) {
    const i64 first = samples.first, rows = samples.rows;
    t.spill->read(b.moments.data(), std::size_t(rows) * 8, std::uint64_t(first) * 8);
    for (bool over = false; !over;) {
      b.found.clear();
      const i64 limit =
          std::min(cells.closed() + geometry_.cells, next * g.cells_a_step() + geometry_.capacity);
      over = cells.take(b.moments.data(), first, rows, first + rows >= last,
                        {limit, std::size_t(geometry_.segments)}, b.found);
      reduce(samples);
      next = merge(cells, next, block, target);
    }
    done_with_tile();
    return double(first + rows - begin) / double(last - begin);
  });
}

void TimedEngine::reduce(const WindowSamples& samples) {
  Buffers& b = *buffers_;
  if (b.found.empty()) return;
  std::memcpy(b.segments.room(), b.found.data(), b.found.size() * sizeof(WindowSegment));
  WindowReduceArgs args{};
  args.samples = samples;
  args.grid = problem_.grid, args.needs = needs_of(problem_.statistics);
  args.states = b.states.as<double>(), args.capacity = geometry_.capacity;
  args.partials = b.partials.as<double>();
  args.segments = b.segments.put(compute_, 0, i64(b.found.size()));
  args.segment_count = i64(b.found.size());
  const bool slope = (args.needs & kNeedSlope) != 0;
  if (slope) args.times = send_times(samples.first);
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
i64 TimedEngine::merge(const TimedCells& cells, i64 next, const Block& block, Target& target) {
  const i64 channel = block.channel, channels = block.channels;
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
