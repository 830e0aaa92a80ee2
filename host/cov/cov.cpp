// The operation from options to summary: problem, plan, engine, names, and then what was asked of the result.
#include "host/cov.h"

#include <fcntl.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

#include "host/clock.h"
#include "host/cov/engine.h"
#include "host/cov/estimate.h"
#include "host/cov/picture.h"
#include "host/cov/verify.h"
#include "host/machine.h"
#include "host/picture/heatmap.h"
#include "host/units.h"
#include "sluice_version.h"

namespace sluice {

using namespace cov_detail;

namespace {

using i64 = std::int64_t;

Room room_of(const Machine& m, const RunOptions& run) {
  Room r;
  r.backend = m.info();
  r.memory = m.memory;
  r.device_memory = m.device_memory;
  r.scratch = m.scratch;
  r.threads = m.threads;
  r.writers = std::clamp(m.threads / 4, 1, 8);
  r.io = parse_io(run.io);
  return r;
}

const char* name_of_compute(Compute c) {
  return c == Compute::kFloat64 ? "float64" : c == Compute::kTf32 ? "tf32" : "float32";
}

std::uint64_t free_disk(const std::string& path) {
  const auto slash = path.find_last_of('/');
  struct statvfs s {};
  if (statvfs(slash == std::string::npos ? "." : path.substr(0, slash + 1).c_str(), &s) != 0) return 0;
  return std::uint64_t(s.f_bavail) * s.f_frsize;
}

/// A matrix taken the wrong way round makes a result that no disk holds.
std::string orientation_advice(const Problem& p, const CovOptions& o) {
  const double n = double(p.rows.variables()), k = double(p.observations);
  const double bytes = n * double(p.columns.variables()) * double(size_of(p.out_type));
  if (n < 20 * k || bytes < double(1ull << 30)) return {};
  return "the output would be " + human_bytes(bytes) + "; did you mean --variables " +
         (o.variables_are_rows ? "columns?" : "rows?");
}

/// No two files may have one name, however it is spelt, and none that is written may be one that is read.
void check_names(const std::vector<OutputSpec>& specs, const CovOptions& o, const Problem& p) {
  std::vector<std::string> written;
  for (const OutputSpec& s : specs) written.push_back(s.path);
  if (!o.picture.empty()) written.push_back(o.picture);
  std::set<std::filesystem::path> names;
  for (const std::string& w : written)
    if (!names.insert(std::filesystem::weakly_canonical(std::filesystem::absolute(w))).second)
      throw Error(ErrorKind::kUsage, w + ": two results cannot have one name");
  const std::size_t results = written.size();
  for (std::size_t i = 0; i < results; ++i)
    for (const char* beside : {".partial", ".journal", ".state0", ".state1", ".meta.json"})
      written.push_back(written[i] + beside);
  for (std::size_t i = 0; i < written.size(); ++i) {
    if (!sys::exists(written[i])) continue;
    const sys::Identity there = sys::identity(sys::File(written[i], O_RDONLY));
    for (const sys::Identity& in : p.identities)
      if (in.inode == there.inode && in.device == there.device)
        throw Error(ErrorKind::kUsage,
                    written[i] + (i < results ? ": the output is also an input"
                                              : ": is an input, and the run would write it"),
                    "choose another name with -o");
  }
}

/// Every file of the result, in the order of Engine::Outputs' numbers.
std::vector<OutputSpec> output_specs(const CovOptions& o, const Problem& p, Engine::Outputs& outputs) {
  if (o.output.empty())
    throw Error(ErrorKind::kUsage, "an output is needed: -o FILE", "for example -o C.npy");
  std::vector<OutputSpec> specs;
  OutputSpec c = parse_output(o.output, o.correlation ? "corr" : "cov");
  c.rows = p.rows.variables(), c.columns = p.columns.variables();
  c.dimensions = p.out_dimensions;
  c.type = p.out_type;
  specs.push_back(c);
  for (const auto& [name, index] :
       {std::pair{&o.means, &outputs.means}, std::pair{&o.variances, &outputs.variances}}) {
    if (name->empty()) continue;
    OutputSpec s = parse_output(*name, name == &o.means ? "mean" : "variance");
    s.rows = 1, s.columns = p.rows.variables(), s.dimensions = 1, s.type = DType::kFloat64;
    *index = int(specs.size());
    specs.push_back(s);
  }
  check_names(specs, o, p);
  return specs;
}

std::string text_of(const sys::Identity& id) {
  return std::to_string(id.bytes) + " bytes, modified " + std::to_string(id.modified_ns) + ", inode " +
         std::to_string(id.inode);
}

std::vector<sys::Identity> identities_now(const Problem& p) {
  std::vector<sys::Identity> all = p.rows.source->identities();
  if (!p.symmetric)
    for (const sys::Identity& id : p.columns.source->identities()) all.push_back(id);
  if (p.weights)
    for (const sys::Identity& id : p.weights->identities()) all.push_back(id);
  return all;
}

/// How a source's bytes are read: a raw file means what the options say.
std::string reading_of(const MatrixSource& source) {
  const MatrixInfo& info = source.info();
  return std::string(name_of(info.type)) + (info.swapped ? ", other byte order" : "") +
         (info.fortran ? ", Fortran order" : "") +
         (source.flat() ? ", from byte " + std::to_string(source.data_offset()) : "");
}

/// One "key: value" a line of everything that the bytes of the result depend on.
std::string fingerprint(const CovOptions& o, const Problem& p, const Machine& m) {
  std::string t;
  auto line = [&](const std::string& key, const std::string& value) { t += key + ": " + value + "\n"; };
  line("operation", o.correlation ? "correlation" : "covariance");
  line("version", std::string(SLUICE_VERSION));
  line("backend", identity_text(m));
  line("input", o.input);
  line("--with", o.with + (o.joint ? " (joint)" : ""));
  line("input elements",
       reading_of(*p.rows.source) + (p.symmetric ? "" : " and " + reading_of(*p.columns.source)));
  line("dataset", parse_output(o.output, o.correlation ? "corr" : "cov").dataset);
  line("--nan", o.nan_is_error ? "error" : "propagate");
  line("--variables", o.variables_are_rows ? "rows" : "columns");
  line("--fweights", o.fweights);
  line("--aweights", o.aweights);
  line("ddof", std::to_string(o.ddof ? *o.ddof : o.bias ? 0 : 1));
  line("--precision", name_of_compute(p.compute));
  line("--out-dtype", name_of(p.out_type));
  line("--means", o.means);
  line("--variances", o.variances);
  line("shape", std::to_string(p.rows.variables()) + " x " + std::to_string(p.columns.variables()) + ", " +
                    std::to_string(p.observations) + " observations");
  for (std::size_t i = 0; i < p.identities.size(); ++i)
    line("input file " + std::to_string(i + 1), text_of(p.identities[i]));
  return t;
}

Provenance provenance_of(const RunOptions& run, const Machine& m) {
  return {{"command", run.command},
          {"version", std::string("sluice ") + SLUICE_VERSION + " " + SLUICE_COMMIT},
          {"device", identity_text(m)}};
}

CovPlan plan_of(const CovOptions& o, const Problem& p, const Geometry& g, const Machine& m,
                const Room& room) {
  CovPlan plan;
  const Cost cost = cost_of(p, g);
  plan.kind = cost.tiles == 0 ? "empty" : g.resident ? "resident" : "streamed";
  plan.variables = p.rows.variables(), plan.other_variables = p.columns.variables();
  plan.observations = p.observations;
  plan.panel = g.panel, plan.group = g.group;
  plan.block_rows = std::min(g.block_rows, plan.variables),
  plan.block_columns = std::min(g.block_columns, plan.other_variables);
  plan.chunk = std::min(g.chunk, p.observations);
  plan.tiles = i64(cost.tiles), plan.flop = cost.flop, plan.passes = cost.passes;
  plan.bytes_in = plan.passes * double(p.rows.source->info().bytes() +
                                       (p.symmetric ? 0 : p.columns.source->info().bytes()));
  plan.bytes_out = double(plan.variables) * double(plan.other_variables) * double(size_of(p.out_type));
  plan.output_bytes = plan.bytes_out < 1.8e19 ? std::uint64_t(plan.bytes_out) : ~std::uint64_t(0);
  plan.memory = g.memory, plan.device_memory = g.device_memory;
  if (!o.output.empty()) plan.disk_free = free_disk(parse_output(o.output, "cov").path);
  plan.precision = name_of_compute(p.compute);
  plan.out_type = name_of(p.out_type);
  plan.device = m.selection.selector;
  if (const std::string a = orientation_advice(p, o); !a.empty()) plan.advice.push_back(a);
  if (!o.output.empty() && plan.output_bytes > plan.disk_free)
    plan.advice.push_back("the output needs " + human_bytes(plan.bytes_out) + " and the disk has " +
                          human_bytes(double(plan.disk_free)) + " free; choose another disk with -o");
  return plan;
}

void check_precision(const CovOptions& o, const Machine& m) {
  if (o.precision == Precision::kTf32 && !m.info().tf32)
    throw Error(ErrorKind::kUsage, "--precision tf32: device " + m.selection.selector + " has no tf32",
                "give --precision float32, or --device cuda where there is a GPU");
}

constexpr double kNotable = 1 << 30;  // bytes whose second reading a user should know of

/// What was asked of the finished result.
void look_at(const OutputSpec& spec, const CovOptions& o, const Problem& p, const Pairs& pairs,
             const TileRecord& largest, Machine& m, const RunOptions& run, CovSummary& out) {
  OpenOptions raw;
  raw.rows = spec.rows, raw.columns = spec.columns, raw.has_shape = true;
  raw.type = spec.type, raw.has_type = true;
  const auto result = open_matrix(o.output, spec.format == FileFormat::kRaw ? raw : OpenOptions{});
  const auto go_on = [&] {
    if (run.stop != nullptr && run.stop->load())
      throw Error(ErrorKind::kInterrupted, spec.path + ": is complete; what was asked of it was interrupted");
  };
  if (o.verify > 0) {
    const TileRecord top = largest.largest_row >= 0 ? largest : find_largest(*result, p.symmetric, go_on);
    Observer quiet;
    Observer& observer = run.observer != nullptr ? *run.observer : quiet;
    const double bytes = verified_bytes(p, o.verify);
    if (bytes > kNotable) observer.note("verify: reads " + human_bytes(bytes) + " of the input again");
    observer.begin("verify", bytes, "bytes", 0);
    const auto advance = [&](double part) { go_on(), observer.progress(part * bytes); };
    out.verification = verify_entries(p, o.correlation, *result, top, o.verify, o.seed, *m.budgets, advance);
    observer.end();
  }
  if (run.device == "check") out.check = verify_tiles(p, o.correlation, *result, o.seed, go_on);
  if (!pairs.empty()) out.pairs = report_pairs(pairs, *result, o.seed);
  if (!o.picture.empty()) draw_result(*result, o, p, go_on);
}

std::string resumed_text(const CovSummary& summary) {
  std::string text = "resumed: " + std::to_string(summary.tiles_resumed) + " tiles of the result were there";
  if (summary.observation_resumed > 0)
    text += "; a block goes on from observation " + std::to_string(summary.observation_resumed);
  return text;
}

}  // namespace

CovPlan plan_cov(const CovOptions& options, const RunOptions& run) {
  const Problem p = make_problem(options);
  Machine m = open_machine(run);
  check_precision(options, m);
  const Room room = room_of(m, run);
  Engine::Outputs outputs;
  if (!options.output.empty()) output_specs(options, p, outputs);
  CovPlan plan = plan_of(options, p, choose_geometry(p, room), m, room);
  plan.estimated_seconds = estimate_seconds(plan, p, options, m);
  return plan;
}

CovSummary cov(const CovOptions& options, const RunOptions& run) {
  const Clock total;
  CovSummary out;
  const Problem p = make_problem(options);
  Machine m = open_machine(run);
  check_precision(options, m);
  const Room room = room_of(m, run);
  if (options.report_pairs.size() > 0 && !p.symmetric)
    throw Error(ErrorKind::kUsage,
                "--report-pairs: needs the covariance of one matrix, not a block with --with");
  Pairs pairs;
  if (!options.report_pairs.empty()) pairs = read_pairs(options.report_pairs, p.rows.variables());
  if (!options.picture.empty())
    picture::check_request(options.picture, options.picture_width, options.picture_height, options.colormap);
  if (!options.picture.empty() && !run.force && !run.resume && sys::exists(options.picture))
    throw Error(ErrorKind::kOutput, options.picture + ": exists already", "give --force to replace it");
  Engine::Outputs outputs;
  outputs.correlation = options.correlation;
  outputs.nan_is_error = options.nan_is_error;
  const auto specs = output_specs(options, p, outputs);
  const Geometry g = choose_geometry(p, room);
  out.plan = plan_of(options, p, g, m, room);
  if (p.divisor_clamped && run.observer != nullptr)
    run.observer->warning("degrees of freedom <= 0: " + number(p.weight_sum) +
                          " observations are too few for this ddof; the result is inf or NaN, as numpy's");
  TileRecord largest;
  try {
    Result result(specs, fingerprint(options, p, m), provenance_of(run, m), run);
    out.run.resumed = result.resumed();
    out.tiles_resumed = i64(result.found().size());
    if (!result.complete()) {
      try {
        Engine engine(p, g, room, *m.device, *m.budgets, result, outputs, run);
        out.observation_resumed = engine.observation_resumed();
        if (result.resumed() && run.observer != nullptr) run.observer->note(resumed_text(out));
        engine.run();
        out.run.stages = engine.stages();
        out.run.bytes_read = engine.bytes_read();
        if (identities_now(p) != p.identities)
          throw Error(ErrorKind::kInput, options.input + ": changed while it was read",
                      "run again on a file at rest");
      } catch (const Error&) {
        // What was made of another input is worth nothing; any other error leaves it for --resume.
        if (identities_now(p) != p.identities) result.discard();
        throw;
      }
      out.run.compute_seconds = total.seconds();
      result.finish();
    } else if (run.observer != nullptr) {
      run.observer->note("complete: nothing was left to do");
    }
    largest = result.largest();
    out.run.bytes_written = result.bytes_written();
    out.run.sync_seconds = result.sync_seconds();
  } catch (const Error& e) {
    const bool too_large = e.kind() == ErrorKind::kOutput && out.plan.output_bytes > out.plan.disk_free;
    const std::string advice = too_large ? orientation_advice(p, options) : "";
    if (!advice.empty()) throw Error(e.kind(), e.what(), advice);
    throw;
  }
  m.report(out.run);
  out.rows = p.rows.variables(), out.columns = p.columns.variables();
  out.dtype = name_of(p.out_type);
  out.format = specs[0].format == FileFormat::kNpy    ? "npy"
               : specs[0].format == FileFormat::kHdf5 ? "hdf5"
                                                      : "raw";
  out.open_hint = open_hint(specs[0]);
  look_at(specs[0], options, p, pairs, largest, m, run, out);
  out.run.seconds = total.seconds();
  return out;
}

}  // namespace sluice
