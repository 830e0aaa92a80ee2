// The queue's thread, its delays and its error.
#include "kernels/late/queue.h"

#include <chrono>
#include <utility>

#include "kernels/status.h"

namespace sluice::SLUICE_BACKEND {

void Point::reach(const Status& status) {
  const std::lock_guard lock(mutex_);
  status_ = status;
  reached_ = true;
  reached_now_.notify_all();
}

Status Point::wait() {
  std::unique_lock lock(mutex_);
  reached_now_.wait(lock, [&] { return reached_; });
  return status_;
}

LateQueue::LateQueue(std::uint64_t seed) : random_(seed), thread_([this] { loop(); }) {}

LateQueue::~LateQueue() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void LateQueue::push(std::function<void()> job) {
  enqueue(Job{std::move(job), nullptr, nullptr});
}

std::shared_ptr<Point> LateQueue::record() {
  auto point = std::make_shared<Point>();
  enqueue(Job{nullptr, point, nullptr});
  return point;
}

void LateQueue::wait(std::shared_ptr<Point> point) {
  enqueue(Job{nullptr, nullptr, std::move(point)});
}

void LateQueue::enqueue(Job job) {
  const std::lock_guard lock(mutex_);
  jobs_.push_back(std::move(job));
  changed_.notify_all();
}

void LateQueue::loop() {
  for (;;) {
    Job job;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return closing_ || !jobs_.empty(); });
      if (jobs_.empty()) return;
      job = std::move(jobs_.front());
      jobs_.pop_front();
    }
    run(job);
  }
}

void LateQueue::run(Job& job) {
  if (job.reach) return job.reach->reach(error_);
  if (job.await) {
    job.await->wait();
    return;
  }
  // Every second job starts at once, the others up to 2 ms late.
  const std::uint64_t draw = random_();
  if (draw & 1) std::this_thread::sleep_for(std::chrono::microseconds((draw >> 1) % 2000));
  if (error_.code != kOk) return;
  try {
    job.work();
  } catch (...) {
    error_ = current_status();
  }
}

}  // namespace sluice::SLUICE_BACKEND
