// What every operation takes besides its own options: where to run, how much memory, whom to tell, when to
// stop. And what it gives back besides its result: seconds and bytes by stage.
#pragma once
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice {

/// Told of progress from the thread that runs the operation, after each tile: calls can come thick and fast.
class Observer {
 public:
  virtual ~Observer() = default;
  /// A stage begins ("products"), with its total in `unit` ("bytes", "flop", "tiles"); done starts at `done`.
  virtual void begin(const char* stage, double total, const char* unit, double done) {}
  virtual void progress(double done) {}
  virtual void end() {}
  /// One line that a user should read ("resumed: 12 of 40 tiles were there").
  virtual void note(const std::string& line) {}
  virtual void warning(const std::string& line) {}
};

struct RunOptions {
  std::string device = "auto";  // auto, cpu, cuda, cuda:N, serial, late, check
  bool device_is_wish = false;  // for all commands (by the environment): work of the processor's goes there
  std::uint64_t memory = 0;     // bytes of anonymous, pinned and scratch memory; 0: half of what is free
  std::uint64_t device_memory = 0;  // bytes on the device; 0: 80 % of what is free there
  int threads = 0;                  // 0: all that the process may use
  std::string io = "auto";          // auto, mmap, pread, direct
  bool resume = false, force = false;
  double checkpoint_seconds = 30;           // between two syncs of data and journal
  std::string command;                      // for provenance: the command line as typed
  Observer* observer = nullptr;             // may be null
  const std::atomic<bool>* stop = nullptr;  // set to true: stop at the next tile, keep the journal
  std::uint64_t late_seed = 1;              // late: seed of the delays
  std::int64_t late_skip_wait = 0;          // late: leave this wait out (tests)
};

struct StageTime {
  std::string stage;   // "read", "centre", "products", "finish", "write", "sync"
  double seconds = 0;  // in which this stage was busy (stages overlap)
  double bytes = 0, flop = 0;
};

struct RunSummary {
  std::string device, device_name, level;  // backend, device and vector level or architecture
  int threads = 0;
  std::uint64_t memory_limit = 0, memory_peak = 0;  // bytes of the budget, and the most that was held
  std::uint64_t device_peak = 0;
  std::uint64_t bytes_read = 0, bytes_written = 0;
  double seconds = 0;          // the whole operation, final sync included
  double compute_seconds = 0;  // without the final sync
  double sync_seconds = 0;
  bool resumed = false;
  std::vector<StageTime> stages;
};

}  // namespace sluice
