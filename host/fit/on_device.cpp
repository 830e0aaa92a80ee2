#include "host/fit/on_device.h"

#include "host/error.h"
#include "host/fit/device_check.h"

namespace sluice::fit {
namespace {

/// One that was asked for by name, or for `auto` a GPU for a matrix whose `bytes` take longer than opening it
/// does; else the processor's own threads reflect as fast as the cpu backend would.
std::optional<Machine> open_triangle_machine(const RunOptions& run, std::size_t columns,
                                             std::uint64_t bytes) {
  if (run.device == "cpu" || (run.device == "auto" && !worth_a_gpu(bytes))) return std::nullopt;
  Machine machine = open_row_machine(run);
  if (run.device != "auto") return machine;
  try {
    machine.device->triangle_shape(std::int64_t(columns));
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::kDevice) throw;
    if (run.observer != nullptr) run.observer->note(std::string(error.what()) + ": the processor reflects");
    return std::nullopt;
  }
  return machine;
}

}  // namespace

Gram gram_on_device(const TallSource& source, const RunOptions& run, RunSummary& summary) {
  Machine machine = open_row_machine(run);
  if (run.device == "check") check_gram(source, machine, run);
  Gram gram = device_gram(source, machine, run, summary);
  machine.report(summary);
  return gram;
}

std::optional<Square> triangle_on_device(const TallSource& source, const TriangleColumns& columns,
                                         const RunOptions& run, RunSummary& summary) {
  const std::size_t ones = columns.one_first || columns.one_last ? 1 : 0;
  auto machine = open_triangle_machine(run, source.columns() + ones, source.bytes());
  if (!machine) return std::nullopt;
  if (run.device == "check") check_triangle(source, *machine, run);
  Square upper = device_triangle(source, columns, *machine, run, summary);
  machine->report(summary);
  return upper;
}

std::optional<TriangleSums> triangle_sums_on_device(const TallSource& source, double shift,
                                                    const RunOptions& run, RunSummary& summary) {
  auto machine = open_triangle_machine(run, source.columns() + 2, source.bytes());
  if (!machine) return std::nullopt;
  if (run.device == "check") check_triangle(source, *machine, run);
  TriangleSums sums = device_triangle_sums(source, shift, *machine, run, summary);
  machine->report(summary);
  return sums;
}

}  // namespace sluice::fit
