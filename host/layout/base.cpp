// The descent of the base objective: batches of iterations on the device, between which the host looks at
// losses, tells the monitor and, with a least distance, keeps the active set and its multipliers.
#include "host/layout/base.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "host/clock.h"
#include "host/error.h"
#include "host/layout/base_device.h"
#include "host/layout/close_pairs.h"
#include "host/layout/constraints.h"
#include "host/layout/separate.h"

namespace sluice::layout {
namespace {

[[noreturn]] void wrong(const std::string& what, const std::string& advice = {}) {
  throw Error(ErrorKind::kUsage, "layout: " + what, advice);
}

void check_number(const char* name, double value, double least) {
  if (!std::isfinite(value) || value < least)
    wrong(std::string(name) + ": expected a number of at least " + std::to_string(least) + ", found " +
          std::to_string(value));
}

void check_options(const BaseOptions& o) {
  check_number("the weight of attraction", o.attraction, 0);
  check_number("the weight of repulsion", o.repulsion, 0);
  check_number("the weight of centering", o.centering, 0);
  if (!(o.eps >= 1e-15) || !std::isfinite(o.eps)) wrong("eps: expected at least 1e-15");
  check_number("the learning rate", o.rate, 0);
  check_number("the optimizer's epsilon", o.adam_epsilon, 0);
  check_number("the least distance", o.min_distance, 0);
  check_number("the length that gradients are clipped to", o.clip, 0);
  if (!(o.beta1 >= 0 && o.beta1 < 1 && o.beta2 >= 0 && o.beta2 < 1))
    wrong("the optimizer's betas: expected numbers of [0, 1)");
}

void check_start(const graph::Graph& graph, const graph::Positions& p) {
  if (p.dimensions < 1 || p.dimensions > kLayoutDims)
    wrong(std::to_string(p.dimensions) + " dimensions: expected 1 to " + std::to_string(kLayoutDims));
  if (std::int64_t(p.at.size()) != std::int64_t(graph.vertices()) * p.dimensions)
    wrong("the start has " + std::to_string(p.vertices()) + " positions: expected " +
          std::to_string(graph.vertices()));
  for (std::size_t k = 0; k < p.at.size(); ++k)
    if (!std::isfinite(p.at[k]))
      throw Error(ErrorKind::kInput, "layout: the start: expected finite coordinates, found " +
                                         std::to_string(p.at[k]) + " for vertex " +
                                         graph.name(graph::Vertex(k / std::size_t(p.dimensions))));
}

void check_pins(const graph::Graph& graph, const std::vector<graph::Vertex>& pinned) {
  for (std::size_t k = 0; k < pinned.size(); ++k) {
    if (pinned[k] < 0 || pinned[k] >= graph.vertices())
      wrong("vertex " + std::to_string(pinned[k]) + " is pinned: expected vertices below " +
            std::to_string(graph.vertices()));
    if (k > 0 && pinned[k] <= pinned[k - 1]) wrong("pinned vertices are not ascending");
  }
}

[[noreturn]] void diverged(double loss, std::int64_t iteration) {
  throw Error(ErrorKind::kInput,
              "layout: the descent diverged: expected finite positions and a finite loss, found the loss " +
                  std::to_string(loss) + " in iteration " + std::to_string(iteration),
              "give a smaller --lr");
}

/// 0 iterations: the loss of the start as it is, not as float32 has it.
DType type_of(Precision p, std::int64_t iterations) {
  return p == Precision::kFloat32 && iterations > 0 ? DType::kFloat32 : DType::kFloat64;
}

/// Iterations between two looks for vertices that have come to one place.
constexpr std::int64_t kMet = 256;

/// Of a least distance, what must be reached for the layout to grow by the rest.
constexpr double kMostGrowth = 0.5;

/// About its middle.
void scale(graph::Positions& p, double factor) {
  for (int k = 0; k < p.dimensions; ++k) {
    double middle = 0;
    for (std::int64_t v = 0; v < p.vertices(); ++v) middle += p.of(v)[k] / double(p.vertices());
    for (std::int64_t v = 0; v < p.vertices(); ++v) p.of(v)[k] = middle + factor * (p.of(v)[k] - middle);
  }
}

/// How many iterations go to the device at once: some tenths of a second.
class Batch {
 public:
  explicit Batch(bool single) : most_(single ? 1 : BaseDevice::kHistory) {}
  std::int64_t size() const { return size_; }
  void took(double seconds) {
    if (seconds < 0.05) size_ = std::min(most_, 2 * size_);
    if (seconds > 0.2) size_ = std::max<std::int64_t>(1, size_ / 2);
  }

