// Who works on which piece, and when.
#include "host/formats/csv/pipeline.h"

#include <memory>
#include <system_error>
#include <thread>
#include <vector>

namespace sluice::csv {

/// Ends the other threads, however run() ends.
struct Pipeline::Stop {
  Pipeline& pipeline;
  std::vector<std::thread> threads;
  ~Stop() {
    pipeline.tell([&] { pipeline.stopped_ = true; });
    for (std::thread& thread : threads) thread.join();
  }
};

bool Pipeline::is_done(std::uint64_t piece) const {
  return done_[slot(piece)].piece == piece;
}

// The next piece for this thread, which is the one to fill where pieces are filled in turn.
bool Pipeline::claim(bool may_wait, std::uint64_t& piece) {
  std::unique_lock lock(mutex_);
  if (may_wait) changed_.wait(lock, [&] { return stopped_ || next_ >= pieces_ || may_claim(); });
  if (stopped_ || !may_claim()) return false;
  filling_ = in_turn_;
  piece = next_++;
  return true;
}

void Pipeline::carry(const Work& work, std::uint64_t piece) {
  std::exception_ptr failure;
  bool filled = false;
  try {
    work.fill(piece);
    if (in_turn_) tell([&] { filling_ = false; });
    filled = true;
    work.process(piece);
  } catch (...) {
    failure = std::current_exception();
  }
  tell([&] {
    if (!filled) filling_ = false;
    if (failure) last(piece);
    done_[slot(piece)] = {piece, std::move(failure)};
  });
}

void Pipeline::help(const Work& work) {
  for (std::uint64_t piece = 0; claim(true, piece);) carry(work, piece);
}

void Pipeline::run(const Work& work) {
  done_ = std::make_unique<Done[]>(slots_);
  Stop stop{*this, {}};
  stop.threads.reserve(threads_);
  try {
    while (stop.threads.size() + 1 < threads_) stop.threads.emplace_back([&] { help(work); });
  } catch (const std::system_error&) {
    // No more threads are to be had: those that there are do the work.
  }
  for (std::uint64_t piece = 0;;) {
    std::unique_lock lock(mutex_);
    if (merged_ >= pieces_) return;
    const bool ready = is_done(merged_);
    if (ready && done_[slot(merged_)].failure) std::rethrow_exception(done_[slot(merged_)].failure);
    lock.unlock();
    if (ready) {
      work.merge(merged_);
      tell([&] { ++merged_; });
    } else if (claim(false, piece)) {
      carry(work, piece);
    } else {
      lock.lock();
      changed_.wait(lock, [&] { return is_done(merged_) || merged_ >= pieces_ || may_claim(); });
    }
  }
}

}  // namespace sluice::csv
