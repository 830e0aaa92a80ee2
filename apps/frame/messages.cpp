#include "apps/frame/messages.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "apps/frame/invocation.h"

namespace sluice::frame {
namespace {

bool write_all(int to, const std::string& text) {
  for (std::size_t at = 0; at < text.size();) {
    const ssize_t n = ::write(to, text.data() + at, text.size() - at);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    at += std::size_t(n);
  }
  return true;
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (c == '\n' || c == '\r') c = ' ';
  return text;
}

/// `word` in an SGR colour where colours are wanted.
std::string painted(const std::string& word, const char* code) {
  return colour() ? "\033[" + std::string(code) + "m" + word + "\033[0m" : word;
}

}  // namespace

bool say(const std::string& text) {
  if (write_all(STDOUT_FILENO, text)) return true;
  if (errno != EPIPE)
    throw Error(ErrorKind::kOutput,
                std::string("standard output: cannot be written: ") + std::strerror(errno));
  return false;
}

void tell(const std::string& line) {
  write_all(STDERR_FILENO, line + "\n");
}
void note(const std::string& line) {
  tell(painted("note: ", "2") + one_line(line));
}
void warn(const std::string& line) {
  tell(painted("warning: ", "33") + one_line(line));
}

void complain(const std::string& command, const Error& error) {
  tell(painted(command + ": ", "31") + one_line(error.what()));
  if (!error.advice().empty()) tell("  " + one_line(error.advice()));
}

bool terminal() {
  const char* kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && kind != nullptr && std::strcmp(kind, "dumb") != 0;
}

bool colour() {
  const char* no = std::getenv("NO_COLOR");
  return terminal() && (no == nullptr || *no == 0);
}

int terminal_width() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

int exit_code_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kUsage:
      return 2;
    case ErrorKind::kCheck:
      return 3;
    case ErrorKind::kInterrupted:
      return interrupted_exit_code();
    default:
      return 1;
  }
}

}  // namespace sluice::frame
