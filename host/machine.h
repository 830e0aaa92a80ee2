// What a run may use, resolved once: backend, device, threads, memory. Every operation starts with this.
#pragma once
#include <memory>
#include <string>

#include "host/backend.h"
#include "host/budget.h"
#include "host/run.h"

namespace sluice {

struct Machine {
  Selection selection;
  std::unique_ptr<Device> device;
  DeviceInfo facts{};
  int threads = 1;
  std::uint64_t memory = 0, device_memory = 0;
  std::int64_t scratch = 0;  // bytes that the backend may take besides what it is asked for
  std::unique_ptr<Budgets> budgets;
  const BackendInfo& info() const { return selection.backend->info; }
  bool shared() const { return selection.backend->info.shares_host_memory != 0; }
  /// Fills in device, threads, limits and peaks of a summary.
  void report(RunSummary& summary) const;
};

/// Error{kDevice, kUsage}. Notes through the observer why `auto` did not take a GPU where one might be
/// expected.
Machine open_machine(const RunOptions& run);

/// Text of everything about the machine that the bytes of a result depend on ("cuda sm_90, cuBLAS 13.0").
std::string identity_text(const Machine& machine);

}  // namespace sluice
