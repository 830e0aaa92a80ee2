// A layout before it is made: its sizes, what its bytes depend on, and how long it will take.
#include <libdeflate.h>

#include <algorithm>

#include "host/clock.h"
#include "host/error.h"
#include "host/graph/make.h"
#include "host/layout/outputs.h"
#include "host/layout/pivot_mds.h"
#include "host/layout/problem.h"
#include "host/layout/start.h"
#include "host/units.h"
#include "sluice_version.h"

namespace sluice::layout {
namespace {

constexpr graph::Vertex kTried = 2000;  // vertices of the graph that the rate is measured with
constexpr std::uint64_t kComponent =
    700;                              // bytes of each under stress, whatever its size: its own graph, vectors
constexpr double kLongEnough = 0.05;  // seconds to believe a rate

template <class T>
std::uint32_t crc_of(const std::vector<T>& values, std::uint32_t crc) {
  return libdeflate_crc32(crc, values.data(), values.size() * sizeof(T));
}

/// The graph itself, not its file: a copy of the file continues a run, a changed one does not.
std::string identity_of(const graph::Graph& g) {
  std::uint32_t crc = crc_of(g.offsets, 0);
  crc = crc_of(g.neighbours, crc), crc = crc_of(g.weights, crc);
  for (const std::string& name : g.names) crc = libdeflate_crc32(crc, name.data(), name.size() + 1);
  return std::to_string(g.vertices()) + " vertices from " + std::to_string(g.first_id) + ", " +
         std::to_string(g.edges()) + " edges, checksum " + std::to_string(crc);
}

std::string text_of(const std::vector<Pin>& pins) {
  if (pins.empty()) return "none";
  std::uint32_t crc = 0;
  for (const Pin& pin : pins) {
    crc = libdeflate_crc32(crc, &pin.vertex, sizeof pin.vertex);
    crc = crc_of(pin.at, crc);
  }
  return std::to_string(pins.size()) + ", checksum " + std::to_string(crc);
}

/// Bytes of all but the terms of stress.
std::uint64_t memory_of(const Problem& p, const Machine& m) {
  const std::uint64_t n = std::uint64_t(p.graph().vertices()), cells = n * std::uint64_t(p.dimensions);
  const std::uint64_t frames =
      wants_frames(p.options) ? frame_iterations(p.iterations, p.options.frames).size() : 0;
  const std::uint64_t shown = !p.options.sheet.empty() ? std::uint64_t(p.options.restarts) : std::uint64_t(1);
  std::uint64_t bytes =
      graph::bytes_of(p.graph()) + cells * 8 * (3 + shown) + frames * cells * 4 * shown + n * 8;
  if (p.stress()) return bytes + kComponent * std::uint64_t(p.components.count() - p.isolated);
  // Where the rows' upper halves begin; positions, gradient, two moments of the optimizer and a copy on their
  // way; sums of forces of each part of the processor. A GPU has its own memory for all but the copy.
  const bool single = p.options.base.precision == Precision::kFloat32 && p.iterations > 0;
  const DType type = single ? DType::kFloat32 : DType::kFloat64;
  bytes += n * 8 + cells * size_of(type);
  if (!m.shared()) return bytes;
  return bytes + 4 * cells * size_of(type) +
         std::uint64_t(layout_scratch(std::int64_t(n), p.dimensions, type));
}

/// Bytes that the start takes while it is found: each component by itself, gone before the descent.
std::uint64_t start_bytes(const Problem& p) {
  if (p.start != "pivot-mds") return 0;
  const graph::Vertex largest = *std::max_element(p.components.sizes.begin(), p.components.sizes.end());
  return pivot_mds_bytes(largest, p.dimensions) + bytes_of(p.graph()) +
         8 * std::uint64_t(p.graph().vertices());
}

/// Pairs (of stress: terms) a second, from a small graph on the machine as it is now.
double measured_rate(const Problem& p, const RunOptions& run) {
  const graph::Vertex n = std::min<graph::Vertex>(kTried, std::max<graph::Vertex>(2, p.graph().vertices()));
  graph::EdgeList edges;
  for (graph::Vertex v = 1; v < n; ++v) edges.add(v - 1, v);
  const graph::Graph g = graph::make_graph(n, edges);
  RunOptions quiet = p.stress() ? on_processor(run) : run;
  quiet.observer = nullptr;
  Monitor monitor;
  BaseOptions base = p.options.base;
  base.min_distance = 0;  // which costs most where all lie close, as these do
  Descent d;
  d.start = random_start(n, p.dimensions, 1, run.threads);
  double seconds = 0;
  for (d.iterations = p.stress() ? 8 : 32;; d.iterations *= 4) {
    const Clock clock;
    if (p.stress())
      descend_stress(g, StressOptions{}, d, monitor, quiet);
    else
      descend_base(g, base, d, monitor, quiet);
    seconds = clock.seconds();
    if (seconds > kLongEnough || d.iterations > 1'000'000) break;
  }
  const double pairs = double(n) * double(n - 1) / (p.stress() ? 2 : 1);
  return pairs * double(d.iterations) / std::max(seconds, 1e-9);
}

LayoutPlan make_plan(const Problem& p, const Machine& m, const RunOptions& run, bool timed) {
  LayoutPlan plan;
  plan.format = graph::name_of(p.read.format);
  const std::int64_t n = plan.vertices = p.graph().vertices();
  plan.edges = p.graph().edges(), plan.components = p.components.count(), plan.isolated = p.isolated;
  plan.pinned = std::int64_t(p.pins.size()), plan.weighted = !p.graph().weights.empty();
  plan.loops = p.read.loops, plan.duplicates = p.read.duplicates, plan.directed = p.read.directed;
  plan.dimensions = p.dimensions, plan.restarts = p.options.restarts;
  plan.start = p.start, plan.iterations = p.iterations;
  plan.notes = p.read.notes;
  if (p.stress()) {
    const std::uint64_t besides = memory_of(p, m);
    RunOptions limited = run;
    limited.memory = m.memory;
    const StressPlan stress = plan_stress(p.graph(), p.options.stress, p.dimensions, limited, besides);
    plan.pairs = double(stress.terms), plan.pairs_text = stress.text();
    plan.memory = besides + std::max(stress.memory, start_bytes(p));
    plan.device = "cpu";
  } else {
    plan.pairs = double(n) * double(n - 1), plan.pairs_text = "all ordered pairs";
    plan.memory = memory_of(p, m) + start_bytes(p);
    plan.device = m.selection.selector;
  }
  if (timed)
    plan.estimated_seconds =
        plan.pairs * double(plan.iterations) * double(plan.restarts) / measured_rate(p, run);
  return plan;
}

}  // namespace

std::string fingerprint_of(const Problem& p, const Machine& m, const LayoutPlan& plan) {
  const LayoutOptions& o = p.options;
  const BaseOptions& b = o.base;
  std::string t;
  const auto line = [&](const std::string& key, const std::string& value) { t += key + ": " + value + "\n"; };
  line("operation", p.stress() ? "layout by stress" : "layout by the base objective");
  line("version", SLUICE_VERSION);
  line("backend", p.stress() ? "the processor" : identity_text(m));
  line("graph", identity_of(p.graph()));
  line("--dim", std::to_string(p.dimensions));
  line("--start", p.given ? "coordinates, checksum " + std::to_string(crc_of(p.given->at, 0)) : p.start);
  line("--pin", text_of(p.pins));
  line("--iterations", std::to_string(p.iterations));
  line("--tolerance", number(o.tolerance));
  line("--restarts", std::to_string(o.restarts));
  line("--seed", std::to_string(o.seed));
  if (p.stress()) {
    line("--pivots", std::to_string(o.stress.pivots));
    line("pairs", plan.pairs_text);
    line("--lengths", o.stress.lengths ? "weights" : "1");
  } else {
    line("--attraction", number(b.attraction));
    line("--repulsion", number(b.repulsion));
    line("--centering", number(b.centering));
    line("--eps", number(b.eps));
    line("--distance", std::to_string(int(b.distance)));
    line("--optimizer", std::to_string(int(b.optimizer)));
    line("--lr", number(b.rate));
    line("--clip", number(b.clip));
    line("--min-distance", number(b.min_distance));
    line("--precision", std::to_string(int(b.precision)));
  }
  line("frames", wants_frames(o) ? std::to_string(o.frames) : "none");
  line("sheet", o.sheet.empty() ? "none" : "of all restarts");
  std::string outputs;
  for (const std::string& path : o.outputs) outputs += (outputs.empty() ? "" : ", ") + path;
  line("outputs", outputs);
  return t;
}

std::string looks_of(const Problem& p) {
  static const char* const kColors[] = {"auto", "degree", "component", "none"};
  static const char* const kLabels[] = {"auto", "all", "hubs", "none"};
  const LayoutOptions& o = p.options;
  std::string losses;
  for (const std::string& path : o.losses) losses += (losses.empty() ? "" : ", ") + path;
  return std::string("--color: ") + kColors[int(o.color_by)] + "\n--labels: " + kLabels[int(o.labels)] +
         "\n--picture-size: " + std::to_string(o.width) + "x" + std::to_string(o.height) +
         "\n--loss: " + (losses.empty() ? "none" : losses) +
         "\n--sheet: " + (o.sheet.empty() ? "none" : o.sheet) + "\n";
}

LayoutPlan plan_of(const Problem& p, const Machine& m, const RunOptions& run) {
  return make_plan(p, m, run, false);
}

}  // namespace sluice::layout

namespace sluice {

LayoutPlan plan_layout(const LayoutOptions& options, const RunOptions& run) {
  layout::check_outputs(options);
  const layout::Problem p = layout::make_problem(options, run);
  const Machine machine = layout::machine_for(p, run);
  return layout::make_plan(p, machine, run, true);
}

}  // namespace sluice
