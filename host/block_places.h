// Places in a file for blocks of text whose lengths are known only when they are made: each begins where the
// one before it ends, in whatever order threads finish them.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace sluice {

class Places {
 public:
  explicit Places(std::uint64_t start) : end_(start) {}
  /// Waits for the blocks before. `take` runs in the order of the blocks; false: another one failed.
  template <class F>
  bool place(std::int64_t block, std::size_t bytes, std::uint64_t& offset, const F& take) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failed_ || next_ == block; });
    if (failed_) return false;
    offset = end_;
    failed_ = !take();
    end_ += bytes;
    ++next_;
    changed_.notify_all();
    return !failed_;
  }
  void fail() {
    const std::lock_guard lock(mutex_);
    failed_ = true;
    changed_.notify_all();
  }
  void restart() { next_ = 0; }
  bool failed() const {
    const std::lock_guard lock(mutex_);
    return failed_;
  }
  std::uint64_t end() const { return end_; }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t next_ = 0;
  std::uint64_t end_ = 0;
  bool failed_ = false;
};

}  // namespace sluice
