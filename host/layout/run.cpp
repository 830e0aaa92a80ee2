// The whole of a layout: read, descend once or several times, set apart, measure, write.
#include <algorithm>
#include <cmath>

#include "host/clock.h"
#include "host/error.h"
#include "host/layout/base_check.h"
#include "host/layout/captions.h"
#include "host/layout/close_pairs.h"
#include "host/layout/outputs.h"
#include "host/layout/pack.h"
#include "host/layout/problem.h"
#include "host/layout/progression.h"
#include "host/layout/watch.h"
#include "host/picture/ticks.h"
#include "host/units.h"
#include "sluice_version.h"

namespace sluice {

std::vector<std::string> layout_endings() {
  return {".npy", ".csv", ".graphml", ".gml", ".svg", ".png", ".pdf", ".gif", ".html"};
}

namespace layout {
namespace {

class Run {
 public:
  Run(const LayoutOptions& options, const RunOptions& run)
      : options_(options), run_(run), observer_(run.observer != nullptr ? *run.observer : quiet_) {}

  LayoutResult operator()() {
    const std::vector<std::string> files = check_outputs(options_);
    observer_.begin("reading", 1, "graph", 0);
    problem_ = make_problem(options_, run_);
    observer_.progress(1), observer_.end();
    stage("read");
    Machine machine = machine_for(problem_, run_);
    out_.plan = plan_of(problem_, machine, run_);
    for (const std::string& line : out_.plan.notes) observer_.note(line);
    planned_ = run_;
    planned_.memory = machine.memory;  // as the plan has it, whatever is free later
    if (out_.plan.memory > machine.memory)
      throw Error(ErrorKind::kMemory,
                  options_.graph + ": the layout does not fit: expected " +
                      human_bytes(double(out_.plan.memory)) + " of memory, found " +
                      human_bytes(double(machine.memory)),
                  "give --memory " + size_argument(out_.plan.memory) +
                      std::string(problem_.start == "pivot-mds" ? ", or --start random" : "") +
                      (wants_frames(options_) ? ", or fewer --frames" : ""));
    if (!files.empty())
      keeper_ = std::make_unique<Keeper>(files, fingerprint_of(problem_, machine, out_.plan),
                                         looks_of(problem_), run_);
    if (keeper_ && keeper_->complete()) return already_there(machine);
    find_saved();
    descend();
    stage("descent");
    finish();
    machine.report(out_.run);
    report(machine);
    return std::move(out_);
  }

 private:
  const graph::Graph& graph() const { return problem_.graph(); }
  bool sheet() const { return !options_.sheet.empty(); }

  void stage(const char* name) {
    const double now = clock_.seconds();
    out_.run.stages.push_back({name, now - last_stage_, 0, 0});
    last_stage_ = now;
  }

  LayoutResult already_there(Machine& machine) {
    observer_.note(files_text() + " complete already");
    out_.complete = true;
    report(machine);
    return std::move(out_);
  }

  std::string files_text() const {
    return options_.outputs.size() == 1 ? options_.outputs[0] + " is" : "all outputs are";
  }

  void find_saved() {
    if (!keeper_) return;
    if (auto found = keeper_->found()) {
      progression_ = std::move(*found);
      out_.run.resumed = true;
      observer_.note("resumed: " + saved_text());
    } else if (run_.resume) {
      observer_.note("nothing was saved: the layout starts from its beginning");
    }
  }

  std::string saved_text() const {
    const std::size_t done = progression_.done.size(), all = std::size_t(options_.restarts);
    if (done == all) return "the layout was made, its outputs were not all written";
    return (all > 1 ? "restart " + std::to_string(done + 1) + " of " + std::to_string(all) + ", " : "") +
           "iteration " + std::to_string(progression_.iteration) + " of " +
           std::to_string(problem_.iterations);
  }

  void descend() {
    double saved = clock_.seconds();
    while (progression_.done.size() < std::size_t(options_.restarts)) {
      const std::size_t k = progression_.done.size();
      const Outcome outcome = attempt(k);
      take(k, outcome);
      if (outcome.ended == Ended::kStopped) interrupted(outcome.iterations);
      if (keeper_ && options_.restarts > 1 && clock_.seconds() - saved >= run_.checkpoint_seconds)
        keeper_->save(progression_), saved = clock_.seconds();
    }
  }

