// Threads that go through many short stages together: a turn of a stage is taken by whoever is free, and the
// last to be done prepares the next. OpenMP's own barriers sleep here (host/backend.cpp asks for that), which
// costs more than a stage of some 10 us.
#pragma once
#include <atomic>
#include <cstdint>
#include <thread>

#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

class Team {
 public:
  explicit Team(int threads) : threads_(threads) {}
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  /// turn(0) ... turn(count - 1), each by one thread; then, when all are done, `last` by one. Every thread of
  /// the team calls this, with the same arguments, and returns after `last`.
  template <class Turn, class Last>
  void each(std::int64_t count, const Turn& turn, const Last& last) {
    for (std::int64_t i; (i = next_.fetch_add(1, std::memory_order_relaxed)) < count;) turn(i);
    const std::uint32_t stage = stage_.load(std::memory_order_relaxed);
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
      last();
      next_.store(0, std::memory_order_relaxed);
      arrived_.store(0, std::memory_order_relaxed);
      stage_.store(stage + 1, std::memory_order_release);
      return;
    }
    for (int spins = 0; stage_.load(std::memory_order_acquire) == stage; ++spins)
      if (spins < kSpins)
        __builtin_ia32_pause();
      else
        std::this_thread::yield();
  }
  template <class Turn>
  void each(std::int64_t count, const Turn& turn) {
    each(count, turn, [] {});
  }

 private:
  static constexpr int kSpins = 1000;  // some 30 us
  const int threads_;
  std::atomic<std::int64_t> next_{0};
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<std::uint32_t> stage_{0};
};

}  // namespace sluice::SLUICE_BACKEND
