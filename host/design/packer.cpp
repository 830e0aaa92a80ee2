// Chunks are packed in any order and placed in their own; the thread that appends never waits for one that
// only it could pack.
#include "host/design/packer.h"

#include <algorithm>

#include "host/clock.h"
#include "host/formats/hdf5_encode.h"
#include "host/parallel.h"

namespace sluice::design {
struct Packer::Chunk {
  std::size_t number = 0;  // of the new ones
  ParsedRows parsed;
};

/// What a thread packs with.
struct Packer::Workshop {
  explicit Workshop(const PackerOptions& o)
      : rows(*o.plan, *o.design, *o.level_of),
        x(rows.columns() * std::size_t(o.chunk_rows)),
        encode_x(o.level, o.shuffle),
        encode_y(o.level, o.shuffle),
        encode_weights(o.level, o.shuffle) {}
  DenseRows rows;
  std::vector<double> x, y, weights;
  ChunkEncoder encode_x, encode_y, encode_weights;
};

std::uint64_t Packer::memory(const PackerOptions& o) {
  const std::uint64_t p = o.design->columns.size(), rows = std::uint64_t(o.chunk_rows);
  const std::uint64_t parsed = rows * (8 * o.plan->monomials.size() + 4 * o.plan->categories.size() + 8);
  const std::uint64_t dense = 8 * rows * p;
  const std::uint64_t shop = dense + ChunkEncoder::memory(dense, o.level) + 8 * fit::RowBlock::kRows * p +
                             2 * ChunkEncoder::memory(8 * rows, o.level) + (std::uint64_t(4) << 20);
  return (o.threads + 2) * parsed + o.threads * shop;
}

Packer::Packer(const PackerOptions& options, std::vector<StoredChunk> there, std::uint64_t start,
               Result& result, Budget& budget)
    : o_(options),
      result_(result),
      share_(budget, memory(options), "chunks of the store"),
      chunks_(std::move(there)),
      there_(chunks_.size()),
      places_(start) {
  for (std::size_t i = 0; i < o_.threads + 2; ++i) free_.push_back(std::make_unique<Chunk>());
}

Packer::~Packer() {
  places_.fail();
}

void Packer::check() {
  if (failure_) std::rethrow_exception(failure_);
}

Packer::Chunk& Packer::filling() {
  while (!filling_) {
    {
      std::unique_lock lock(mutex_);
      check();
      if (free_.empty() && waiting_.empty())
        changed_.wait(lock, [&] { return failure_ || !free_.empty() || !waiting_.empty(); });
      check();
      if (!free_.empty()) {
        filling_ = std::move(free_.back());
        free_.pop_back();
        filling_->number = std::size_t(rows_ / o_.chunk_rows);
        filling_->parsed.clear();
        break;
      }
    }
    help();
  }
  return *filling_;
}

void Packer::append(const ParsedRows& rows) {
  std::size_t at = 0;
  const auto passed = std::int64_t(there_) * o_.chunk_rows;
  while (at < rows.rows) {
    if (rows_ < passed) {
      const auto skip = std::min(std::size_t(passed - rows_), rows.rows - at);
      rows_ += std::int64_t(skip), at += skip;
      continue;
    }
    Chunk& chunk = filling();
    const std::size_t count = std::min(std::size_t(o_.chunk_rows) - chunk.parsed.rows, rows.rows - at);
    chunk.parsed.add(rows, at, count);
    at += count, rows_ += std::int64_t(count);
    if (chunk.parsed.rows < std::size_t(o_.chunk_rows)) continue;
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(filling_));
    changed_.notify_all();
  }
}

std::unique_ptr<Packer::Workshop> Packer::borrow() {
  const std::lock_guard lock(mutex_);
  if (shops_.empty()) return nullptr;
  auto shop = std::move(shops_.back());
  shops_.pop_back();
  return shop;
}

bool Packer::help() {
  std::unique_ptr<Chunk> chunk;
  {
    const std::lock_guard lock(mutex_);
    check();
    if (waiting_.empty()) return false;
    chunk = std::move(waiting_.front());
    waiting_.pop_front();
  }
  try {
    pack(*chunk);
  } catch (...) {
    places_.fail();
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::current_exception();
    changed_.notify_all();
    std::rethrow_exception(failure_);
  }
  const std::lock_guard lock(mutex_);
  free_.push_back(std::move(chunk));
  changed_.notify_all();
  return true;
}

void Packer::pack(Chunk& chunk) {
  const Clock clock;
  std::unique_ptr<Workshop> shop = borrow();
  if (!shop) shop = std::make_unique<Workshop>(o_);
  const std::size_t rows = chunk.parsed.rows, columns = shop->rows.columns();
  shop->rows.write(chunk.parsed, rows, shop->x.data());
  std::fill(shop->x.begin() + std::ptrdiff_t(rows * columns), shop->x.end(), 0.0);
  place(chunk, *shop);
  const std::lock_guard lock(mutex_);
  busy_seconds_ += clock.seconds();
  shops_.push_back(std::move(shop));
}

void Packer::place(const Chunk& chunk, Workshop& shop) {
  const auto rows = std::size_t(o_.chunk_rows);
  const auto padded = [&](const std::vector<double>& values, std::vector<double>& to) {
    to = values;
    to.resize(rows, 0.0);
    return to.data();
  };
  const auto x = shop.encode_x.encode(shop.x.data(), shop.x.size());
  const auto y = shop.encode_y.encode(padded(chunk.parsed.response(), shop.y), rows);
  ChunkEncoder::Stored w{nullptr, 0};
  if (o_.weights) w = shop.encode_weights.encode(padded(chunk.parsed.weights, shop.weights), rows);
  StoredChunk stored{std::int64_t(chunk.number) * o_.chunk_rows,
                     std::int64_t(chunk.parsed.rows),
                     0,
                     x.bytes,
                     y.bytes,
                     w.bytes};
  if (!places_.place(std::int64_t(chunk.number - there_), x.bytes + y.bytes + w.bytes, stored.address, [&] {
        chunks_.push_back(stored);
        return true;
      })) {
    const std::lock_guard lock(mutex_);
    check();
    throw Error(ErrorKind::kInterrupted, "interrupted");
  }
  result_.write(0, stored.address, x.data, x.bytes);
  result_.write(0, stored.address + x.bytes, y.data, y.bytes);
  if (o_.weights) result_.write(0, stored.address + x.bytes + y.bytes, w.data, w.bytes);
  TileRecord record;
  record.rect = {stored.first_row, std::int64_t(w.bytes), stored.rows, std::int64_t(x.bytes)};
  record.largest_row = std::int64_t(stored.address), record.largest_column = std::int64_t(y.bytes);
  result_.completed(record);
}

void Packer::finish() {
  if (filling_ && filling_->parsed.rows > 0) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(filling_));
  }
  in_parallel(o_.threads, o_.threads, [&](std::size_t) {
    while (help()) {
    }
  });
}

}  // namespace sluice::design