 private:
  const std::int64_t most_;
  std::int64_t size_ = 1;
};

class Run {
 public:
  Run(const graph::Graph& graph, const BaseOptions& options, const Descent& descent, Monitor& monitor,
      const RunOptions& run)
      : graph_(graph),
        d_(descent),
        monitor_(monitor),
        stop_(run.stop),
        machine_(open_machine(run)),
        device_(machine_, graph, options, type_of(options.precision, descent.iterations),
                descent.start.dimensions, descent.pinned),
        options_(options) {
    if (options.min_distance > 0)
      constraints_ = std::make_unique<Constraints>(graph, options, machine_.budgets->host);
  }

  Outcome all() {
    begin();
    Outcome out;
    out.ended = descend();
    out.iterations = device_.made();
    const bool moved = out.iterations > 0, stopped = out.ended == Ended::kStopped;
    out.positions = moved ? now() : d_.start;
    if (constraints_ && moved && !stopped) part(out);
    if (constraints_ || !moved) device_.set_positions(out.positions);
    if (constraints_ && (moved || !stopped))
      device_.set_close(find_close(out.positions, options_.min_distance, {}, machine_.budgets->host), 1);
    out.loss = device_.loss();
    const std::vector<double>& at = out.positions.at;
    if (moved && (!std::isfinite(out.loss.total) ||
                  !std::all_of(at.begin(), at.end(), [](double x) { return std::isfinite(x); })))
      diverged(out.loss.total, out.iterations);
    return out;
  }

 private:
  /// What is still too close apart. Stopped meanwhile, it begins again when resumed, after the last
  /// iteration.
  void part(Outcome& out) {
    const double m = options_.min_distance;
    if (part_close(out.positions, d_.pinned, m, machine_.budgets->host, stop_)) {
      const Closest closest = closest_of(out.positions, m, stop_);
      const bool stopped = stop_ != nullptr && *stop_;
      if (!stopped && closest.pairs > 0 && d_.pinned.empty() && closest.distance > kMostGrowth * m)
        scale(out.positions, m / closest.distance * (1 + 1e-9));
      if (!stopped) return;
    }
    if (out.ended == Ended::kIterations) monitor_.state(device_.made(), saved());
    out.ended = Ended::kStopped;
  }

  void begin() {
    if (!d_.resumed.empty()) {
      const std::string_view rest = device_.restore(d_.resumed);
      if (constraints_) constraints_->restore(rest, d_.start.vertices());
      return;
    }
    graph::Positions start = d_.start;
    if (d_.iterations > 0)
      separate_coincident(start, d_.pinned, d_.seed, options_.precision == Precision::kFloat32);
    device_.set_positions(start);
    if (monitor_.wants_positions(0)) monitor_.positions(0, d_.start);
  }

  /// Positions of the device, those of pinned vertices as they were given.
  graph::Positions now() {
    graph::Positions p = device_.positions();
    for (const graph::Vertex v : d_.pinned) std::copy_n(d_.start.of(v), p.dimensions, p.of(v));
    return p;
  }

  std::string saved() { return device_.save() + (constraints_ ? constraints_->save() : std::string()); }

