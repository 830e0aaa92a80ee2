#include "host/writer.h"

#include <algorithm>
#include <system_error>

namespace sluice {

TileWriter::TileWriter(const Device& device, Budgets& budgets, Result& result, int slots,
                       std::int64_t slot_bytes, int threads)
    : result_(&result), out_(device) {
  const bool shared = device.info().shares_host_memory != 0;
  for (int i = 0; i < slots; ++i) {
    auto slot = std::make_unique<Slot>();
    slot->host_memory = Held(device, Memory::kPinned, slot_bytes, budgets.host, "the result's tiles");
    if (!shared)
      slot->device_memory = Held(device, Memory::kDevice, slot_bytes, budgets.device(), "the result's tiles");
    slot->device = shared ? slot->host_memory.as<>() : slot->device_memory.as<>();
    slot->bytes = slot_bytes;
    slot->computed = std::make_unique<Fence>(device);
    slot->copied = std::make_unique<Fence>(device);
    slots_.push_back(std::move(slot));
  }
  try {
    for (int i = 0; i < std::max(1, threads); ++i) threads_.emplace_back([this] { work(); });
  } catch (const std::system_error& e) {
    close();
    throw Error(ErrorKind::kMemory, std::string("a writing thread cannot be started: ") + e.what(),
                "raise ulimit -u");
  }
}

void TileWriter::close() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  work_.notify_all();
  for (std::thread& t : threads_) t.join();
  threads_.clear();
}

TileWriter::~TileWriter() {
  close();
  // What is enqueued still writes the slots that go now.
  for (Stream* stream : {compute_, &out_}) {
    try {
      if (stream != nullptr) stream->finish();
    } catch (const Error&) {  // the error that is on its way out says more
    }
  }
}

TileWriter::Slot& TileWriter::acquire(Stream& compute) {
  std::unique_lock lock(mutex_);
  Slot* found = nullptr;
  free_.wait(lock, [&] {
    for (auto& slot : slots_)
      if (!slot->busy) {
        found = slot.get();
        return true;
      }
    return failure_ != nullptr;
  });
  if (failure_) std::rethrow_exception(failure_);
  found->busy = true;
  compute_ = &compute;
  lock.unlock();
  compute.wait(*found->copied);  // the last tile has left the device's half of the slot
  return *found;
}

void TileWriter::submit(Slot& slot, std::int64_t bytes, WriteJob job, Stream& compute) {
  slot.job = std::move(job);
  if (slot.device_memory.as<>() != nullptr) {
    slot.computed->record(compute);
    out_.wait(*slot.computed);
    out_.copy(slot.host_memory.as<>(), slot.device, bytes);
    slot.copied->record(out_);
  } else {
    slot.copied->record(compute);
  }
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(&slot);
  }
  work_.notify_one();
}

void TileWriter::work() {
  for (;;) {
    Slot* slot;
    {
      std::unique_lock lock(mutex_);
      work_.wait(lock, [&] { return closing_ || !queue_.empty(); });
      if (queue_.empty() || (closing_ && failure_)) return;
      slot = queue_.front();
      queue_.pop_front();
    }
    const Clock clock;
    std::exception_ptr failure;
    try {
      write(*slot);
    } catch (...) {
      failure = std::current_exception();
    }
    {
      std::lock_guard lock(mutex_);
      slot->busy = false;
      busy_seconds_ += clock.seconds();
      if (failure && !failure_) failure_ = failure;
    }
    free_.notify_all();
  }
}

void TileWriter::write(Slot& slot) {
  slot.copied->finish();
  auto host = slot.host_memory.as<char>();
  for (const WritePiece& p : slot.job.pieces) {
    if (p.divide) {
      auto values = reinterpret_cast<double*>(host + p.from);
      for (std::int64_t i = 0; i < p.width * p.rows / 8; ++i) values[i] /= p.divisor;
    }
    if (std::uint64_t(p.width) == p.stride) {
      result_->write(p.file, p.offset, host + p.from, std::size_t(p.width * p.rows));
      continue;
    }
    for (std::int64_t r = 0; r < p.rows; ++r)
      result_->write(p.file, p.offset + std::uint64_t(r) * p.stride, host + p.from + r * p.width,
                     std::size_t(p.width));
  }
  TileRecord record = slot.job.record;
  if (slot.job.largest_at >= 0) {
    const auto& largest = *reinterpret_cast<const Largest*>(host + slot.job.largest_at);
    if (largest.value != 0) {
      record.largest = largest.value;
      record.largest_row = record.rect.row + largest.row;
      record.largest_column = record.rect.column + largest.column;
    }
  }
  result_->completed(record);
}

void TileWriter::drain() {
  std::unique_lock lock(mutex_);
  free_.wait(lock, [&] {
    return failure_ != nullptr ||
           std::none_of(slots_.begin(), slots_.end(), [](const auto& slot) { return slot->busy; });
  });
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace sluice
