// A random matrix, file and table of pairs: what is asked for, checked; the pairs, chosen; the result, opened
// and finished. Its entries are drawn in on_host.cpp or on_device.cpp.
#include "host/generate.h"

#include <cmath>

#include "host/clock.h"
#include "host/error.h"
#include "host/generate/entries.h"
#include "host/generate/look.h"
#include "host/generate/pairs.h"
#include "host/machine.h"
#include "host/result.h"
#include "host/units.h"
#include "sluice_version.h"

namespace sluice {
namespace {

using i64 = std::int64_t;

}  // namespace

void check_generate(const GenerateOptions& o) {
  if (o.rows < 1 || o.columns < 1)
    throw Error(ErrorKind::kUsage, "--shape: expected two extents of at least 1, found " +
                                       std::to_string(o.rows) + "x" + std::to_string(o.columns));
  if (__int128(o.rows) * o.columns > (__int128(1) << 60))
    throw Error(ErrorKind::kUsage, "--shape " + std::to_string(o.rows) + "x" + std::to_string(o.columns) +
                                       ": more elements than a file can hold");
  if (!is_float(o.type))
    throw Error(ErrorKind::kUsage,
                std::string("--dtype ") + name_of(o.type) + ": expected float32 or float64");
  if (o.output.empty())
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o big.npy");
  if (o.correlated_pairs < 0 || o.correlated_pairs > o.rows / 2)
    throw Error(ErrorKind::kUsage, "--correlated-pairs " + std::to_string(o.correlated_pairs) +
                                       ": disjoint pairs need two rows each: expected at most " +
                                       std::to_string(o.rows / 2));
  if (o.correlated_pairs > 0 && !(std::isfinite(o.low) && std::isfinite(o.high) && o.low <= o.high))
    throw Error(ErrorKind::kUsage,
                "--strength " + number(o.low) + ":" + number(o.high) + ": expected LOW:HIGH, LOW <= HIGH");
  if (o.distance < 0 || o.distance >= o.rows)
    throw Error(ErrorKind::kUsage, "--distance " + std::to_string(o.distance) + ": expected less than the " +
                                       std::to_string(o.rows) + " rows");
}

namespace {

std::string fingerprint(const GenerateOptions& o) {
  std::string t = "operation: generate matrix\nversion: " + std::string(SLUICE_VERSION) + "\n";
  t += "--shape: " + std::to_string(o.rows) + "x" + std::to_string(o.columns) + "\n";
  t += std::string("--dtype: ") + name_of(o.type) + "\n";
  t += std::string("--dist: ") + (o.distribution == Distribution::kNormal ? "normal" : "uniform") + "\n";
  t += "--seed: " + std::to_string(o.seed) + "\n";
  t += "--correlated-pairs: " + std::to_string(o.correlated_pairs) + "\n";
  t += "--strength: " + number(o.low) + ":" + number(o.high) + "\n";
  t += "--distance: " + std::to_string(o.distance) + "\n";
  t += "dataset: " + parse_output(o.output, "matrix").dataset + "\n";
  return t;
}

}  // namespace

GeneratePlan plan_generate(const GenerateOptions& o, const RunOptions& run) {
  check_generate(o);
  Machine m = open_machine(run);
  GeneratePlan plan;
  plan.bytes = std::uint64_t(o.rows) * std::uint64_t(o.columns) * size_of(o.type);
  plan.disk_free = sys::free_space(parse_output(o.output, "matrix").path);
  plan.memory =
      std::min(m.memory, (m.shared() ? wanted_on_host(m) : wanted_on_device(m)) + bytes_of_pairs(o));
  plan.estimated_seconds = estimate_drawing(o, m);
  plan.device = m.selection.selector;
  return plan;
}

GenerateSummary generate_matrix(const GenerateOptions& o, const RunOptions& run) {
  const Clock total;
  check_generate(o);
  Machine m = open_machine(run);
  GenerateSummary out;
  OutputSpec spec = parse_output(o.output, "matrix");
  spec.rows = o.rows, spec.columns = o.columns, spec.type = o.type;
  const Share rows(m.budgets->host, bytes_of_pairs(o), "the table of pairs");
  const RowPairs pairs = choose_pairs(o);
  if (!pairs.empty()) out.pairs_file = spec.path + ".pairs.csv";
  const bool pairs_there = !pairs.empty() && sys::exists(out.pairs_file);
  const auto refuse_pairs = [&] {
    if (pairs_there && !run.force)
      throw Error(ErrorKind::kOutput, out.pairs_file + ": exists already", "give --force to replace it");
  };
  if (!run.resume) refuse_pairs();
  std::vector<i64> partner(pairs.empty() ? 0 : std::size_t(o.rows), -1);
  for (const auto& [a, b] : pairs) partner[std::size_t(b)] = a;

  Result result({spec}, fingerprint(o),
                {{"command", run.command}, {"version", std::string("sluice ") + SLUICE_VERSION}}, run);
  if (!result.resumed() && !result.complete()) refuse_pairs();  // --resume found nothing to go on with
  if (!result.complete()) {
    const Entries entries{o, partner, result, run};
    out.run.stages = m.shared() ? draw_on_host(m, entries) : draw_on_device(m, entries);
    out.run.compute_seconds = total.seconds();
    try {
      if (!pairs.empty()) write_pairs(out.pairs_file, pairs, o);
      result.finish();
    } catch (const Error&) {
      if (!pairs.empty()) drop_pairs(out.pairs_file);
      throw;
    }
    if (!pairs.empty()) publish_pairs(out.pairs_file);
  } else if (!pairs.empty() && !pairs_there) {  // stopped between the two names
    write_pairs(out.pairs_file, pairs, o);
    publish_pairs(out.pairs_file);
  } else if (run.observer != nullptr) {
    run.observer->note("complete: nothing was left to do");
  }
  if (run.device == "check") {
    OpenOptions raw;
    raw.rows = o.rows, raw.columns = o.columns, raw.type = o.type;
    raw.has_shape = raw.has_type = spec.format == FileFormat::kRaw;
    out.check = compare_with_serial(o, partner, *open_matrix(o.output, raw));
  }
  m.report(out.run);
  out.run.resumed = result.resumed();
  out.run.bytes_written = result.bytes_written();
  out.run.sync_seconds = result.sync_seconds();
  out.run.seconds = total.seconds();
  out.bytes = std::uint64_t(o.rows) * std::uint64_t(o.columns) * size_of(o.type);
  out.format = spec.format == FileFormat::kNpy ? "npy" : spec.format == FileFormat::kHdf5 ? "hdf5" : "raw";
  out.open_hint = open_hint(spec);
  return out;
}

}  // namespace sluice
