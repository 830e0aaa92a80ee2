// One compute queue does everything in order; where the device has memory of its own, tiles cross to it on a
// second queue, each behind a fence.
#include "host/fit/device_gram.h"

#include <algorithm>
#include <cmath>

#include "host/clock.h"
#include "host/error.h"
#include "host/pager.h"

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

constexpr i64 kRunUnit = 16;  // elements that a row of the panel is padded to
constexpr std::size_t kFewColumns =
    48;  // below, the host's own sums are faster than a matrix product's queue

class Summing {
 public:
  Summing(const TallSource& source, Machine& machine, const RunOptions& run, i64 first, i64 rows)
      : source_(source),
        machine_(machine),
        run_(run),
        first_(first),
        rows_(rows),
        p_(i64(source.columns())),
        n_(p_ + (source.y != nullptr ? 1 : 0)),
        ld_((n_ + kRunUnit - 1) / kRunUnit * kRunUnit),
        layout_(source.x->info().fortran ? Layout::kVariables : Layout::kObservations),
        slab_(machine.info().slab),
        compute_(*machine.device),
        in_(*machine.device) {
    Budget& device = machine.budgets->device();
    scratch_ = Share(device, std::uint64_t(machine.scratch), "the backend's scratch");
    cache_ = Share(machine.budgets->host, source.x->cache_bytes(), "decoded chunks of the matrix");
    set_chunk();
    panel_ = Held(*machine.device, Memory::kDevice, panel_bytes(), device, "the panel");
    moments_ = Held(*machine.device, Memory::kDevice, n_ * 8 * (4 + 2 * slabs_), device, "the moments");
    sums_ = Held(*machine.device, Memory::kDevice, n_ * n_ * 8, device, "the products");
    if (machine.shared()) return;
    for (int i = 0; i < 2; ++i) {
      staging_.emplace_back(*machine.device, Memory::kDevice, chunk_ * 8 * p_, device, "staged rows");
      staged_.push_back(std::make_unique<Fence>(*machine.device));
      used_.push_back(std::make_unique<Fence>(*machine.device));
    }
  }
  Gram all(RunSummary& summary) {
    const Clock clock;
    std::vector<TileRequest> schedule;
    for (i64 at = 0; at < rows_; at += chunk_) {
      const i64 count = std::min(chunk_, rows_ - at);
      schedule.push_back({source_.x, rows_of(*source_.x, first_ + at, count)});
      if (source_.y != nullptr) schedule.push_back({source_.y, rows_of(*source_.y, first_ + at, count)});
    }
    Reader::Options options;
    options.io = parse_io(run_.io);
    options.threads = std::clamp(machine_.threads, 1, depth_);  // they inflate
    options.depth = depth_;
    Reader reader(*machine_.device, *machine_.budgets, std::move(schedule), options);
    const Settle settle{in_, compute_};  // before the reader's buffers go
    const double bytes = 8.0 * double(rows_) * double(n_);
    if (run_.observer != nullptr) run_.observer->begin("products", bytes, "bytes", 0);
    for (i64 at = 0; at < rows_; at += chunk_) {
      if (run_.stop != nullptr && run_.stop->load()) throw Error(ErrorKind::kInterrupted, "interrupted");
      const i64 count = std::min(chunk_, rows_ - at);
      load(reader, at, count, 0, p_);
      if (source_.y != nullptr) load(reader, at, count, p_, 1);
      multiply(at, count);
      if (run_.observer != nullptr) run_.observer->progress(8.0 * double(at + count) * double(n_));
    }
    Gram gram{double(rows_), std::vector<double>(std::size_t(n_)), Square(std::size_t(n_))};
    compute_.copy(gram.means.data(), moments(0, 0).mean, n_ * 8);
    compute_.copy(gram.products.values.data(), sums_.as<double>(), n_ * n_ * 8);
    compute_.finish();
    reader.check();
    if (run_.observer != nullptr) run_.observer->end();
    for (std::size_t i = 0; i < std::size_t(n_); ++i)
      for (std::size_t j = 0; j < i; ++j) gram.products.at(i, j) = gram.products.at(j, i);
    summary.stages.push_back({"read", reader.busy_seconds(), double(reader.bytes_read()), 0});
    summary.stages.push_back(
        {"products", clock.seconds(), bytes, double(n_) * double(n_ + 1) * double(rows_)});
    summary.bytes_read += reader.bytes_read();
    return gram;
  }

