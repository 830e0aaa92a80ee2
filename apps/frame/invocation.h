// What is true of the whole process: the words that were typed, and the signals that stop it.
#pragma once
#include <atomic>
#include <string>
#include <vector>

namespace sluice::frame {

struct Invocation {
  std::vector<std::string> words;  // "sluice", "cov", "X.npy", ...
  /// As a shell reads it back.
  std::string line() const;
};
Invocation& invocation();

/// SIGINT and SIGTERM set the stop flag, and the second of them ends the process at once. SIGPIPE is ignored:
/// a computation outlives the reader of its messages, and writes to a closed pipe fail quietly.
void watch_signals();
const std::atomic<bool>& stop_flag();
/// 130 after SIGINT, 143 after SIGTERM.
int interrupted_exit_code();

}  // namespace sluice::frame
