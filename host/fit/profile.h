// What each thread did when in a fit's passes, with bytes, busy cores and memory, as an interactive page
// (`--profile run.html`). Recording costs two looks at the clock for a piece of text.
#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "host/page/page.h"
#include "host/run.h"

namespace sluice::fit {

class Profile {
 public:
  Profile() : begun_(Clock::now()) {}
  /// Seconds since the run began.
  double now() const { return std::chrono::duration<double>(Clock::now() - begun_).count(); }
  /// Work of one thread; any thread may call.
  void add(const std::string& stage, std::thread::id thread, double begin, double end, std::uint64_t bytes);
  /// CPU time and memory now, at most every 5 ms. By one thread.
  void sample();

  /// `cores`: that the process may use.
  page::Page page(const std::string& title, const RunSummary& run, int cores) const;

 private:
  void add_samples(page::Page& page, page::Points& marks, int cores) const;
  using Clock = std::chrono::steady_clock;
  struct Event {
    std::size_t stage = 0, thread = 0;
    double begin = 0, end = 0, bytes = 0;
  };
  struct Sample {
    double at = 0, cpu = 0, memory = 0;  // seconds, seconds of all threads, anonymous bytes
  };
  std::vector<Event> joined_events() const;
  Clock::time_point begun_;
  mutable std::mutex mutex_;
  std::vector<std::string> stages_;
  std::vector<std::thread::id> threads_;
  std::vector<Event> events_;
  std::vector<Sample> samples_;
};

}  // namespace sluice::fit