 private:
  std::int64_t panel_bytes() const {
    return 8 * (layout_ == Layout::kVariables ? n_ * chunk_ : chunk_ * ld_);
  }
  /// Whether the memory that is left holds chunks of so many slabs, so many tiles of them read ahead.
  bool fits(i64 slabs, int depth) {
    chunk_ = slabs * slab_, slabs_ = slabs, depth_ = depth;
    const i64 tile = chunk_ * p_ * i64(size_of(source_.x->info().type));
    const i64 tiles_of_x = source_.y != nullptr ? (depth + 1) / 2 : depth;
    const bool staged = Reader::staged(*source_.x, machine_.shared(), parse_io(run_.io));
    const i64 host = (staged ? tiles_of_x * tile : 0) + (source_.y != nullptr ? depth / 2 * chunk_ * 8 : 0);
    const i64 device =
        panel_bytes() + 8 * n_ * (4 + 2 * slabs) + 8 * n_ * n_ + (machine_.shared() ? 0 : 16 * chunk_ * p_);
    const i64 host_left = i64(machine_.budgets->host.left()),
              device_left = i64(machine_.budgets->device().left());
    return machine_.shared() ? host + device <= host_left : host <= host_left && device <= device_left;
  }
  /// Chunks of 8 MiB and a tile for each thread behind the one that it inflates; where that is too much,
  /// fewer tiles, then smaller chunks. The sums' bytes depend on slabs alone.
  void set_chunk() {
    i64 slabs = std::max<i64>(1, (i64(8) << 20) / (8 * ld_) / slab_);
    slabs = std::min(slabs, (rows_ + slab_ - 1) / slab_);
    constexpr int kFewTiles = 4;
    int depth = 2 * std::max(1, machine_.threads) + 2;
    while (!fits(slabs, depth) && (depth > 2 || slabs > 1))
      if (depth > kFewTiles || slabs == 1)
        depth -= 2;
      else
        --slabs;
  }
  Moments moments(i64 variable, i64 slab) const {
    double* all = moments_.as<double>() + variable;
    double* between = all + (4 + slab) * n_;
    return {all, all + n_, all + 2 * n_, all + 3 * n_, between, between + slabs_ * n_, n_};
  }
  void load(Reader& reader, i64 at, i64 count, i64 variable, i64 variables) {
    const HostTile tile = reader.next();
    if (staging_.empty()) {
      centre(tile, tile.data, tile.stride, at, count, variable, variables);
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
    centre(tile, staging_[turn].as<>(), run, at, count, variable, variables);
    used_[turn]->record(compute_);
  }
  void centre(const HostTile& tile, const void* data, i64 stride, i64 at, i64 count, i64 variable,
              i64 variables) {
    const MatrixInfo& info = tile.request.source->info();
    CentreArgs args{};
    args.source = data, args.type = info.type, args.swapped = info.swapped;
    args.layout = layout_;
    args.variables = variables, args.observations = count;
    const bool by_variable = layout_ == Layout::kVariables;
    args.source_ld = info.dimensions == 1 ? (by_variable ? count : 1) : stride / i64(size_of(info.type));
    args.panel = panel_.as<double>() + (by_variable ? variable * chunk_ : variable);
    args.panel_ld = by_variable ? chunk_ : ld_;
    args.compute = Compute::kFloat64;
    args.weight_before = double(at);
    args.moments = moments(variable, 0);
    compute_.run(args);
  }
  void multiply(i64 at, i64 count) {
    ProductsArgs args{};
    args.a = args.b = panel_.as<>();
    args.layout_a = args.layout_b = layout_;
    args.a_ld = args.b_ld = layout_ == Layout::kVariables ? chunk_ : ld_;
    args.rows = args.columns = n_, args.observations = count;
    args.compute = Compute::kFloat64;
    args.a_moments = args.b_moments = moments(0, 0);
    args.acc = sums_.as<double>(), args.acc_ld = n_;
    args.clear = at == 0, args.symmetric = 1;
    compute_.run(args);
  }
  const TallSource& source_;
  Machine& machine_;
  const RunOptions& run_;
  i64 first_, rows_, p_, n_, ld_;
  Layout layout_;  // the file's: of panels too
  i64 slab_, chunk_ = 0, slabs_ = 0, turn_ = 0;
  int depth_ = 2;
  Stream compute_, in_;
  Share scratch_, cache_;
  Held panel_, moments_, sums_;
  std::vector<Held> staging_;
  std::vector<std::unique_ptr<Fence>> staged_, used_;
};

/// The sums say only that some value is not finite: says which.
void find_fault(const TallSource& source, i64 first, i64 rows) {
  const std::vector<std::string> none;
  constexpr i64 kBlock = i64(RowBlock::kRows);
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

}  // namespace

Machine open_gram_machine(const RunOptions& run) {
  RunOptions fewer = run;
  Machine machine = open_machine(run);
  while (machine.shared() && machine.threads > 1 && std::uint64_t(machine.scratch) > machine.memory / 4) {
    fewer.threads = machine.threads / 2;
    machine = open_machine(fewer);
  }
  return machine;
}

Gram device_gram(const TallSource& source, Machine& machine, const RunOptions& run, RunSummary& summary,
                 std::int64_t first, std::int64_t rows) {
  if (rows == 0) rows = source.rows() - first;
  std::vector<sys::Identity> before = source.x->identities();
  Gram gram = Summing(source, machine, run, first, rows).all(summary);
  if (source.x->identities() != before)
    throw Error(ErrorKind::kInput, source.x->info().path + ": changed while it was read",
                "run again on a file at rest");
  for (const double mean : gram.means)
    if (!std::isfinite(mean)) find_fault(source, first, rows);
  for (const double value : gram.products.values)
    if (!std::isfinite(value))
      throw Error(ErrorKind::kInput, source.x->info().path + ": sums of products are not finite",
                  "values beyond 1e150 have no squares: choose another unit, or QR (fit: --solver qr, svd: "
                  "--method tsqr)");
  return gram;
}

namespace {

/// Products about the means of some columns of rows [first, first + rows), read as files are read without a
/// device. `places`: of X's columns.
Square sums_by_reader(const TallSource& source, const std::vector<std::size_t>& places,
                      const std::vector<double>& means, i64 first, i64 rows) {
  constexpr i64 kBlock = i64(RowBlock::kRows);
  std::vector<double> values(source.columns() * RowBlock::kRows);
  RowReader x(*source.x, std::max(kBlock, chunk_rows(source.columns())), source.names);
  Square sums(places.size());
  for (i64 at = first; at < first + rows; at += kBlock) {
    const i64 count = std::min(kBlock, first + rows - at);
    x.read(at, count, values.data(), RowBlock::kRows);
    for (std::size_t a = 0; a < places.size(); ++a)
      for (std::size_t b = a; b < places.size(); ++b) {
        const double* left = values.data() + places[a] * RowBlock::kRows;
        const double* right = values.data() + places[b] * RowBlock::kRows;
        for (i64 i = 0; i < count; ++i)
          sums.at(a, b) += (left[i] - means[places[a]]) * (right[i] - means[places[b]]);
      }
  }
  return sums;
}

}  // namespace

void check_gram(const TallSource& source, Machine& machine, const RunOptions& run) {
  constexpr i64 kSample = 1 << 15;
  constexpr std::size_t kColumns = 24;  // that are summed a third time
  constexpr double kBound = 1e-11, kRounding = 1e-15;
  RunOptions serial = run;
  serial.device = "serial", serial.observer = nullptr;
  Machine other = open_gram_machine(serial);
  RunSummary ignored;
  const i64 rows = std::min(kSample, source.rows()), first = (source.rows() - rows) / 2;
  const Gram found = device_gram(source, machine, serial, ignored, first, rows);
  const Gram wanted = device_gram(source, other, serial, ignored, first, rows);
  const auto length = [&](std::size_t j) {  // with what a constant's rounding leaves
    return std::sqrt(wanted.products.at(j, j)) +
           kRounding * std::fabs(wanted.means[j]) * std::sqrt(double(rows));
  };
  const auto compare = [&](std::size_t i, std::size_t j, double value, const char* with) {
    const double scale = length(i) * length(j), off = std::fabs(found.products.at(i, j) - value);
    if (off <= kBound * scale) return;
    throw Error(ErrorKind::kCheck, "check: " + machine.selection.selector + " and " + with +
                                       " differ: product of columns " + std::to_string(i) + " and " +
                                       std::to_string(j) + " is off by " + std::to_string(off / scale) +
                                       " of their lengths");
  };
  for (std::size_t i = 0; i < wanted.means.size(); ++i)
    for (std::size_t j = 0; j < wanted.means.size(); ++j) compare(i, j, wanted.products.at(i, j), "serial");
  std::vector<std::size_t> places;
  const std::size_t p = source.columns(), count = std::min(p, kColumns);
  for (std::size_t k = 0; k < count; ++k) places.push_back(count > 1 ? k * (p - 1) / (count - 1) : 0);
  const Square read = sums_by_reader(source, places, wanted.means, first, rows);
  for (std::size_t a = 0; a < count; ++a)
    for (std::size_t b = a; b < count; ++b) compare(places[a], places[b], read.at(a, b), "rows as read");
}

bool wants_device(const RunOptions& run, std::size_t columns, std::uint64_t bytes) {
  constexpr std::uint64_t kWorthOpening = std::uint64_t(256) << 20;  // a fifth of a second of two cores' work
  if (run.device == "cpu") return columns > kFewColumns;
  if (run.device != "auto") return true;
  if (columns > kFewColumns) return true;
  if (bytes < kWorthOpening) return false;
  return select_backend("auto").selector.starts_with("cuda");
}

}  // namespace sluice::fit
