#include "host/window/passes.h"

#include <algorithm>

#include "host/error.h"
#include "host/window/materialize.h"
#include "host/window/order.h"
#include "host/window/spectra.h"

namespace sluice::window_detail {
namespace {

/// What looks at whole windows.
Operations whole_operations(const Problem& p, const Machine& m) {
  Operations operations;
  if (!p.ordered.empty()) operations.push_back(order_operation(p, m));
  if (p.spectra) operations.push_back(spectrum_operation(p, m));
  for (const Paired& paired : p.paired) operations.push_back(products_operation(p, m, paired));
  return operations;
}

}  // namespace

std::uint64_t Passes::memory() const {
  return std::max(
      {copied, timed ? timed->memory : 0, merged ? merged->memory : 0, whole ? whole->memory : 0});
}

std::uint64_t Passes::device_memory() const {
  return std::max({std::uint64_t(0), timed ? timed->device_memory : 0, merged ? merged->device_memory : 0,
                   whole ? whole->device_memory : 0});
}

std::vector<WindowPass> Passes::described(const Problem& p) const {
  std::vector<WindowPass> list;
  const auto tiles = [&](std::int64_t all, std::int64_t each, std::int64_t channels) {
    return ((all - 1) / each + 1) * ((p.channels - 1) / channels + 1);
  };
  if (timed) list.push_back({"by times", timed->rows, tiles(p.samples, timed->rows, timed->channels)});
  if (merged) list.push_back({"merged", merged->rows, tiles(p.samples, merged->rows, merged->channels)});
  if (whole)
    list.push_back({whole_kind == kBoth ? "both" : "whole windows", whole->rows,
                    tiles(p.grid.windows(), whole->windows, whole->channels)});
  if (list.empty()) list.push_back({"copied", p.samples, 1});
  return list;
}

Passes choose_passes(const Problem& p, const Machine& m, IoMode io) {
  Passes passes;
  if (p.options.materialize) {
    passes.copied = materialize_bytes(p, m);
    return passes;
  }
  if (p.timed()) {
    passes.timed = choose_timed_geometry(p, m, io);
    return passes;
  }
  passes.operations = whole_operations(p, m);
  if (passes.operations.empty()) {
    passes.merged = choose_geometry(p, m, io);
    return passes;
  }
  if (p.statistics.empty()) {
    passes.whole = choose_whole(p, passes.operations, m, io);
    return passes;
  }
  // Both kinds in one pass where there is room; a line of text has all statistics of a window, so it must be.
  passes.operations.insert(passes.operations.begin(), cells_operation(p));
  const std::int64_t fair = std::min(p.grid.windows(), p.grid.size / p.grid.step + 1);
  try {
    passes.whole = choose_whole(p, passes.operations, m, io);
    passes.whole_kind = kBoth;
    if (passes.whole->windows >= fair || p.output == OutputKind::kCsv) return passes;
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::kMemory || p.output == OutputKind::kCsv) throw;
  }
  // Tiles of few windows look at most samples more than once: two passes may do better.
  std::unique_ptr<WholeOperation> first = std::move(passes.operations.front());
  passes.operations.erase(passes.operations.begin());
  try {
    const WholeGeometry alone = choose_whole(p, passes.operations, m, io);
    const Geometry merged = choose_geometry(p, m, io);
    if (!passes.whole || alone.windows > passes.whole->windows) {
      passes.whole = alone, passes.merged = merged, passes.whole_kind = kWhole;
      return passes;
    }
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::kMemory || !passes.whole) throw;
  }
  passes.operations.insert(passes.operations.begin(), std::move(first));
  return passes;
}

TargetShape merged_shape(const Problem& p, const Geometry& g) {
  TargetShape shape{{}, kMerged, g.slot_bytes, g.slots};
  for (const Statistic& s : p.statistics) shape.datasets.push_back(s.dataset);
  return shape;
}

TargetShape whole_shape(const Passes& passes) {
  TargetShape shape{{}, passes.whole_kind, passes.whole->slot_bytes, passes.whole->slots};
  for (const auto& o : passes.operations)
    shape.datasets.insert(shape.datasets.end(), o->datasets().begin(), o->datasets().end());
  return shape;
}

std::string announcement(const Problem& p, const Passes& passes) {
  if (passes.count() < 2) return "";
  std::string names;
  for (const auto& o : passes.operations)
    for (const int d : o->datasets()) names += (names.empty() ? "" : ", ") + p.datasets[std::size_t(d)].name;
  return names + ": a second pass over the series, in whole windows; more --memory makes it one";
}

}  // namespace sluice::window_detail
