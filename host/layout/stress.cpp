// The descent: plans each component, finds its distances, and passes all of them once an iteration.
#include "host/layout/stress.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
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

/// A part with its step sizes, falling exponentially from the one that moves the farthest pair all the way,
/// or from less where the start is a layout.
struct Running {
  std::unique_ptr<Part> part;
  double first = 0, last = 0;
  double stress = 0;  // of the last pass
  float eta(i64 iteration, i64 iterations) const {
    if (iterations < 2) return float(first);
    return float(first * std::exp(std::log(last / first) * double(iteration) / double(iterations - 1)));
  }
};

Running running(std::unique_ptr<Part> part, const StressOptions& options) {
  Running one;
  one.first = 1 / part->least_weight();
  one.last = std::min(one.first, options.eps / part->greatest_weight());
  one.part = std::move(part);
  return one;
}

/// The greatest of some step sizes at which a pass over the layout that the part has does not raise its
/// stress by more than the iterations to come make good: greater ones would only undo it. By trials, of which
/// the part knows nothing afterwards.
void fit_first(Running& one, i64 iterations, std::uint64_t seed, int threads) {
  constexpr int kSteps = 32;
  const double allowed = 1 + std::min(0.1, 0.002 * double(iterations - 1));
  const double greatest = one.first;
  const auto size = [&](int k) { return greatest * std::pow(one.last / greatest, double(k) / kSteps); };
  std::vector<float> start(std::size_t(one.part->raw_count()));
  one.part->raw(start.data());
  const double stress = one.part->pass(0, seed, threads);
  const auto raises = [&](int k) {
    const double passing = one.part->pass(float(size(k)), scatter(seed, 0x747279u), threads);
    one.part->set_raw(start.data());
    return !(passing <= stress * allowed);
  };
  int least = 0, most = kSteps;  // the answer is among these
  if (!raises(0)) return;
  for (least = 1; least < most;) {
    const int middle = (least + most) / 2;
    if (raises(middle))
      least = middle + 1;
    else
      most = middle;
  }
  one.first = size(least);
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
        pieces_(split(graph, options.lengths)),
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
    if (!descent_.resumed.empty()) {
      std::vector<double> firsts;
      done = load_stress_state(descent_.resumed, identity_, parts(), firsts);
      for (std::size_t i = 0; i < running_.size(); ++i) running_[i].first = firsts[i];
    }
    if (run_.observer != nullptr)
      run_.observer->begin("descent", double(descent_.iterations), "iterations", double(done));
    if (descent_.resumed.empty() && descent_.given && descent_.iterations > 0)
      each_part([&](std::size_t i, int threads) {
        fit_first(running_[i], descent_.iterations, descent_.seed, threads);
      });
    if (done == 0) {
      monitor_.iterated(0, pass_all(-1));
      tell(0);
    }
    while (done < descent_.iterations) {
      if (stopped()) {
        monitor_.state(done, store_stress_state(done, identity_, parts(), firsts()));
        outcome.ended = Ended::kStopped;
        break;
      }
      if (descent_.tolerance > 0) keep_coordinates();
      const double stress = pass_all(done++);
      monitor_.iterated(done, stress);
      if (run_.observer != nullptr) run_.observer->progress(double(done));
      tell(done);
      if (descent_.tolerance > 0 && largest_move() <= descent_.tolerance) {
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
  /// Pivots stand for others, so that their sum is another number than the stress of the layout.
  Loss loss(double stress) const {
    const bool exact =
        std::all_of(plans_.begin(), plans_.end(), [](const PiecePlan& plan) { return plan.pivots == 0; });
    return {stress, {{exact ? "stress" : "stress_by_pivots", stress}}};
  }

  /// Distances of every component; false where it was stopped.
  bool prepare() {
    fitting_plan(pieces_, plans_, descent_.start.dimensions, run_);  // refuses what does not fit
    double vertices = 0;
    for (const auto& piece : pieces_) vertices += double(piece->graph.vertices());
    if (run_.observer != nullptr) run_.observer->begin("distances", vertices, "vertices", 0);
    running_.resize(pieces_.size());
    const auto make = [&](std::size_t i, int threads, std::function<void(double)> told) {
      Component component{pieces_[i].get(), options_.lengths,
                          mean_length(pieces_[i]->graph, options_.lengths), run_.stop, std::move(told)};
      const int d = descent_.start.dimensions;
      auto part = plans_[i].pivots > 0
                      ? make_pivot_terms(component, plans_[i].pivots, d, descent_.seed, threads)
                      : make_all_pairs(component, plans_[i].code, d, descent_.seed, threads);
      running_[i] = running(std::move(part), options_);
    };
    double found = 0;
    for (std::size_t i = 0; i < pieces_.size(); ++i)
      if (large(i)) {
        if (stopped()) return false;
        const double own = double(pieces_[i]->graph.vertices());
        make(i, threads_, [&](double share) {
          if (run_.observer != nullptr) run_.observer->progress(found + share * own);
        });
        found += own;
      } else {
        small_.push_back(i);
      }
    in_parallel(std::size_t(threads_), small_.size(), [&](std::size_t i) {
      if (!stopped()) make(small_[i], 1, nullptr);
    });
    if (stopped()) return false;
    if (run_.observer != nullptr) run_.observer->progress(vertices);
    std::vector<bool> pinned(std::size_t(graph_.vertices()));
    for (const Vertex v : descent_.pinned) pinned[std::size_t(v)] = true;
    for (const Running& one : running_) one.part->load(descent_.start, pinned);
    if (run_.observer != nullptr) run_.observer->end();
    return true;
  }
  bool large(std::size_t i) const { return pieces_[i]->graph.vertices() >= 1024; }

  /// turn(part, threads): large ones one after the other with all threads, small ones side by side.
  template <class F>
  void each_part(const F& turn) const {
    for (std::size_t i = 0; i < running_.size(); ++i)
      if (large(i)) turn(i, threads_);
    constexpr std::size_t kTogether = 16;
    in_parallel(std::size_t(threads_), (small_.size() + kTogether - 1) / kTogether, [&](std::size_t group) {
      for (std::size_t i = group * kTogether; i < std::min(small_.size(), (group + 1) * kTogether); ++i)
        turn(small_[i], 1);
    });
  }

  /// All parts once, with the step of the iteration; below 0: nothing moves. The stress over ordered pairs.
  double pass_all(i64 iteration) {
    each_part([&](std::size_t i, int threads) {
      Running& one = running_[i];
      one.stress = one.part->pass(iteration < 0 ? 0.0f : one.eta(iteration, descent_.iterations),
                                  scatter(descent_.seed, std::uint64_t(iteration)), threads);
    });
    double stress = 0;
    for (const Running& one : running_) stress += 2 * one.stress;
    return stress;
  }

  void keep_coordinates() {
    before_.resize(running_.size());
    for (std::size_t i = 0; i < running_.size(); ++i) {
      before_[i].resize(std::size_t(running_[i].part->raw_count()));
      running_[i].part->raw(before_[i].data());
    }
  }
  /// Of a vertex, since keep_coordinates().
  double largest_move() const {
    const int d = descent_.start.dimensions;
    double largest = 0;
    std::vector<float> now;
    for (std::size_t i = 0; i < running_.size(); ++i) {
      now.resize(before_[i].size());
      running_[i].part->raw(now.data());
      double square = 0;
      for (std::size_t k = 0; k < now.size(); k += std::size_t(d)) {
        double one = 0;
        for (std::size_t c = k; c < k + std::size_t(d); ++c) {
          const double moved = double(now[c]) - double(before_[i][c]);
          one += moved * moved;
        }
        square = std::max(square, one);
      }
      largest = std::max(largest, std::sqrt(square) * running_[i].part->component().unit);
    }
    return largest;
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
  std::vector<double> firsts() const {
    std::vector<double> all;
    for (const Running& one : running_) all.push_back(one.first);
    return all;
  }
  void tell(i64 iteration) {
    if (monitor_.wants_positions(iteration))
      monitor_.positions(iteration, iteration > 0 ? positions() : descent_.start);
    if (iteration > 0 && monitor_.wants_state(iteration))
      monitor_.state(iteration, store_stress_state(iteration, identity_, parts(), firsts()));
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
  std::vector<std::vector<float>> before_;  // coordinates of each part; with a tolerance
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
