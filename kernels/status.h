// Failures inside a backend library: thrown as Failure, turned into a Status at the border.
// Nothing else is thrown on purpose; std::bad_alloc becomes kOutOfMemory.
#pragma once
#include <cstdarg>
#include <cstdio>
#include <exception>
#include <new>

#include "kernels/backend.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

struct Failure {
  Status status;
};

[[noreturn]] __attribute__((format(printf, 2, 3))) inline void fail(StatusCode code, const char* format,
                                                                    ...) {
  Failure failure{};
  failure.status.code = code;
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(failure.status.text, sizeof failure.status.text, format, arguments);
  va_end(arguments);
  throw failure;
}

/// The status of the exception being handled.
inline Status current_status() noexcept {
  Status status{};
  try {
    throw;
  } catch (const Failure& failure) {
    status = failure.status;
  } catch (const std::bad_alloc&) {
    status.code = kOutOfMemory;
    std::snprintf(status.text, sizeof status.text, "out of memory");
  } catch (const std::exception& error) {
    status.code = kDeviceError;
    std::snprintf(status.text, sizeof status.text, "%s", error.what());
  } catch (...) {
    status.code = kDeviceError;
    std::snprintf(status.text, sizeof status.text, "unknown failure");
  }
  return status;
}

/// Runs an entry of the table: its code, and in `status` the text of a failure.
template <class F>
std::int32_t guarded(Status* status, F&& f) noexcept {
  try {
    f();
    return kOk;
  } catch (...) {
    const Status failed = current_status();
    if (status) *status = failed;
    return failed.code;
  }
}

}  // namespace sluice::SLUICE_BACKEND
