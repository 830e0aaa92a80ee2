// The descent: plans each component, finds its distances, and passes all of them once an iteration.
#include "host/layout/stress.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "host/budget.h"
#include "host/error.h"
#include "host/layout/all_pairs.h"
#include "host/layout/hash.h"
#include "host/layout/pivot_terms.h"
#include "host/layout/pivots.h"
#include "host/layout/stress_plan.h"
#include "host/layout/stress_state.h"
#include "host/parallel.h"

namespace sluice::layout {
namespace {

using graph::Vertex;
using i64 = std::int64_t;

/// A part with its step sizes, falling exponentially from the one that moves the farthest pair all the way.
struct Running {
  std::unique_ptr<Part> part;
  double first = 0, fall = 0;
  TileSums sums;
  float eta(i64 iteration) const { return float(first * std::exp(-fall * double(iteration))); }
};

Running running(std::unique_ptr<Part> part, const StressOptions& options, i64 iterations) {
  Running one;
  one.first = 1 / part->least_weight();
  const double last = options.eps / part->greatest_weight();
  one.fall = iterations > 1 ? std::log(one.first / last) / double(iterations - 1) : 0;
  one.part = std::move(part);
  return one;
}

class Stress {
 public:
  Stress(const graph::Graph& graph, const StressOptions& options, const Descent& descent, Monitor& monitor,
         const RunOptions& run)
      : graph_(graph),
        options_(options),
        descent_(descent),
        monitor_(monitor),
        run_(run),
        threads_(run.threads > 0 ? run.threads : available_cores()),
        pieces_(split(graph)),
        plans_(plan_pieces(pieces_, options)),
        identity_(stress_identity(graph, options, plans_, descent)) {}

  Outcome descend() {
    Outcome outcome;
    outcome.positions = descent_.start;
    if (!prepare()) {
      if (!descent_.resumed.empty()) throw Error(ErrorKind::kInterrupted, "interrupted");
      outcome.ended = Ended::kStopped;
      outcome.loss = loss(std::numeric_limits<double>::quiet_NaN());
      return outcome;
    }
    i64 done = 0;
    if (!descent_.resumed.empty()) done = load_stress_state(descent_.resumed, identity_, parts());
    if (run_.observer != nullptr)
      run_.observer->begin("descent", double(descent_.iterations), "iterations", double(done));
    if (done == 0) {
      monitor_.iterated(0, pass_all(-1));
      tell(0);
    }
    while (done < descent_.iterations) {
      if (stopped()) {
        monitor_.state(done, store_stress_state(done, identity_, parts()));
        outcome.ended = Ended::kStopped;
        break;
      }
      const double stress = pass_all(done++);
      monitor_.iterated(done, stress);
      if (run_.observer != nullptr) run_.observer->progress(double(done));
      tell(done);
      if (descent_.tolerance > 0 && largest_ <= descent_.tolerance) {
        outcome.ended = Ended::kTolerance;
        break;
      }
    }
    if (run_.observer != nullptr) run_.observer->end();
    outcome.iterations = done;
    if (done > 0) outcome.positions = positions();
    outcome.loss = loss(pass_all(-1));
    if (!std::isfinite(outcome.loss.total))
      throw Error(ErrorKind::kInput, "stress: the descent diverged: expected a finite stress, found " +
                                         std::to_string(outcome.loss.total));
    return outcome;
  }

 private:
  bool stopped() const { return run_.stop != nullptr && run_.stop->load(std::memory_order_relaxed); }
  static Loss loss(double stress) { return {stress, {{"stress", stress}}}; }

  /// Distances of every component; false where it was stopped.
  bool prepare() {
    fitting_plan(pieces_, plans_, descent_.start.dimensions, run_);  // refuses what does not fit
    if (run_.observer != nullptr) run_.observer->begin("distances", double(graph_.vertices()), "vertices", 0);
    running_.resize(pieces_.size());
    const auto make = [&](std::size_t i, int threads) {
      Component component{pieces_[i].get(), options_.lengths,
                          mean_length(*pieces_[i]->graph, options_.lengths), run_.stop};
      const int d = descent_.start.dimensions;
      auto part = plans_[i].pivots > 0
                      ? make_pivot_terms(component, plans_[i].pivots, d, descent_.seed, threads)
                      : make_all_pairs(component, plans_[i].code, d, descent_.seed, threads);
      running_[i] = running(std::move(part), options_, descent_.iterations);
    };
    for (std::size_t i = 0; i < pieces_.size(); ++i)
      if (large(i)) {
        if (stopped()) return false;
        make(i, threads_);
      } else {
        small_.push_back(i);
      }
    in_parallel(std::size_t(threads_), small_.size(), [&](std::size_t i) {
      if (!stopped()) make(small_[i], 1);
    });
    if (stopped()) return false;
    std::vector<bool> pinned(std::size_t(graph_.vertices()));
    for (const Vertex v : descent_.pinned) pinned[std::size_t(v)] = true;
    for (const Running& one : running_) one.part->load(descent_.start, pinned);
    if (run_.observer != nullptr) run_.observer->end();
    return true;
  }
  bool large(std::size_t i) const { return pieces_[i]->graph->vertices() >= 1024; }