  Outcome attempt(std::size_t k) {
    Descent descent = descent_of(problem_, options_.seed + k, run_);
    descent.resumed = progression_.state;
    if (!problem_.stress()) {  // which tells of its stages itself
      const std::string name = options_.restarts == 1 ? "descent"
                                                      : "descent " + std::to_string(k + 1) + " of " +
                                                            std::to_string(options_.restarts);
      observer_.begin(name.c_str(), double(problem_.iterations), "iterations",
                      double(progression_.iteration));
    }
    Watch watch(problem_, progression_, keeper_.get(), run_);
    Outcome outcome = problem_.stress()
                          ? descend_stress(graph(), options_.stress, descent, watch, on_processor(planned_))
                          : descend_base(graph(), options_.base, descent, watch, run_);
    if (!problem_.stress()) observer_.end();
    if (outcome.ended == Ended::kStopped && keeper_ && progression_.state.empty()) {
      Progression from_start = progression_;  // nothing of this descent is saved: it begins again
      from_start.running = {};
      keeper_->save(from_start);
    }
    if (problem_.packed()) pack(graph(), descent.pinned, outcome.positions);
    return outcome;
  }

  /// The attempt is one of those that are done; of positions and frames those stay that are shown.
  void take(std::size_t k, const Outcome& outcome) {
    Attempt a = std::move(progression_.running);
    progression_.running = {}, progression_.iteration = 0, progression_.state.clear();
    a.facts = {options_.seed + k, outcome.loss, outcome.iterations, outcome.ended, is_apart(outcome)};
    a.positions = outcome.positions;
    // The curve of stress is of pairs as they are met: the layout's own loss is no point of it.
    if (!problem_.stress() || a.curve.losses().empty()) a.curve.end(outcome.iterations, outcome.loss.total);
    if (wants_frames(options_)) {
      if (a.frames.list.empty() || a.frames.list.back().iteration < outcome.iterations)
        a.frames.add(outcome.iterations, outcome.loss.total, outcome.positions);
      a.frames.list.back().loss = outcome.loss.total;
    }
    progression_.done.push_back(std::move(a));
    const std::size_t best = best_of(progression_.done);
    for (std::size_t i = 0; i < progression_.done.size() && !sheet(); ++i)
      if (i != best) progression_.done[i].positions = {}, progression_.done[i].frames = {};
  }

  static std::size_t best_of(const std::vector<Attempt>& done) {
    std::size_t best = 0;
    for (std::size_t k = 1; k < done.size(); ++k) {
      const LayoutRestart &one = done[k].facts, &other = done[best].facts;
      const double a = one.loss.total, b = other.loss.total;
      // The loss hardly feels a least distance that is not kept.
      if (one.apart != other.apart ? one.apart : a < b || (std::isnan(b) && !std::isnan(a))) best = k;
    }
    return best;
  }

  bool is_apart(const Outcome& outcome) const {
    const double m = options_.base.min_distance;
    if (problem_.stress() || !(m > 0)) return true;
    return outcome.ended != Ended::kStopped && closest_of(outcome.positions, m, nullptr).pairs == 0;
  }

  /// What there is goes to the outputs; the state stays.
  [[noreturn]] void interrupted(std::int64_t iterations) {
    RunOptions calm = run_;
    calm.stop = nullptr;
    if (!options_.outputs.empty()) {
      write(calm);
      observer_.note("the layout so far, after " + std::to_string(iterations) + " of " +
                     std::to_string(problem_.iterations) + " iterations, is in " + names());
    }
    throw Error(ErrorKind::kInterrupted, "interrupted");
  }

  /// What was made is there for --resume until all outputs are whole, where the disk has room for it.
  void keep() noexcept {
    try {
      if (keeper_) keeper_->save(progression_);
    } catch (const Error&) {  // outputs may still find room
    }
  }

  std::string names() const {
    std::string text;
    for (const std::string& path : options_.outputs) text += (text.empty() ? "" : ", ") + path;
    return text;
  }

  void check() {
    observer_.note(check_base(graph(), options_.base, out_.positions, run_));
    stage("check");
  }

  void measure() {
    graph::MeasureOptions m;
    m.threads = run_.threads, m.eps = options_.base.eps, m.attraction = options_.base.attraction;
    m.repulsion = options_.base.repulsion, m.centering = options_.base.centering;
    m.observer = run_.observer, m.stop = run_.stop;
    if (!problem_.stress()) m.loss = loss_of(progression_.done[out_.best].facts.loss);
    out_.measures = graph::measure_layout(graph(), out_.positions, m);
    stage("measures");
  }

