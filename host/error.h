// Typed errors of the library. what() is one line, "FILE: what is wrong: expected X, found Y" where a file is
// at fault; advice() is one further line with the way out, or empty. Commands map the kind to an exit code.
#pragma once
#include <stdexcept>
#include <string>
#include <utility>

namespace sluice {

enum class ErrorKind {
  kUsage,        // the request makes no sense, whatever the files hold (exit 2)
  kInput,        // an input file is missing, malformed, truncated, of the wrong shape (exit 1)
  kOutput,       // an output cannot be written or kept (exit 1)
  kMemory,       // the budget or the device's memory is too small (exit 1)
  kDevice,       // a backend or device is absent or failed (exit 1)
  kCheck,        // a verification found a wrong result (exit 3)
  kInterrupted,  // stopped on request; the run can be resumed (exit 130 or 143)
};

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, std::string what, std::string advice = {})
      : std::runtime_error(std::move(what)), kind_(kind), advice_(std::move(advice)) {}
  ErrorKind kind() const noexcept { return kind_; }
  const std::string& advice() const noexcept { return advice_; }

 private:
  ErrorKind kind_;
  std::string advice_;
};

}  // namespace sluice
