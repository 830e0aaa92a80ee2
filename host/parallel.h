// A loop whose turns run on several threads. The threads live as long as the loop.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace sluice {

/// turn(0) ... turn(count - 1), each once. The first exception caught is thrown again when all threads are
/// done.
template <class F>
void in_parallel(std::size_t threads, std::size_t count, const F& turn) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr failure;
  std::mutex mutex;
  const auto work = [&] {
    try {
      for (std::size_t i; (i = next++) < count;) turn(i);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!failure) failure = std::current_exception();
      next = count;
    }
  };
  std::vector<std::thread> helpers;
  try {
    helpers.reserve(threads);
    for (std::size_t i = 1; i < std::min(threads, count); ++i) helpers.emplace_back(work);
  } catch (const std::exception&) {
    // No more threads are to be had: those that there are do the work.
  }
  work();
  for (std::thread& helper : helpers) helper.join();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace sluice
