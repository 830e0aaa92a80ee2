// A queue that runs its jobs in order on a thread of its own, each after a random delay, and points in it
// that others can wait for. Delays come from a seed; what overtakes what still depends on the machine.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

#include "kernels/backend.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// A point in a queue: reached once, with the first error of the work before it.
class Point {
 public:
  void reach(const Status& status);
  Status wait();

 private:
  std::mutex mutex_;
  std::condition_variable reached_now_;
  bool reached_ = false;
  Status status_{};
};

class LateQueue {
 public:
  explicit LateQueue(std::uint64_t seed);
  ~LateQueue();  // waits for its work
  LateQueue(const LateQueue&) = delete;
  LateQueue& operator=(const LateQueue&) = delete;

  /// Work that may fail: once a job has failed, later ones are left out, as on a device.
  void push(std::function<void()> job);
  /// A point behind the work pushed so far.
  std::shared_ptr<Point> record();
  /// Later work waits for the point.
  void wait(std::shared_ptr<Point> point);

 private:
  struct Job {
    std::function<void()> work;    // or
    std::shared_ptr<Point> reach;  // this point is reached, or
    std::shared_ptr<Point> await;  // this one is waited for
  };
  void enqueue(Job job);
  void loop();
  void run(Job& job);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  bool closing_ = false;
  Status error_{};          // of the queue's thread alone
  std::mt19937_64 random_;  // of the queue's thread alone
  std::thread thread_;
};

}  // namespace sluice::SLUICE_BACKEND
