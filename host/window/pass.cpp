#include "host/window/pass.h"

#include "host/error.h"

namespace sluice::window_detail {

using i64 = std::int64_t;

namespace {

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

}  // namespace

Pass::Pass(const Problem& problem, const Shape& shape, Machine& machine, const RunOptions& run)
    : problem_(problem),
      machine_(machine),
      run_(run),
      shape_(shape),
      scratch_(machine.budgets->device(), std::uint64_t(machine.scratch), "the backend's scratch"),
      cache_(machine.budgets->host, problem.source->cache_bytes(), "decoded chunks of the input"),
      load_(*machine.device),
      compute_(*machine.device) {
  if (machine.shared()) return;
  const i64 bytes = shape.rows * shape.channels * i64(size_of(problem.source->info().type));
  for (int i = 0; i < 2; ++i) {
    tiles_[i] = Held(*machine.device, Memory::kDevice, bytes, machine.budgets->device(), "the tiles");
    filled_[i] = std::make_unique<Fence>(*machine.device);
    used_[i] = std::make_unique<Fence>(*machine.device);
  }
}

Pass::~Pass() = default;

void Pass::work(Target& target, const std::function<i64(i64)>& done) {
  const Clock clock;
  Observer quiet;
  Observer& observer = run_.observer != nullptr ? *run_.observer : quiet;
  observer.begin(shape_.stage, double(problem_.source->info().bytes()), "bytes", 0);
  for (i64 channel = 0; channel < problem_.channels; channel += shape_.channels) {
    const Block block{channel, std::min(shape_.channels, problem_.channels - channel), done(channel)};
    if (block.next < problem_.grid.windows()) take_block(block, target);
  }
  target.drain();
  compute_.finish();
  write_seconds_ = target.busy_seconds();
  seconds_ = clock.seconds();
  observer.end();
}

std::vector<StageTime> Pass::stages() const {
  std::vector<StageTime> all = {{shape_.stage, seconds_, double(bytes_read_), 0},
                                {"read", read_seconds_, double(bytes_read_), 0}};
  for (StageTime& stage : own_stages()) all.push_back(std::move(stage));
  all.push_back({"write", write_seconds_, 0, 0});
  return all;
}

TileRequest Pass::request(const Block& block, i64 first, i64 rows) const {
  return {problem_.source.get(), problem_.rect(first, rows, block.channel, block.channels)};
}

void Pass::read(const std::vector<TileRequest>& schedule, const Block& block, Target& target,
                const std::function<double(const WindowSamples&)>& take) {
  Observer quiet;
  Observer& observer = run_.observer != nullptr ? *run_.observer : quiet;
  const double bytes = double(problem_.source->info().bytes());
  Reader::Options options;
  options.io = parse_io(run_.io);
  options.depth = shape_.depth;
  options.drop_behind = problem_.source->info().bytes() > available_memory() / 2;
  Reader reader(*machine_.device, *machine_.budgets, schedule, options);
  reader_ = &reader;
  {
    const Settle settle{load_, compute_};
    for (std::size_t i = 0; i < schedule.size(); ++i) {
      if (run_.stop != nullptr && run_.stop->load(std::memory_order_relaxed)) {
        target.drain();
        throw Error(ErrorKind::kInterrupted, "interrupted");
      }
      tile_ = reader.next();
      const double part = take(on_device(tile_, block));
      observer.progress((double(block.channel) + part * double(block.channels)) / double(problem_.channels) *
                        bytes);
    }
    compute_.finish();  // its errors come out here
  }
  reader.check();
  bytes_read_ += reader.bytes_read();
  read_seconds_ += reader.busy_seconds();
}

WindowSamples Pass::on_device(const HostTile& tile, const Block& block) {
  const MatrixInfo& info = problem_.source->info();
  const Rect& rect = tile.request.rect;
  const i64 element = i64(size_of(info.type)), run = tile.request.run_bytes();
  WindowSamples samples{tile.data,
                        info.type,
                        info.swapped ? 1 : 0,
                        problem_.layout,
                        block.channels,
                        tile.stride / element,
                        problem_.across ? rect.row : rect.column,
                        problem_.across ? rect.rows : rect.columns,
                        problem_.options.scale,
                        problem_.options.scale_offset};
  if (machine_.shared()) return samples;
  const int slot = turn_ % 2;
  load_.wait(*used_[slot]);
  load_.copy(tiles_[slot].as<>(), run, tile.data, tile.stride, run, tile.request.runs());
  filled_[slot]->record(load_);
  reader_->release(tile, load_);
  compute_.wait(*filled_[slot]);
  samples.source = tiles_[slot].as<>(), samples.ld = run / element;
  return samples;
}

void Pass::done_with_tile() {
  if (machine_.shared())
    reader_->release(tile_, compute_);
  else
    used_[turn_++ % 2]->record(compute_);
}

}  // namespace sluice::window_detail
