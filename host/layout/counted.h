// A count that several threads add to, told to an observer from the thread that made it alone, as observers
// expect.
#pragma once
#include <algorithm>
#include <atomic>
#include <thread>

#include "host/run.h"

namespace sluice::layout {

class Counted {
 public:
  /// `observer` may be null; it is told of no more than `total`.
  Counted(Observer* observer, double total) : observer_(observer), total_(total) {}

  void add(double more) {
    const double done = done_.fetch_add(more) + more;
    if (observer_ != nullptr && std::this_thread::get_id() == owner_)
      observer_->progress(std::min(done, total_));
  }

 private:
  Observer* const observer_;
  const double total_;
  const std::thread::id owner_ = std::this_thread::get_id();
  std::atomic<double> done_{0};
};

}  // namespace sluice::layout
