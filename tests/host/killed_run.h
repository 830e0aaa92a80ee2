// Runs in processes of their own that die by SIGKILL at a chosen call, so that where they die does not hang
// on how fast the machine is. The process that starts them must not have threads.
#pragma once
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <stdexcept>

#include "host/io/sys.h"

namespace sluice::test {

/// How many calls of each kind the last run in a child has made; shared with the child.
class CallCounts {
 public:
  static constexpr int kKinds = 9;
  static_assert(int(sys::Call::kAllocate) + 1 == kKinds);
  using Counts = std::atomic<std::int64_t>[kKinds];

  CallCounts()
      : memory_(mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (memory_ == MAP_FAILED) throw std::runtime_error("no shared memory");
    clear();
  }
  ~CallCounts() { munmap(memory_, sizeof(Counts)); }
  CallCounts(const CallCounts&) = delete;
  CallCounts& operator=(const CallCounts&) = delete;

  std::atomic<std::int64_t>& of(sys::Call kind) { return (*static_cast<Counts*>(memory_))[int(kind)]; }
  void clear() {
    for (int kind = 0; kind < kKinds; ++kind) of(sys::Call(kind)) = 0;
  }

 private:
  void* memory_;
};

struct KillAt {
  sys::Call kind;
  std::int64_t call;  // 1: before the first of this kind
};

/// Waits for a child: its exit code, or the signal that ended it, negative.
inline int end_of(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw std::runtime_error("no child to wait for");
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/// Runs body() in a process of its own, which kills itself at `at` (nullopt: never); how it ended (end_of()).
/// body returns the exit code; an exception is printed and gives 1. Calls are counted in `counts`.
template <class Body>
int in_child(CallCounts& counts, std::optional<KillAt> at, const Body& body) {
  counts.clear();
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no process to run in");
  if (child == 0) {
    static CallCounts* counted;
    static std::optional<KillAt> fatal;
    counted = &counts, fatal = at;
    sys::set_fault_hook([](sys::Call call, const char*) {
      const std::int64_t turn = ++counted->of(call);
      if (fatal && call == fatal->kind && turn == fatal->call) raise(SIGKILL);
      return 0;
    });
    try {
      _exit(body());
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s\n", error.what());
      _exit(1);
    }
  }
  return end_of(child);
}

}  // namespace sluice::test
