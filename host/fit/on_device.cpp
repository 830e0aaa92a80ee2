#include "host/fit/on_device.h"

#include <algorithm>

#include "host/error.h"
#include "host/fit/device_check.h"

namespace sluice::fit {
namespace {

Machine open_within(const Budget& budget, const RunOptions& run) {
  RunOptions rest = run;
  rest.memory = std::max<std::uint64_t>(1, budget.left());
  return open_row_machine(rest);
}

/// One that was asked for by name, or for `auto` a GPU for a matrix whose bytes take longer than opening it
/// does; else the processor's own threads reflect as fast as the cpu backend would.
std::optional<Machine> open_triangle_machine(const TallSource& source, const TriangleColumns& columns,
                                             const Budget& budget, const RunOptions& run) {
  const bool wish = run.device == "auto" || run.device_is_wish;
  if (run.device == "cpu" || (run.device == "auto" && !worth_a_gpu(source.bytes()))) return std::nullopt;
  Machine machine = open_within(budget, run);
  if (!wish) return machine;
  const auto without = [&](const std::string& why) {
    if (run.observer != nullptr) run.observer->note(why + ": the processor reflects");
    return std::nullopt;
  };
  try {
    if (device_triangle_memory(source, columns, machine) > machine.budgets->device().left())
      return without("the triangle does not fit " + machine.selection.selector);
  } catch (const Error& error) {
    return without(error.what());
  }
  return machine;
}

/// What was held beside the machine counts too.
void report(const Machine& machine, const Budget& budget, RunSummary& summary) {
  const std::uint64_t before = summary.device_peak, peak = summary.memory_peak;
  const std::uint64_t beside = budget.limit() - budget.left();
  machine.report(summary);
  summary.memory_limit = budget.limit();
  summary.memory_peak = std::max(peak, summary.memory_peak + beside);
  summary.device_peak = std::max(before, summary.device_peak);
}

}  // namespace

Gram gram_on_device(const TallSource& source, Budget& budget, const RunOptions& run, RunSummary& summary) {
  Machine machine = open_within(budget, run);
  if (run.device == "check") check_gram(source, machine, run);
  Gram gram = device_gram(source, machine, run, summary);
  report(machine, budget, summary);
  return gram;
}

std::optional<Square> triangle_on_device(const TallSource& source, const TriangleColumns& columns,
                                         Budget& budget, const RunOptions& run, RunSummary& summary) {
  auto machine = open_triangle_machine(source, columns, budget, run);
  if (!machine) return std::nullopt;
  if (run.device == "check") check_triangle(source, columns, *machine, run);
  Square upper = device_triangle(source, columns, *machine, run, summary);
  report(*machine, budget, summary);
  return upper;
}

std::optional<TriangleSums> triangle_sums_on_device(const TallSource& source, double shift, Budget& budget,
                                                    const RunOptions& run, RunSummary& summary) {
  TriangleColumns columns;
  columns.one_last = true;
  auto machine = open_triangle_machine(source, columns, budget, run);
  if (!machine) return std::nullopt;
  if (run.device == "check") check_triangle(source, columns, *machine, run);
  TriangleSums sums = device_triangle_sums(source, shift, *machine, run, summary);
  report(*machine, budget, summary);
  return sums;
}

}  // namespace sluice::fit
