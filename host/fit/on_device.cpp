#include "host/fit/on_device.h"

#include <algorithm>
#include <utility>

#include "host/error.h"
#include "host/fit/device_check.h"
#include "host/units.h"

namespace sluice::fit {
namespace {

/// A machine in whose budget counts what is held beside it.
struct Within {
  Machine machine;
  Share beside;
};

Within open_within(const Budget& budget, const RunOptions& run) {
  RunOptions own = run;
  own.memory = budget.limit();
  Machine machine = open_row_machine(own);
  Share beside(machine.budgets->host, budget.limit() - budget.left(),
               "matrices of the columns' number squared");
  return {std::move(machine), std::move(beside)};
}

/// One that was asked for by name, or for `auto` a GPU for a matrix whose bytes take longer than opening it
/// does; else the processor's own threads reflect as fast as the cpu backend would.
std::optional<Within> open_for_triangle(const TallSource& source, const TriangleColumns& columns,
                                        const Budget& budget, const RunOptions& run) {
  const bool wish = run.device == "auto" || run.device_is_wish;
  if (run.device == "cpu" || (run.device == "auto" && !worth_a_gpu(source.bytes()))) return std::nullopt;
  if (!wish) return open_within(budget, run);
  const auto without = [&](const std::string& why) {
    if (run.observer != nullptr) run.observer->note(why + ": the processor reflects");
    return std::nullopt;
  };
  try {
    Within within = open_within(budget, run);
    const Machine& machine = within.machine;
    const std::uint64_t needed = device_triangle_memory(source, columns, machine),
                        left = machine.budgets->device().left();
    if (needed <= left) return within;
    return without("the triangle takes " + human_bytes(double(needed)) + " of " + machine.selection.selector +
                   ", of which --device-memory leaves " + human_bytes(double(left)));
  } catch (const Error& error) {
    return without(error.what());
  }
}

/// A second device's peaks do not hide the first one's.
void report(const Machine& machine, RunSummary& summary) {
  const std::uint64_t device = summary.device_peak, peak = summary.memory_peak;
  machine.report(summary);
  summary.memory_peak = std::max(peak, summary.memory_peak);
  summary.device_peak = std::max(device, summary.device_peak);
}

/// What `reflect` makes on the machine, if there is one.
template <class Reflect>
auto reflected(const TallSource& source, const TriangleColumns& columns, const Budget& budget,
               const RunOptions& run, RunSummary& summary, const Reflect& reflect) {
  std::optional<decltype(reflect(std::declval<Machine&>()))> made;
  auto within = open_for_triangle(source, columns, budget, run);
  if (!within) return made;
  if (run.device == "check") check_triangle(source, columns, within->machine, run);
  made = reflect(within->machine);
  report(within->machine, summary);
  return made;
}

}  // namespace

Gram gram_on_device(const TallSource& source, Budget& budget, const RunOptions& run, RunSummary& summary) {
  Within within = open_within(budget, run);
  if (run.device == "check") check_gram(source, within.machine, run);
  Gram gram = device_gram(source, within.machine, run, summary);
  report(within.machine, summary);
  return gram;
}

std::optional<Square> triangle_on_device(const TallSource& source, const TriangleColumns& columns,
                                         Budget& budget, const RunOptions& run, RunSummary& summary) {
  return reflected(source, columns, budget, run, summary,
                   [&](Machine& machine) { return device_triangle(source, columns, machine, run, summary); });
}

std::optional<TriangleSums> triangle_sums_on_device(const TallSource& source, double shift, Budget& budget,
                                                    const RunOptions& run, RunSummary& summary) {
  TriangleColumns columns;
  columns.one_last = true;
  return reflected(source, columns, budget, run, summary, [&](Machine& machine) {
    return device_triangle_sums(source, shift, machine, run, summary);
  });
}

}  // namespace sluice::fit
