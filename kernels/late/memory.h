// The stand-in device's memory: blocks that hold NaN until they are filled and again once they are released.
// Released blocks stay mapped for a while, so that work that comes too late computes NaN and does not crash.
#pragma once
#include <cstdint>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

class PoisonedMemory {
 public:
  PoisonedMemory() = default;
  ~PoisonedMemory();
  PoisonedMemory(const PoisonedMemory&) = delete;
  PoisonedMemory& operator=(const PoisonedMemory&) = delete;

  /// Every byte is 0xFF: NaN as float32 and float64, -1 as integers. Failure: kOutOfMemory.
  void* allocate(std::int64_t bytes);
  void release(void* data);

 private:
  struct Block {
    void* data;
    std::int64_t bytes;
  };
  static constexpr std::int64_t kQuarantine = 32 << 20;  // bytes of released blocks that stay mapped

  std::mutex mutex_;
  std::unordered_map<void*, std::int64_t> sizes_;
  std::deque<Block> quarantine_;
  std::int64_t quarantined_ = 0;
};

}  // namespace sluice::SLUICE_BACKEND