  /// All parts once, with the step of the iteration; below 0: nothing moves. The stress over ordered pairs.
  double pass_all(i64 iteration) {
    const auto pass = [&](std::size_t i, int threads) {
      Running& one = running_[i];
      one.sums = one.part->pass(iteration < 0 ? 0.0f : one.eta(iteration),
                                scatter(descent_.seed, std::uint64_t(iteration)), threads);
    };
    for (std::size_t i = 0; i < running_.size(); ++i)
      if (large(i)) pass(i, threads_);
    constexpr std::size_t kTogether = 16;
    in_parallel(std::size_t(threads_), (small_.size() + kTogether - 1) / kTogether, [&](std::size_t group) {
      for (std::size_t i = group * kTogether; i < std::min(small_.size(), (group + 1) * kTogether); ++i)
        pass(small_[i], 1);
    });
    double stress = 0;
    largest_ = 0;
    for (const Running& one : running_) {
      stress += 2 * one.sums.stress;
      largest_ = std::max(largest_, double(one.sums.largest) * one.part->component().unit);
    }
    return stress;
  }

  graph::Positions positions() const {
    graph::Positions at = descent_.start;
    for (const Running& one : running_) one.part->store(at);
    return at;
  }
  std::vector<Part*> parts() const {
    std::vector<Part*> all;
    for (const Running& one : running_) all.push_back(one.part.get());
    return all;
  }
  void tell(i64 iteration) {
    if (monitor_.wants_positions(iteration))
      monitor_.positions(iteration, iteration > 0 ? positions() : descent_.start);
    if (iteration > 0 && monitor_.wants_state(iteration))
      monitor_.state(iteration, store_stress_state(iteration, identity_, parts()));
  }

  const graph::Graph& graph_;
  const StressOptions& options_;
  const Descent& descent_;
  Monitor& monitor_;
  const RunOptions& run_;
  int threads_;
  const std::vector<std::unique_ptr<Piece>> pieces_;
  const std::vector<PiecePlan> plans_;
  const std::uint64_t identity_;
  std::vector<Running> running_;
  std::vector<std::size_t> small_;
  double largest_ = 0;
};

void check(const graph::Graph& graph, const StressOptions& options, const Descent& descent,
           const RunOptions& run) {
  const auto refuse = [](const std::string& what) { throw Error(ErrorKind::kUsage, "stress: " + what); };
  const graph::Positions& start = descent.start;
  const Vertex n = graph.vertices();
  if (start.dimensions < 1)
    refuse("expected one dimension or more, found " + std::to_string(start.dimensions));
  if (i64(start.at.size()) != i64(n) * start.dimensions)
    refuse("start of another graph: expected " + std::to_string(n) + " vertices, found " +
           std::to_string(start.vertices()));
  for (std::size_t i = 0; i < start.at.size(); ++i)
    if (!(std::fabs(start.at[i]) <= 1e15))
      throw Error(ErrorKind::kInput,
                  "start: vertex " + graph.name(Vertex(i / std::size_t(start.dimensions))) +
                      ": expected coordinates within 1e15, found " + std::to_string(start.at[i]));
  for (const Vertex v : descent.pinned)
    if (v < 0 || v >= n)
      refuse("pinned vertex " + std::to_string(v) + ": the graph has " + std::to_string(n));
  if (!(options.eps > 0)) refuse("eps: expected more than 0, found " + std::to_string(options.eps));
  if (run.device != "auto" && run.device != "cpu")
    throw Error(ErrorKind::kDevice,
                "stress runs on the processor: expected --device auto or cpu, found " + run.device);
  if (options.lengths)
    for (const double w : graph.weights)
      if (!(w > 0) || !std::isfinite(w))
        refuse("lengths of edges: expected finite weights above 0, found " + std::to_string(w));
}

}  // namespace

Outcome descend_stress(const graph::Graph& graph, const StressOptions& options, const Descent& descent,
                       Monitor& monitor, const RunOptions& run) {
  check(graph, options, descent, run);
  return Stress(graph, options, descent, monitor, run).descend();
}

}  // namespace sluice::layout
