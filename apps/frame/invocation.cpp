#include "apps/frame/invocation.h"

#include <csignal>

#include "apps/frame/text.h"

namespace sluice::frame {
namespace {

std::atomic<bool> stop{false};
std::atomic<int> received{0};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

extern "C" void on_signal(int number) {
  if (received.exchange(number) != 0) {
    std::signal(number, SIG_DFL);
    std::raise(number);
  }
  stop.store(true);
}

}  // namespace

std::string Invocation::line() const {
  std::vector<std::string> quoted;
  for (const std::string& word : words) quoted.push_back(shell_word(word));
  return joined(quoted, " ");
}

Invocation& invocation() {
  static Invocation only;
  return only;
}

void watch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

const std::atomic<bool>& stop_flag() {
  return stop;
}

int interrupted_exit_code() {
  return 128 + (received.load() == SIGTERM ? SIGTERM : SIGINT);
}

}  // namespace sluice::frame
