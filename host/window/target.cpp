#include "host/window/target.h"

#include <algorithm>

namespace sluice::window_detail {
namespace {

using i64 = std::int64_t;

class ResultTarget : public Target {
 public:
  ResultTarget(const Problem& p, const TargetShape& shape, Machine& m, Result& result)
      : problem_(p),
        shape_(shape),
        result_(result),
        offsets_(dataset_offsets(p, result.working())),
        starts_(p.timed() && p.output == OutputKind::kHdf5 ? dataset_offset(result.working(), "start") : 0),
        writer_(*m.device, *m.budgets, result, shape.slots, shape.slot_bytes,
                std::clamp(m.threads / 4, 1, 8)) {}

  char* acquire(Stream& compute) override {
    slot_ = &writer_.acquire(compute);
    return static_cast<char*>(slot_->device);
  }

  void submit(const Block& b, Stream& compute) override {
    WriteJob job;
    job.record.rect = {b.first + shape_.kind * problem_.grid.windows(), b.channel, b.windows, b.channels};
    i64 from = 0;
    for (const int s : shape_.datasets) {
      const Dataset& d = problem_.datasets[std::size_t(s)];
      const i64 element = i64(size_of(d.type)) * d.values, row = problem_.channels * element;
      WritePiece piece;
      piece.offset = offsets_[std::size_t(s)] + std::uint64_t(b.first * row + b.channel * element);
      piece.stride = std::uint64_t(row), piece.width = b.channels * element, piece.rows = b.windows;
      piece.from = from;
      from += aligned(piece.width * piece.rows);
      job.pieces.push_back(piece);
    }
    writer_.submit(*slot_, from, std::move(job), compute);
  }

  void bounds(i64 first, i64 windows, const i64* bounds) override {
    if (starts_ == 0) return;
    std::vector<i64> starts;
    for (i64 k = 0; k < windows; ++k) starts.push_back(bounds[2 * k]);
    result_.write(0, starts_ + std::uint64_t(first) * 8, starts.data(), starts.size() * 8);
  }

  void drain() override { writer_.drain(); }
  double busy_seconds() const override { return writer_.busy_seconds(); }

 private:
  const Problem& problem_;
  TargetShape shape_;
  Result& result_;
  std::vector<std::uint64_t> offsets_;
  std::uint64_t starts_;  // of the dataset that times fill; 0: there is none
  TileWriter writer_;
  TileWriter::Slot* slot_ = nullptr;
};

class CsvTarget : public Target {
 public:
  CsvTarget(const TargetShape& shape, Machine& m, CsvFile& file)
      : shape_(shape),
        file_(file),
        device_(*m.device, Memory::kDevice, shape.slot_bytes, m.budgets->device(), "the windows"),
        host_(*m.device, Memory::kPinned, shape.slot_bytes, m.budgets->host, "the windows") {}

  char* acquire(Stream&) override { return device_.as<char>(); }

  void submit(const Block& b, Stream& compute) override {
    const i64 values = b.windows * b.channels;
    compute.copy(host_.as<>(), device_.as<>(), values * i64(shape_.datasets.size()) * 8);
    compute.finish();
    const Clock clock;
    std::vector<const double*> arrays(shape_.datasets.size());
    for (std::size_t i = 0; i < arrays.size(); ++i)
      arrays[std::size_t(shape_.datasets[i])] = host_.as<double>() + i64(i) * values;
    file_.write(b.first, b.windows, arrays, bounds_.empty() ? nullptr : bounds_.data());
    seconds_ += clock.seconds();
  }

  void bounds(i64 first, i64 windows, const i64* bounds) override {
    bounds_.assign(bounds, bounds + 2 * windows);
  }

  void drain() override {}
  double busy_seconds() const override { return seconds_; }

 private:
  TargetShape shape_;
  CsvFile& file_;
  Held device_, host_;
  std::vector<i64> bounds_;  // of the next block, where times cut the windows
  double seconds_ = 0;
};

}  // namespace

std::unique_ptr<Target> make_result_target(const Problem& p, const TargetShape& shape, Machine& m,
                                           Result& result) {
  return std::make_unique<ResultTarget>(p, shape, m, result);
}

std::unique_ptr<Target> make_csv_target(const TargetShape& shape, Machine& m, CsvFile& file) {
  return std::make_unique<CsvTarget>(shape, m, file);
}

}  // namespace sluice::window_detail
