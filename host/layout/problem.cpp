#include "host/layout/problem.h"

#include <algorithm>
#include <cmath>

#include "host/error.h"
#include "host/graph/positions.h"
#include "host/layout/pack.h"
#include "host/layout/pivot_mds.h"
#include "host/layout/start.h"
#include "host/units.h"

namespace sluice::layout {
namespace {

constexpr std::int64_t kMostIterations = 1'000'000'000;
constexpr int kMostRestarts = 1000, kMostFrames = 1000;
constexpr double kLeastLength = 1e-12, kMostLength = 1e12;

void check_range(const char* option, double found, double least, double most) {
  if (found >= least && found <= most) return;
  const auto text = [](double x) { return std::to_string(std::int64_t(x)); };
  throw Error(ErrorKind::kUsage, std::string(option) + ": expected " + text(least) + " to " + text(most) +
                                     ", found " + text(found));
}

void check_least(const char* option, double found, double least) {
  if (found >= least && std::isfinite(found)) return;
  throw Error(ErrorKind::kUsage, std::string(option) + ": expected a number of at least " + number(least) +
                                     ", found " + number(found));
}

/// By the names that a user knows, before the graph is read; descend_base() refuses the same.
void check_base(const BaseOptions& b) {
  check_least("--attraction", b.attraction, 0);
  check_least("--repulsion", b.repulsion, 0);
  check_least("--centering", b.centering, 0);
  check_least("--eps", b.eps, 1e-15);
  check_least("--lr", b.rate, 0);
  check_least("--clip", b.clip, 0);
  check_least("--min-distance", b.min_distance, 0);
}

void check_options(const LayoutOptions& o) {
  if (o.objective == Objective::kBase) check_base(o.base);
  if (o.dimensions) check_range("--dim", *o.dimensions, 1, kLayoutDims);
  if (o.iterations) check_range("--iterations", double(*o.iterations), 0, double(kMostIterations));
  check_range("--restarts", o.restarts, 1, kMostRestarts);
  check_range("--frames", o.frames, 2, kMostFrames);
  check_least("--tolerance", o.tolerance, 0);
}

bool is_file(const std::string& start) {
  return start != "random" && start != "pivot-mds";
}

/// Lengths beyond these would be refused later as a start that no user has given.
void check_lengths(const Problem& p) {
  const std::vector<double>& lengths = p.graph().weights;
  if (lengths.empty())
    throw Error(ErrorKind::kInput, p.options.graph + ": --lengths: expected edges with weights, found none",
                "leave --lengths out: all edges are then of length 1");
  const auto [least, most] = std::minmax_element(lengths.begin(), lengths.end());
  if (*least < kLeastLength || *most > kMostLength)
    throw Error(ErrorKind::kInput,
                p.options.graph + ": --lengths: expected weights from " + number(kLeastLength) + " to " +
                    number(kMostLength) + ", found " + number(*least < kLeastLength ? *least : *most),
                "give the weights in another unit, or leave --lengths out");
}

/// Ways of many long edges may still be longer than a descent takes.
void check_extent(const Problem& p, const graph::Positions& start) {
  constexpr double kMost = 1e15;
  for (const double x : start.at)
    if (!(std::abs(x) <= kMost))
      throw Error(ErrorKind::kInput,
                  p.options.graph + ": --lengths: expected ways of at most " + number(kMost) +
                      ", found coordinates of " + number(x) + " from them",
                  "give the weights in another unit, or leave --lengths out");
}

void find_start(Problem& p, const RunOptions& run) {
  const LayoutOptions& o = p.options;
  p.start = !o.start.empty() ? o.start : p.stress() ? "pivot-mds" : "random";
  if (is_file(p.start)) {
    p.given = graph::read_positions(p.start, p.graph(), run);
    if (o.dimensions && *o.dimensions != p.given->dimensions)
      throw Error(ErrorKind::kInput,
                  p.start + ": dimensions of the start: expected --dim " + std::to_string(*o.dimensions) +
                      ", found " + std::to_string(p.given->dimensions),
                  "leave --dim out, or give another start");
    check_range("--start: dimensions", p.given->dimensions, 1, kLayoutDims);
  }
  p.dimensions = p.given ? p.given->dimensions : o.dimensions.value_or(2);
  if (o.restarts > 1 && p.start != "random" && !p.stress())
    throw Error(
        ErrorKind::kUsage,
        "--restarts " + std::to_string(o.restarts) + ": all would be the same from --start " + p.start,
        "give --start random");
}

}  // namespace

bool Problem::packed() const {
  return stress() && components.count() > 1 && !(given && iterations == 0);
}

Problem make_problem(const LayoutOptions& options, const RunOptions& run) {
  check_options(options);
  Problem p;
  p.options = options;
  graph::ReadOptions reading = options.read;
  reading.threads = run.threads, reading.memory = run.memory;
  p.read = graph::read_graph(options.graph, reading);
  if (p.graph().vertices() == 0)
    throw Error(ErrorKind::kInput, options.graph + ": has no vertices: there is nothing to lay out");
  if (p.stress() && options.stress.lengths) check_lengths(p);
  p.components = graph::components(p.graph());
  p.isolated = std::count(p.components.sizes.begin(), p.components.sizes.end(), graph::Vertex(1));
  p.iterations = options.iterations.value_or(p.stress() ? kStressIterations : kBaseIterations);
  find_start(p, run);
  if (!options.pins.empty()) p.pins = read_pins(options.pins, p.graph(), p.dimensions);
  return p;
}

Descent descent_of(const Problem& p, std::uint64_t seed, const RunOptions& run) {
  Descent d;
  if (p.given) {
    d.start = *p.given, d.given = true;
  } else if (p.start == "pivot-mds") {
    PivotMdsOptions options;
    options.dimensions = p.dimensions, options.seed = seed,
    options.lengths = p.stress() && p.options.stress.lengths;
    const double vertices = double(p.graph().vertices()) - double(p.isolated);
    Counted found(run.observer, vertices);
    if (run.observer != nullptr) run.observer->begin("start", vertices, "vertices", 0);
    d.start = pivot_mds(p.graph(), options, run.threads, run.stop, &found), d.given = true;
    if (run.observer != nullptr) run.observer->end();
    if (options.lengths) check_extent(p, d.start);
    if (!p.stress()) pack(p.graph(), {}, d.start);  // all about one place, components would repel each other
  } else {
    d.start = random_start(p.graph().vertices(), p.dimensions, seed, run.threads);
    if (!p.stress() && p.options.base.min_distance > 0) {
      // As far apart as they will have to be: some ten others within 1.5 m of a vertex in the middle.
      const double n = double(p.graph().vertices());
      const double spread = p.options.base.min_distance * std::pow(n / 9, 1.0 / p.dimensions);
      if (spread > 1)
        for (double& x : d.start.at) x *= spread;
    }
  }
  d.pinned = apply(p.pins, d.start);
  d.iterations = p.iterations, d.tolerance = p.options.tolerance, d.seed = seed;
  return d;
}

RunOptions on_processor(RunOptions run) {
  run.device = "cpu";
  return run;
}

Machine machine_for(const Problem& p, const RunOptions& run) {
  if (!p.stress()) return open_machine(run);
  RunOptions on_host = run;
  on_host.device = "serial";  // only for its view of the host's memory
  return open_machine(on_host);
}

}  // namespace sluice::layout