  Ended descend() {
    Batch batch(d_.tolerance > 0 || constraints_);
    while (device_.made() < d_.iterations) {
      if (stop_ && *stop_) {
        if (device_.made() > 0) monitor_.state(device_.made(), saved());
        return Ended::kStopped;
      }
      const std::int64_t from = device_.made();
      const std::int64_t end = std::min({d_.iterations, from + batch.size(), from - from % kMet + kMet});
      std::int64_t to = from;
      bool positions = false, state = false;
      while (to < end && !positions && !state) {
        ++to;
        positions = monitor_.wants_positions(to), state = monitor_.wants_state(to);
      }
      const Clock clock;
      if (constraints_) constraints_->prepare(device_);
      device_.iterate(to - from);
      batch.took(clock.seconds());
      const double move = tell(from, to);
      if (to % kMet == 0) separate_where_met();
      if (positions) monitor_.positions(to, now());
      if (state) monitor_.state(to, saved());
      if (d_.tolerance > 0 && move <= d_.tolerance && (!constraints_ || constraints_->settled()))
        return Ended::kTolerance;
    }
    return Ended::kIterations;
  }

  /// Vertices that were rounded to one place on the way, as leaves of a hub may be, have no force between
  /// them and the same to all others: together for ever. Each such pair adds 2 r / eps to the loss, so that
  /// mostly there is nothing to look for.
  void separate_where_met() {
    const double pair = 2 * options_.repulsion / options_.eps;
    const double* const parts = device_.row(device_.made() - 1);
    if (constraints_ || !(options_.repulsion > 0 && options_.rate > 0)) return;  // a barrier parts them
    if (!(parts[kLayoutRepulsion] >= 0.9 * pair)) return;
    graph::Positions p = device_.positions();
    const auto seed = d_.seed + std::uint64_t(device_.made()) * 0x9e3779b97f4a7c15u;
    const double steepest = std::sqrt(options_.eps / 3);  // where repulsion is
    if (separate_met(graph_, p, d_.pinned, seed, options_.precision == Precision::kFloat32, steepest))
      device_.set_positions(p);
  }

  /// Tells of iterations from + 1 .. to; the last one's largest move.
  double tell(std::int64_t from, std::int64_t to) {
    double move = 0;
    for (std::int64_t t = from; t < to; ++t) {
      const double loss = device_.loss_of(device_.row(t)).total;
      move = device_.row(t)[kLayoutMove];
      if (!std::isfinite(loss) || !std::isfinite(move)) diverged(loss, t + 1);
      if (constraints_) constraints_->moved(move);
      monitor_.iterated(t + 1, loss);
    }
    return move;
  }

  const graph::Graph& graph_;
  const Descent& d_;
  Monitor& monitor_;
  const std::atomic<bool>* const stop_;
  Machine machine_;
  BaseDevice device_;
  const BaseOptions options_;
  std::unique_ptr<Constraints> constraints_;
};

Loss no_loss(const BaseOptions& options) {
  Loss loss{0, {{"attraction", 0}, {"repulsion", 0}, {"centering", 0}}};
  if (options.min_distance > 0) loss.parts.emplace_back("barrier", 0);
  return loss;
}

}  // namespace

double base_clip(const BaseOptions& options) {
  if (options.clip > 0) return options.clip;
  if (options.optimizer == Optimizer::kAdam || options.rate == 0) return 0;
  return (options.optimizer == Optimizer::kMomentum ? 1 - options.beta1 : 1) / options.rate;
}

Outcome descend_base(const graph::Graph& graph, const BaseOptions& options, const Descent& descent,
                     Monitor& monitor, const RunOptions& run) {
  check_options(options);
  check_start(graph, descent.start);
  check_pins(graph, descent.pinned);
  if (descent.iterations < 0) wrong("the number of iterations is negative");
  if (!(descent.tolerance >= 0)) wrong("the tolerance is negative");
  if (graph.vertices() == 0) return {descent.start, no_loss(options), 0, Ended::kIterations};
  return Run(graph, options, descent, monitor, run).all();
}

Loss base_loss(const graph::Graph& graph, const BaseOptions& options, const graph::Positions& positions,
               const RunOptions& run) {
  BaseOptions exact = options;
  exact.precision = Precision::kFloat64;
  Descent none;
  none.start = positions;
  Monitor nobody;
  return descend_base(graph, exact, none, nobody, run).loss;
}

}  // namespace sluice::layout
