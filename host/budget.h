// The memory budget of one operation: anonymous, pinned and scratch bytes are taken from it before they are
// allocated, so its peak is what --memory bounds. Page cache is not counted.
#pragma once
#include <cstdint>
#include <string>

#include "host/backend.h"

#include <atomic>

namespace sluice {

/// Bytes that this process could take: the smaller of MemAvailable and what its cgroup leaves.
std::uint64_t available_memory();
std::uint64_t total_memory();
/// CPUs that this process may run on.
int available_cores();

class Budget {
 public:
  Budget(std::uint64_t limit, std::string option) : limit_(limit), option_(std::move(option)) {}
  /// Error{kMemory} when `what` does not fit any more; names the option and what would be needed.
  void take(std::uint64_t bytes, const char* what);
  void give(std::uint64_t bytes) noexcept { held_ -= bytes; }
  std::uint64_t limit() const { return limit_; }
  std::uint64_t left() const { return limit_ - held_; }
  std::uint64_t peak() const { return peak_; }

 private:
  std::uint64_t limit_;
  std::string option_;
  std::atomic<std::uint64_t> held_{0}, peak_{0};
};

/// Bytes taken from a budget for as long as this lives.
class Share {
 public:
  Share() = default;
  Share(Budget& budget, std::uint64_t bytes, const char* what) : budget_(&budget), bytes_(bytes) {
    budget.take(bytes, what);
  }
  Share(Share&& o) noexcept : budget_(o.budget_), bytes_(o.bytes_) { o.budget_ = nullptr; }
  Share& operator=(Share&& o) noexcept {
    std::swap(budget_, o.budget_);
    std::swap(bytes_, o.bytes_);
    return *this;
  }
  ~Share() {
    if (budget_ != nullptr) budget_->give(bytes_);
  }

 private:
  Budget* budget_ = nullptr;
  std::uint64_t bytes_ = 0;
};

/// A device or pinned buffer paid for from a budget.
struct Held {
  Held() = default;
  Held(const Device& device, Memory kind, std::int64_t bytes, Budget& budget, const char* what)
      : share(budget, std::uint64_t(bytes), what), buffer(device, kind, bytes) {}
  template <class T = void>
  T* as() const {
    return buffer.as<T>();
  }
  Share share;
  Buffer buffer;
};

/// The budgets of a run and the memory they stand for: on a backend that shares the host's memory both are
/// one.
struct Budgets {
  Budgets(std::uint64_t host_bytes, std::uint64_t device_bytes, bool shared)
      : host(host_bytes, "--memory"), separate(device_bytes, "--device-memory"), shared_(shared) {}
  Budget& device() { return shared_ ? host : separate; }
  Budget host;
  Budget separate;

 private:
  bool shared_;
};

}  // namespace sluice