  /// The objective's own: its distance and its barrier, over all pairs.
  static graph::KnownLoss loss_of(const Loss& loss) {
    graph::KnownLoss known;
    known.total = loss.total;
    for (const auto& [name, value] : loss.parts) {
      if (name == "attraction") known.attraction = value;
      if (name == "repulsion") known.repulsion = value;
      if (name == "centering") known.centering = value;
      if (name == "barrier") known.barrier = value;
    }
    return known;
  }

  Provenance provenance() const {
    return {{"command", run_.command},
            {"version", std::string("sluice ") + SLUICE_VERSION + " " + SLUICE_COMMIT},
            {"graph", options_.graph},
            {"layout", caption_of(problem_, progression_.done[out_.best].facts, std::nullopt)}};
  }

  void write(const RunOptions& run) {
    out_.best = best_of(progression_.done);
    out_.positions = progression_.done[out_.best].positions;
    Written what;
    what.graph = &graph(), what.component = &problem_.components.of, what.progression = &progression_;
    what.best = out_.best, what.positions = &out_.positions;
    const LayoutRestart& kept = progression_.done[out_.best].facts;
    what.title = title_of(problem_), what.caption = caption_of(problem_, kept, out_.measures);
    what.description = description_of(problem_, what.caption);
    what.loss = kept.loss.name();
    what.passing = problem_.stress() ? "stress in passing" : "loss";
    what.provenance = provenance();
    out_.outputs = write_outputs(options_, what, run);
  }

  void finish() {
    out_.best = best_of(progression_.done);
    out_.positions = progression_.done[out_.best].positions;
    for (const Attempt& a : progression_.done) out_.restarts.push_back(a.facts);
    if (run_.device == "check" && !problem_.stress()) check();
    keep();
    try {
      if (options_.measure) measure();
      write(run_);
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kInterrupted) interrupted(progression_.done[out_.best].facts.iterations);
      throw;
    }
    out_.notes = notes_of(problem_);
    tell_of_close();
    if (keeper_) keeper_->finish(provenance());
    stage("write");
  }

  /// A least distance that was not reached: the layout stays, and its reader knows.
  void tell_of_close() {
    const double m = options_.base.min_distance;
    if (problem_.stress() || !(m > 0)) return;
    const Closest closest = closest_of(out_.positions, m, run_.stop);
    graph::Positions pins{out_.positions.dimensions, {}};
    for (const Pin& pin : problem_.pins) {
      const double* const at = out_.positions.of(pin.vertex);
      pins.at.insert(pins.at.end(), at, at + pins.dimensions);
    }
    const std::int64_t pinned = pins.at.empty() ? 0 : closest_of(pins, m, run_.stop).pairs;
    if (closest.pairs > 0)
      out_.notes.push_back("warning: --min-distance " + picture::short_number(m, 6) + " was not reached: " +
                           std::to_string(closest.pairs) + (closest.pairs == 1 ? " pair is" : " pairs are") +
                           " closer, the smallest distance is " + picture::short_number(closest.distance, 6) +
                           (pinned > 0 ? "; of these, both ends of " + std::to_string(pinned) +
                                             " are pinned: put the pins further apart"
                                       : "") +
                           (pinned < closest.pairs ? "; give more --iterations" : ""));
  }

  void report(Machine& machine) {
    machine.report(out_.run);
    if (problem_.stress()) out_.run.device = "cpu", out_.run.device_name.clear(), out_.run.level.clear();
    out_.run.memory_peak = std::max(out_.run.memory_peak, out_.plan.memory);
    for (const LayoutOutput& o : out_.outputs) out_.run.bytes_written += o.bytes;
    out_.run.seconds = out_.run.compute_seconds = clock_.seconds();
  }

  const LayoutOptions& options_;
  const RunOptions& run_;
  RunOptions planned_;
  Observer quiet_;
  Observer& observer_;
  Clock clock_;
  double last_stage_ = 0;
  Problem problem_;
  std::unique_ptr<Keeper> keeper_;
  Progression progression_;
  LayoutResult out_;
};

}  // namespace
}  // namespace layout

LayoutResult layout_graph(const LayoutOptions& options, const RunOptions& run) {
  return layout::Run(options, run)();
}

}  // namespace sluice
