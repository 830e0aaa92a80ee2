// Bands are packed in any order and placed in their own. A thread that fails makes all others stop.
#include "host/design/packer.h"

#include <algorithm>
#include <numeric>
#include <system_error>

#include "host/clock.h"

namespace sluice::design {

std::uint64_t Band::end() const {
  return std::accumulate(bytes.begin(), bytes.end(), address);
}

struct Packer::Waiting {
  std::size_t number = 0;
  ParsedRows parsed;
};

std::uint64_t Packer::memory(const BandShape& shape, std::size_t threads) {
  return (2 * threads + 1) * BandEncoder::parsed_memory(shape) + threads * BandEncoder::memory(shape);
}

Packer::Packer(const BandShape& shape, std::size_t threads, std::vector<Band> there, std::uint64_t start,
               Result& result, Budget& budget)
    : shape_(shape),
      result_(result),
      share_(budget, memory(shape, threads), "chunks of the store"),
      bands_(std::move(there)),
      there_(bands_.size()),
      places_(start) {
  for (std::size_t i = 0; i < 2 * threads + 1; ++i) free_.push_back(std::make_unique<Waiting>());
  try {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error& e) {
    places_.fail();
    close();
    throw Error(ErrorKind::kMemory, std::string("a thread cannot be started: ") + e.what(),
                "raise ulimit -u");
  }
}

Packer::~Packer() {
  {
    const std::lock_guard lock(mutex_);
    waiting_.clear();  // dropped: a resumed run makes them again
  }
  close();
}

void Packer::close() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

Packer::Waiting& Packer::filling() {
  if (filling_) return *filling_;
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return failure_ || !free_.empty(); });
  if (failure_) std::rethrow_exception(failure_);
  filling_ = std::move(free_.back());
  free_.pop_back();
  filling_->number = std::size_t(rows_ / shape_.rows);
  filling_->parsed.clear();
  return *filling_;
}

void Packer::submit() {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(filling_));
  }
  changed_.notify_all();
}

void Packer::append(const ParsedRows& rows) {
  const std::int64_t passed = std::int64_t(there_) * shape_.rows;
  for (std::size_t at = 0; at < rows.rows;) {
    if (rows_ < passed) {
      const auto skip = std::min(std::size_t(passed - rows_), rows.rows - at);
      rows_ += std::int64_t(skip), at += skip;
      continue;
    }
    ParsedRows& parsed = filling().parsed;
    const std::size_t count = std::min(std::size_t(shape_.rows) - parsed.rows, rows.rows - at);
    parsed.add(rows, at, count);
    at += count, rows_ += std::int64_t(count);
    if (parsed.rows == std::size_t(shape_.rows)) submit();
  }
}

void Packer::work() {
  try {
    BandEncoder encoder(shape_);
    for (;;) {
      std::unique_ptr<Waiting> band;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return failure_ || closing_ || !waiting_.empty(); });
        if (failure_ || waiting_.empty()) return;
        band = std::move(waiting_.front());
        waiting_.pop_front();
      }
      const Clock clock;
      pack(*band, encoder);
      {
        const std::lock_guard lock(mutex_);
        busy_seconds_ += clock.seconds();
        free_.push_back(std::move(band));
      }
      changed_.notify_all();
    }
  } catch (...) {
    places_.fail();
    {
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
    changed_.notify_all();
  }
}

void Packer::pack(const Waiting& band, BandEncoder& encoder) {
  encoder.encode(band.parsed);
  Band stored{std::int64_t(band.number) * shape_.rows, std::int64_t(band.parsed.rows), 0, encoder.bytes};
  const bool placed =
      places_.place(std::int64_t(band.number - there_), encoder.stored.size(), stored.address, [&] {
        bands_.push_back(stored);
        return true;
      });
  if (!placed) return;  // another thread failed
  result_.write(0, stored.address, encoder.stored.data(), encoder.stored.size());
  std::int64_t at = std::int64_t(stored.address);
  for (std::size_t chunk = 0; chunk < stored.bytes.size(); ++chunk) {
    TileRecord record;
    record.rect = {stored.first_row, std::int64_t(chunk), stored.rows, std::int64_t(stored.bytes[chunk])};
    record.largest_row = at;
    at += std::int64_t(stored.bytes[chunk]);
    result_.completed(record);
  }
}

void Packer::finish() {
  if (filling_ && filling_->parsed.rows > 0) submit();
  close();
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace sluice::design
