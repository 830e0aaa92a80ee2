// The operation from end to end: problem, plan, files, engine, summary.
#include "host/window.h"

#include <fcntl.h>

#include <algorithm>
#include <initializer_list>
#include <limits>

#include "host/error.h"
#include "host/units.h"
#include "host/window/materialize.h"
#include "host/window/passes.h"
#include "host/window/picture.h"
#include "host/window/view.h"
#include "sluice_version.h"

namespace sluice {
namespace {

using namespace window_detail;
using i64 = std::int64_t;

/// No file that is written may be the one that is read.
void check_names(const Problem& p) {
  for (const char* beside : {"", ".partial", ".journal", ".meta.json"}) {
    const std::string written = p.options.output + beside;
    if (!sys::exists(written)) continue;
    const sys::Identity there = sys::identity(sys::File(written, O_RDONLY));
    for (const sys::Identity& in : p.identities)
      if (in.inode == there.inode && in.device == there.device)
        throw Error(ErrorKind::kUsage, written + ": the output is also the input",
                    "choose another name with -o");
  }
}

/// The strides of the view are those of the file's elements.
WindowShape shape_of(const Problem& p) {
  const i64 element = i64(size_of(p.source->info().type));
  const bool dense = p.layout == Layout::kObservations;
  return window_shape({p.grid.samples, p.channels},
                      {dense ? p.channels * element : element, dense ? element : p.grid.samples * element},
                      element, p.asked_size, p.grid.step);
}

constexpr std::uint64_t kBeyond = std::numeric_limits<std::uint64_t>::max();

/// Of factors that are not negative; kBeyond where it is more than that.
std::uint64_t product(std::initializer_list<i64> factors) {
  std::uint64_t all = 1;
  for (const i64 factor : factors)
    if (__builtin_mul_overflow(all, std::uint64_t(factor), &all)) return kBeyond;
  return all;
}

/// What the plan says whatever the memory is.
WindowPlan facts_of(const Problem& p, const Machine& m) {
  WindowPlan plan;
  plan.input = p.source->info();
  plan.samples = p.samples, plan.channels = p.channels;
  plan.windows = p.grid.windows(), plan.rate = p.options.rate, plan.timed = p.timed();
  if (p.timed()) {
    plan.size_seconds = p.times->seconds(p.times->size), plan.step_seconds = p.times->seconds(p.times->step);
    plan.shared_bytes = plan.input.bytes();
  } else {
    plan.size = p.asked_size, plan.step = p.grid.step;
    const WindowShape view = shape_of(p);
    plan.shape = view.shape, plan.strides = view.strides;
    plan.shared_bytes = view.shared_bytes, plan.copied_bytes = view.copied_bytes;
  }
  if (p.options.materialize) {
    const std::uint64_t bytes = product({plan.windows, window_elements(p), i64(size_of(p.window_type))});
    plan.outputs.push_back({"windows", name_of(p.window_type), plan.windows, window_elements(p), 1, bytes});
    plan.output_bytes = bytes;
  }
  for (const Dataset& d : p.datasets) {
    const std::uint64_t bytes = product({plan.windows, p.channels, d.values, i64(size_of(d.type))});
    const char* type = !d.complex ? name_of(d.type) : d.type == DType::kFloat32 ? "complex64" : "complex128";
    plan.outputs.push_back(
        {d.name, type, plan.windows, p.channels, d.complex ? d.values / 2 : d.values, bytes});
    if (__builtin_add_overflow(plan.output_bytes, bytes, &plan.output_bytes)) plan.output_bytes = kBeyond;
  }
  if (p.output != OutputKind::kNone) plan.disk_free = sys::free_space(p.options.output);
  plan.cells_a_window = p.grid.cells_a_window(), plan.longest_cell = p.timed() ? 0 : p.grid.longest_cell();
  plan.device = m.selection.selector;
  plan.notes = p.notes, plan.advice = advice(p);
  if (p.output != OutputKind::kNone && plan.output_bytes > plan.disk_free)
    plan.advice.push_back("the output needs " + human_bytes(double(plan.output_bytes)) +
                          " and the disk has " + human_bytes(double(plan.disk_free)) +
                          " free; choose another disk with -o");
  return plan;
}

WindowPlan plan_of(const Problem& p, const Passes& passes, const Machine& m) {
  WindowPlan plan = facts_of(p, m);
  plan.passes = passes.described(p);
  plan.tile_samples = plan.passes[0].tile_samples;
  for (const WindowPass& pass : plan.passes) plan.tiles += pass.tiles;
  plan.memory = passes.memory(), plan.device_memory = passes.device_memory();
  if (passes.count() > 1) plan.advice.push_back(announcement(p, passes));
  return plan;
}

/// Windows [0, n) of the block of channels that the finished tiles hold, of one kind of statistics.
i64 windows_of_kind(const Problem& p, const std::vector<TileRecord>& found, i64 kind, i64 channel,
                    i64 channels) {
  std::vector<std::pair<i64, i64>> runs;
  for (const TileRecord& t : found) {
    const i64 of = t.rect.row / p.grid.windows(), first = t.rect.row % p.grid.windows();
    if ((of == kind || of == kBoth) && t.rect.column <= channel &&
        t.rect.column + t.rect.columns >= channel + channels)
      runs.emplace_back(first, first + t.rect.rows);
  }
  std::sort(runs.begin(), runs.end());
  i64 there = 0;
  for (const auto& [begin, end] : runs)
    if (begin <= there) there = std::max(there, end);
  return there;
}

i64 windows_there(const Problem& p, const std::vector<TileRecord>& found, i64 kind, i64 channel,
                  i64 channels) {
  const auto of = [&](i64 one) { return windows_of_kind(p, found, one, channel, channels); };
  return kind == kBoth ? std::min(of(kMerged), of(kWhole)) : of(kind);
}

template <class Pass>
void note(const Pass& pass, WindowSummary& out) {
  for (const StageTime& stage : pass.stages()) {
    const auto same = std::find_if(out.run.stages.begin(), out.run.stages.end(),
                                   [&](const StageTime& s) { return s.stage == stage.stage; });
    if (same == out.run.stages.end())
      out.run.stages.push_back(stage);
    else
      same->seconds += stage.seconds, same->bytes += stage.bytes;
  }
  out.run.bytes_read += pass.bytes_read();
}

void check_unchanged(const Problem& p) {
  if (p.identities_now() != p.identities)
    throw Error(ErrorKind::kInput, p.options.input + ": changed while it was read",
                "run again on a file at rest");
}

/// Runs the passes one after another; a target is made when its pass has taken its memory. `target_of` gets
/// the shape of what is handed on, `there` the kind, a channel and how many from it on.
template <class TargetOf, class There>
void run_passes(const Problem& p, const Passes& passes, Machine& m, const RunOptions& run,
                const TargetOf& target_of, const There& there, WindowSummary& out) {
  const auto take = [&](auto& pass, const TargetShape& shape, i64 block) {
    const std::unique_ptr<Target> target = target_of(shape);
    pass.work(*target,
              [&](i64 channel) { return there(shape.kind, channel, std::min(block, p.channels - channel)); });
    note(pass, out);
  };
  if (passes.timed) {
    TimedEngine engine(p, *passes.timed, m, run);
    take(engine, merged_shape(p, *passes.timed), passes.timed->channels);
  }
  if (passes.merged) {
    Engine engine(p, *passes.merged, m, run);
    take(engine, merged_shape(p, *passes.merged), passes.merged->channels);
  }
  if (passes.whole) {
    WholePass pass(p, passes.operations, *passes.whole, m, run);
    take(pass, whole_shape(passes), passes.whole->channels);
  }
  check_unchanged(p);
}

void to_text(const Problem& p, const Passes& passes, Machine& m, const RunOptions& run, WindowSummary& out) {
  CsvFile file(p, run);
  run_passes(
      p, passes, m, run, [&](const TargetShape& shape) { return make_csv_target(shape, m, file); },
      [](i64, i64, i64) { return i64(0); }, out);
  file.finish();
}

void to_result(const Problem& p, const Passes& passes, Machine& m, const RunOptions& run, WindowSummary& out,
               const Clock& total) {
  const Provenance provenance{{"command", run.command},
                              {"version", std::string("sluice ") + SLUICE_VERSION + " " + SLUICE_COMMIT},
                              {"device", identity_text(m)}};
  Result result({output_spec(p)}, fingerprint(p, m), provenance, run);
  out.run.resumed = result.resumed();
  if (result.complete()) {
    if (run.observer != nullptr) run.observer->note("complete: nothing was left to do");
    return;
  }
  const auto there = [&](i64 kind, i64 channel, i64 channels) {
    return windows_there(p, result.found(), kind, channel, channels);
  };
  if (!p.options.materialize) {
    out.windows_resumed = there(passes.first_kind(), 0, std::min(passes.first_channels(), p.channels));
    if (result.resumed() && run.observer != nullptr)
      run.observer->note("resumed: " + std::to_string(out.windows_resumed) + " windows were there");
  }
  try {
    if (p.options.materialize) {
      out.run.stages = materialize(p, m, result, run);
      check_unchanged(p);
    } else {
      run_passes(
          p, passes, m, run,
          [&](const TargetShape& shape) { return make_result_target(p, shape, m, result); }, there, out);
    }
  } catch (const Error&) {
    // What was made of another input is worth nothing; any other error leaves it for --resume.
    if (p.identities_now() != p.identities) result.discard();
    throw;
  }
  out.run.compute_seconds = total.seconds();
  result.finish();
  out.run.bytes_written = result.bytes_written();
  out.run.sync_seconds = result.sync_seconds();
}

void check_device(const RunOptions& run) {
  if (run.device == "check")
    throw Error(ErrorKind::kUsage, "--device check: windows are not compared with serial",
                "run twice, with --device cpu and --device serial");
}

/// A table is read before its result is begun: what stands in the way is said first.
Opening opening_of(const WindowOptions& options, const RunOptions& run, bool plan) {
  return {run, plan, [&options, &run](const Problem& p) {
            check_names(p);
            const std::string path = parse_output(options.output, "windows").path;
            if (!run.force && !run.resume && sys::exists(path))
              throw Error(ErrorKind::kOutput, path + ": exists already", "give --force to replace it");
          }};
}

}  // namespace

WindowPlan plan_window(const WindowOptions& options, const RunOptions& run) {
  check_device(run);
  const Problem p = open_problem(options, opening_of(options, run, true));
  if (p.output != OutputKind::kNone) check_names(p);
  const Machine m = open_machine(run);
  return plan_of(p, choose_passes(p, m, parse_io(run.io)), m);
}

WindowPlan estimate_window(const WindowOptions& options, const RunOptions& run) {
  check_device(run);
  const Problem p = open_problem(options, opening_of(options, run, true));
  if (p.output != OutputKind::kNone) check_names(p);
  const Machine m = open_machine(run);
  try {
    return plan_of(p, choose_passes(p, m, parse_io(run.io)), m);
  } catch (const Error& e) {
    if (e.kind() != ErrorKind::kMemory) throw;
    WindowPlan plan = facts_of(p, m);
    plan.advice.push_back(e.what());
    plan.advice.push_back(e.advice());
    return plan;
  }
}

WindowSummary window(const WindowOptions& options, const RunOptions& run) {
  const Clock total;
  WindowSummary out;
  check_device(run);
  if (options.output.empty())
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o W.h5");
  if (!options.picture.empty()) check_picture(options, run);
  const Problem p = open_problem(options, opening_of(options, run, false));
  check_drawable(p);
  check_names(p);
  Machine m = open_machine(run);
  const Passes passes = choose_passes(p, m, parse_io(run.io));
  out.plan = plan_of(p, passes, m);
  if (run.observer != nullptr) {
    for (const std::string& line : out.plan.notes) run.observer->note(line);
    for (const std::string& line : out.plan.advice) run.observer->note(line);
  }
  if (p.output == OutputKind::kCsv)
    to_text(p, passes, m, run, out);
  else
    to_result(p, passes, m, run, out, total);
  if (out.run.compute_seconds == 0) out.run.compute_seconds = total.seconds();
  m.report(out.run);
  const FileFormat format = p.output == OutputKind::kCsv ? FileFormat::kRaw : output_spec(p).format;
  out.format = p.output == OutputKind::kCsv  ? "csv"
               : format == FileFormat::kHdf5 ? "hdf5"
               : format == FileFormat::kNpy  ? "npy"
                                             : "raw";
  out.open_hints = open_hints(p);
  if (!options.picture.empty()) out.picture_note = draw_statistics(p, run, m.budgets->host);
  out.run.seconds = total.seconds();
  return out;
}

}  // namespace sluice
