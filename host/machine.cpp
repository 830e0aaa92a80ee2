#include "host/machine.h"

#include <algorithm>

namespace sluice {

Machine open_machine(const RunOptions& run) {
  Machine m;
  m.selection = select_backend(run.device);
  m.threads = run.threads > 0 ? run.threads : available_cores();
  const ContextOptions options{m.selection.device, m.threads, run.late_seed, run.late_skip_wait};
  m.device = std::make_unique<Device>(*m.selection.backend, options);
  m.facts = m.device->describe();
  m.scratch = m.selection.backend->scratch_bytes(&options);
  m.memory = run.memory > 0 ? run.memory : available_memory() / 2;
  m.device_memory = run.device_memory > 0 ? run.device_memory : m.facts.memory_free / 10 * 8;
  m.budgets = std::make_unique<Budgets>(m.memory, m.device_memory, m.shared());
  return m;
}

void Machine::report(RunSummary& s) const {
  s.device = selection.selector;
  s.device_name = facts.name;
  s.level = facts.level[0] != 0 ? facts.level : info().level;
  s.threads = threads;
  s.memory_limit = memory;
  s.memory_peak = budgets->host.peak();
  s.device_peak = shared() ? 0 : budgets->separate.peak();
}

std::string identity_text(const Machine& m) {
  return std::string(m.info().name) + " " + m.info().level + ", " + m.facts.detail;
}

}  // namespace sluice
