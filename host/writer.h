// The pager's writing half: finished tiles leave the device and go to their places in the result, behind
// compute. Memory: `slots` tiles of `slot_bytes` (twice that where the device has memory of its own).
#pragma once
#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "host/backend.h"
#include "host/budget.h"
#include "host/result.h"

namespace sluice {

/// `rows` runs of `width` bytes from a tile's slot (dense from `from`) to a file at `offset`, `stride` apart.
struct WritePiece {
  int file = 0;
  std::uint64_t offset = 0, stride = 0;
  std::int64_t width = 0, rows = 0;
  std::int64_t from = 0;
  bool divide = false;  // the bytes are doubles, written divided by `divisor`
  double divisor = 1;
};

struct WriteJob {
  std::vector<WritePiece> pieces;
  TileRecord record;
  std::int64_t largest_at = -1;  // where in the slot a Largest lies; -1: none
};

class TileWriter {
 public:
  struct Slot {
    void* device = nullptr;  // the kernel writes here
    std::int64_t bytes = 0;

   private:
    friend class TileWriter;
    Held device_memory, host_memory;
    std::unique_ptr<Fence> computed, copied;
    WriteJob job;
    bool busy = false;
  };

  TileWriter(const Device& device, Budgets& budgets, Result& result, int slots, std::int64_t slot_bytes,
             int threads);
  /// Waits for what was submitted, or drops it when unwinding.
  ~TileWriter();
  /// A free slot, whose device memory `compute` may write. Rethrows an error of the writing threads.
  Slot& acquire(Stream& compute);
  /// The tile is in slot.device once `compute` has run what is enqueued on it.
  void submit(Slot& slot, std::int64_t bytes, WriteJob job, Stream& compute);
  /// All submitted tiles are written and recorded as completed. Rethrows.
  void drain();
  double busy_seconds() const { return busy_seconds_; }

  static std::uint64_t host_memory(int slots, std::int64_t bytes) {
    return std::uint64_t(slots) * std::uint64_t(bytes);
  }

 private:
  void close();
  void work();
  void write(Slot& slot);

  Result* result_;
  Stream* compute_ = nullptr;  // the queue that fills the slots
  Stream out_;
  std::vector<std::unique_ptr<Slot>> slots_;
  std::mutex mutex_;
  std::condition_variable free_, work_;
  std::deque<Slot*> queue_;
  std::exception_ptr failure_;
  bool closing_ = false;
  double busy_seconds_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace sluice
