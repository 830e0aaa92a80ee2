#include "host/fit/device_rows.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "host/clock.h"
#include "host/element.h"
#include "host/error.h"
#include "host/units.h"

namespace sluice::fit {
namespace {

using i64 = std::int64_t;

/// What is enqueued still reads and writes buffers that go when an error passes.
struct Settle {
  Stream &in, &compute;
  ~Settle() {
    for (Stream* stream : {&in, &compute}) {
      try {
        stream->finish();
      } catch (const Error&) {  // the error that is on its way out says more
      }
    }
  }
};

i64 bytes_a_row(const MatrixSource& source) {
  const MatrixInfo& info = source.info();
  return i64(size_of(info.type)) * (info.dimensions == 1 ? 1 : info.columns);
}

/// Element i of a tile of one column, which lies without gaps whatever its order is called.
double value_of(const HostTile& tile, i64 i) {
  const MatrixInfo& info = tile.request.source->info();
  return element(static_cast<const char*>(tile.data) + i * i64(size_of(info.type)), info.type, info.swapped);
}

}  // namespace

void RowTally::Sum::add(double x) {
  const double next = total + x;
  error += std::fabs(total) >= std::fabs(x) ? (total - next) + x : (x - next) + total;
  total = next;
}

void RowTally::add(double weight, double response) {
  rows += 1;
  weight_.add(weight);
  sum_.add(weight * response);
  squares_.add(weight * response * response);
}

DeviceRows::DeviceRows(const TallSource& source, Machine& machine, const RunOptions& run, i64 first, i64 rows,
                       double shift, const Cut& cut)
    : source_(source),
      machine_(machine),
      run_(run),
      first_(first),
      rows_(rows),
      border_(cut.border),
      shift_(shift),
      compute_(*machine.device),
      in_(*machine.device) {
  if (source.weights != nullptr) parts_.push_back(Part::kWeights);
  parts_.push_back(Part::kX);
  if (source.y != nullptr) parts_.push_back(Part::kY);
  scratch_ = Share(machine.budgets->device(), std::uint64_t(machine.scratch), "the backend's scratch");
  std::uint64_t cache = 0;
  i64 widest = 0;  // bytes of a row of any part
  for (const Part part : parts_) {
    cache += source_of(part).cache_bytes();
    widest = std::max(widest, bytes_a_row(source_of(part)));
  }
  cache_ = Share(machine.budgets->host, cache, "decoded chunks of the matrix");
  set_chunk(cut);
  Budget& device = machine.budgets->device();
  if (source.weights != nullptr) {
    weights_ = Held(*machine.device, Memory::kDevice, chunk_ * 8, device, "weights of the rows");
    host_weights_ = Share(machine.budgets->host, std::uint64_t(chunk_) * 8, "weights of the rows");
    weights_now_.resize(std::size_t(chunk_));
  }
  if (machine.shared()) return;
  for (int i = 0; i < 2; ++i) {
    staging_.emplace_back(*machine.device, Memory::kDevice, chunk_ * widest, device, "staged rows");
    staged_.push_back(std::make_unique<Fence>(*machine.device));
    used_.push_back(std::make_unique<Fence>(*machine.device));
  }
}

const MatrixSource& DeviceRows::source_of(Part part) const {
  return part == Part::kX ? *source_.x : part == Part::kY ? *source_.y : *source_.weights;
}

/// A tile for each thread behind the one that it inflates; where that is too much, fewer, then smaller
/// chunks.
void DeviceRows::set_chunk(const Cut& cut) {
  const i64 parts = i64(parts_.size());
  std::size_t size = 0;  // the first that is not much more than there are rows
  while (size + 1 < cut.sizes.size() && cut.sizes[size + 1] >= rows_) ++size;
  const int few = parts == 1 ? 4 : 2, least = parts == 1 ? 2 : 1, step = parts == 1 ? 2 : 1;
  int ahead = (parts == 1 ? 2 : 1) * (std::max(1, machine_.threads) + 1);  // chunks
  i64 tile_bytes = 0, widest = 0;  // of a row: of tiles in memory of ours, of the widest part
  for (const Part part : parts_) {
    const MatrixSource& source = source_of(part);
    if (Reader::staged(source, machine_.shared(), parse_io(run_.io))) tile_bytes += bytes_a_row(source);
    widest = std::max(widest, bytes_a_row(source));
  }
  const auto fits = [&] {
    const i64 chunk = cut.sizes[size], weights = source_.weights != nullptr ? 8 * chunk : 0;
    const i64 host = ahead * tile_bytes * chunk + weights;
    const i64 crossing = machine_.shared() ? 0 : 2 * chunk * widest;
    const i64 device = cut.own(chunk) + weights + crossing;
    const i64 host_left = i64(machine_.budgets->host.left()),
              device_left = i64(machine_.budgets->device().left());
    return machine_.shared() ? host + device <= host_left : host <= host_left && device <= device_left;
  };
  while (!fits() && (ahead > least || size + 1 < cut.sizes.size()))
    if (ahead > few || size + 1 == cut.sizes.size())
      ahead -= step;
    else
      ++size;
  chunk_ = std::min(cut.sizes[size], std::max<i64>(1, rows_));
  depth_ = ahead * int(parts);
}

std::vector<TileRequest> DeviceRows::schedule() const {
  std::vector<TileRequest> tiles;
  for (i64 at = 0; at < rows_; at += count_at(at))
    for (const Part part : parts_)
      tiles.push_back({&source_of(part), rows_of(source_of(part), first_ + at, count_at(at))});
  return tiles;
}

i64 DeviceRows::count_at(i64 at) const {
  const i64 count = std::min(chunk_, rows_ - at);
  return border_ > 0 ? std::min(count, border_ - at % border_) : count;
}

void DeviceRows::refuse_weight(double weight, i64 row) const {
  const std::string place = source_.weights->info().path + ": row " + std::to_string(row);
  if (!std::isfinite(weight))
    throw Error(ErrorKind::kInput,
                place + ": expected a finite number, found " + (std::isnan(weight) ? "NaN" : number(weight)));
  throw Error(ErrorKind::kInput, place + ": bad weight: expected more than 0, found " + number(weight));
}

void DeviceRows::tally_weights(const HostTile& tile, i64 at, i64 count) {
  weights_now_.resize(std::size_t(count));
  for (i64 i = 0; i < count; ++i) {
    const double weight = value_of(tile, i);
    if (!(weight > 0) || std::isinf(weight)) refuse_weight(weight, first_ + at + i);
    weights_now_[std::size_t(i)] = weight;
    tally_.add_logs(std::log(weight));
  }
}

void DeviceRows::tally_response(const HostTile& tile, i64 count) {
  const bool weighted = source_.weights != nullptr;
  for (i64 i = 0; i < count; ++i)
    tally_.add(weighted ? weights_now_[std::size_t(i)] : 1, value_of(tile, i) - shift_);
}

void DeviceRows::hand(Part part, const DeviceTile& tile, RowsTaker& taker) {
  const double* weights = source_.weights != nullptr ? weights_.as<double>() : nullptr;
  if (part == Part::kX) return taker.take_x(tile, weights, weights_now_);
  if (part == Part::kY) return taker.take_y(tile, weights, weights_now_);
  ColumnsArgs args{};
  args.source = tile.data, args.type = tile.type, args.swapped = tile.swapped;
  args.layout = Layout::kVariables;
  args.variables = 1, args.observations = args.source_ld = args.ld = tile.count;
  args.to = weights_.as<double>();
  compute_.run(args);
}

void DeviceRows::load(Reader& reader, Part part, i64 at, i64 count, RowsTaker& taker) {
  const HostTile tile = reader.next();
  const MatrixInfo& info = tile.request.source->info();
  if (part == Part::kWeights) tally_weights(tile, at, count);
  if (part == Part::kY) tally_response(tile, count);
  DeviceTile there{tile.data, info.type, info.swapped, tile.stride / i64(size_of(info.type)), at, count};
  if (staging_.empty()) {
    hand(part, there, taker);
    reader.release(tile, compute_);
    return;
  }
  const std::size_t turn = std::size_t(turn_++ % 2);
  const i64 run = tile.request.run_bytes(), runs = tile.request.runs();
  in_.wait(*used_[turn]);
  in_.copy(staging_[turn].as<>(), run, tile.data, tile.stride, run, runs);
  staged_[turn]->record(in_);
  reader.release(tile, in_);
  compute_.wait(*staged_[turn]);
  there.data = staging_[turn].as<>(), there.stride = run / i64(size_of(info.type));
  hand(part, there, taker);
  used_[turn]->record(compute_);
}

void DeviceRows::run(const char* stage, double flops, RowsTaker& taker, RunSummary& summary) {
  const Clock clock;
  const std::vector<sys::Identity> before = identities_of(source_);
  Reader::Options options;
  options.io = parse_io(run_.io);
  options.threads = std::clamp(machine_.threads, 1, depth_);  // they inflate
  options.depth = depth_;
  Reader reader(*machine_.device, *machine_.budgets, schedule(), options);
  const Settle settle{in_, compute_};  // before the reader's buffers go
  double row_bytes = 0;
  for (const Part part : parts_) row_bytes += double(bytes_a_row(source_of(part)));
  if (run_.observer != nullptr) run_.observer->begin(stage, row_bytes * double(rows_), "bytes", 0);
  for (i64 at = 0, count = 0; at < rows_; at += count) {
    if (run_.stop != nullptr && run_.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
    count = count_at(at);
    for (const Part part : parts_) load(reader, part, at, count, taker);
    taker.chunk(at, count);
    if (run_.observer != nullptr) run_.observer->progress(row_bytes * double(at + count));
  }
  if (run_.stop != nullptr && run_.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
  compute_.finish();
  reader.check();
  if (run_.observer != nullptr) run_.observer->end();
  summary.stages.push_back({"read", reader.busy_seconds(), double(reader.bytes_read()), 0});
  summary.stages.push_back({stage, clock.seconds(), row_bytes * double(rows_), flops});
  summary.bytes_read += reader.bytes_read();
  if (identities_of(source_) != before)
    throw Error(ErrorKind::kInput, source_.x->info().path + ": changed while it was read",
                "run again on a file at rest");
}

Machine open_row_machine(const RunOptions& run) {
  RunOptions fewer = run;
  Machine machine = open_machine(run);
  while (machine.shared() && machine.threads > 1 && std::uint64_t(machine.scratch) > machine.memory / 4) {
    fewer.threads = machine.threads / 2;
    machine = open_machine(fewer);
  }
  return machine;
}

bool worth_a_gpu(std::uint64_t bytes) {
  constexpr std::uint64_t kWorthOpening = std::uint64_t(256) << 20;  // a fifth of a second of two cores' work
  return bytes >= kWorthOpening && select_backend("auto").selector.starts_with("cuda");
}

void find_fault(const TallSource& source, i64 first, i64 rows) {
  constexpr i64 kBlock = i64(RowBlock::kRows);
  const std::vector<std::string> none;
  std::vector<double> values(source.columns() * RowBlock::kRows);
  RowReader x(*source.x, std::max(kBlock, chunk_rows(source.columns())), source.names);
  std::optional<RowReader> y;
  if (source.y != nullptr) y.emplace(*source.y, 1 << 14, none);
  for (i64 at = first; at < first + rows; at += kBlock) {
    const i64 count = std::min(kBlock, first + rows - at);
    x.read(at, count, values.data(), RowBlock::kRows);
    if (y) y->read(at, count, values.data(), RowBlock::kRows);
  }
}

}  // namespace sluice::fit
