#include "host/cov/engine.h"

#include <algorithm>

#include "host/clock.h"
#include "host/error.h"

namespace sluice::cov_detail {
namespace {
using i64 = std::int64_t;
}

Engine::Engine(const Problem& problem, const Geometry& geometry, const Room& room, const Device& device,
               Budgets& budgets, Result& result, const Outputs& outputs, const RunOptions& run)
    : p_(problem),
      g_(geometry),
      room_(room),
      device_(device),
      budgets_(budgets),
      result_(result),
      outputs_(outputs),
      run_(run),
      done_(problem, room.backend.subtile,
            [&] {
              std::vector<Rect> rects;
              for (const TileRecord& t : result.found()) rects.push_back(t.rect);
              return rects;
            }()),
      compute_(device),
      in_(device) {
  flop_ = cost_of(problem, geometry).flop;
  steps_ = make_steps(p_, g_, done_);
  if (steps_.empty()) return;

  scratch_ = Share(budgets_.device(), std::uint64_t(room.scratch), "the backend's scratch");
  cache_ = Share(budgets_.host,
                 p_.rows.source->cache_bytes() + (p_.symmetric ? 0 : p_.columns.source->cache_bytes()),
                 "decoded chunks of the input");
  rows_ = make_panel(p_.rows, std::min(g_.block_rows, p_.rows.variables()), "the rows' panel");
  if (!g_.one_side)
    columns_ =
        make_panel(p_.columns, std::min(g_.block_columns, p_.columns.variables()), "the columns' panel");
  accumulators_ld_ = std::min(g_.block_columns, p_.columns.variables());
  accumulators_ = Held(device, Memory::kDevice, rows_.variables * accumulators_ld_ * 8, budgets_.device(),
                       "the accumulators");
  prepare_weights();
  if (!device.info().shares_host_memory) {
    for (int i = 0; i < 2; ++i) {
      staging_.emplace_back(device, Memory::kDevice, g_.load_bytes, budgets_.device(), "staged input tiles");
      staged_.push_back(std::make_unique<Fence>(device));
      consumed_.push_back(std::make_unique<Fence>(device));
    }
  }
  if (!g_.resident) {
    state_ =
        std::make_unique<StateFiles>(std::vector<std::string>{result.state_path(0), result.state_path(1)});
    if (auto saved = state_->find(); saved && result.resumed()) {
      // A state counts when this plan has the same block; its chunks may have another length.
      auto match = std::find_if(steps_.begin(), steps_.end(), [&](const Step& s) {
        return s.row == saved->row && s.rows == saved->rows && s.column == saved->column &&
               s.columns == saved->columns && s.observation == saved->observation && !s.first;
      });
      if (match != steps_.end() && restore(*saved, *match)) {
        observation_resumed_ = saved->observation;
        auto first = match;
        while (!first->first) --first;
        const auto at = first - steps_.begin();
        steps_.erase(first, match);
        // That block comes first now, whatever its place: the accumulators hold it.
        const auto last =
            std::find_if(steps_.begin() + at, steps_.end(), [](const Step& s) { return s.last; });
        std::rotate(steps_.begin(), steps_.begin() + at, last + 1);
      }
    }
  }
  std::vector<TileRequest> schedule;
  for (const Step& step : steps_)
    for (const Load& l : step.loads)
      for (const TileRequest& t : tiles_of(p_, g_, l, room.backend.slab)) schedule.push_back(t);
  Reader::Options options;
  options.io = room.io;
  options.depth = g_.depth;
  options.threads = std::max(1, std::min(4, room.threads / 4));
  options.drop_behind =
      !g_.resident && g_.one_side && p_.rows.source->info().bytes() > available_memory() / 2;
  reader_ = std::make_unique<Reader>(device, budgets_, std::move(schedule), options);
  writer_ = std::make_unique<TileWriter>(device, budgets_, result_, g_.slots, g_.slot_bytes, room.writers);
}

/// What is enqueued still reads and writes the buffers that go now.
Engine::~Engine() {
  for (Stream* stream : {&in_, &compute_}) {
    try {
      stream->finish();
    } catch (const Error&) {  // the error that is on its way out says more
    }
  }
}

Engine::Panel Engine::make_panel(const Side& side, i64 variables, const char* what) {
  Panel p;
  p.layout = side.layout();
  p.variables = variables;
  p.observations = std::min(g_.chunk, p_.observations);
  p.slabs = std::max<i64>(1, (p.observations + room_.backend.slab - 1) / room_.backend.slab);
  p.data = Held(device_, Memory::kDevice,
                (p.layout == Layout::kVariables ? variables : p.observations) * ld(p) * size_of(p_.compute),
                budgets_.device(), what);
  p.moments = Held(device_, Memory::kDevice, variables * 8 * (4 + 2 * p.slabs), budgets_.device(), what);
  return p;
}

i64 Engine::ld(const Panel& p) const {
  const i64 run = p.layout == Layout::kVariables ? p.observations : p.variables;
  return (run + kRunUnit - 1) / kRunUnit * kRunUnit;
}

void* Engine::panel_at(const Panel& p, i64 variable, i64 observation) const {
  const i64 at =
      p.layout == Layout::kVariables ? variable * ld(p) + observation : observation * ld(p) + variable;
  return p.data.as<char>() + at * size_of(p_.compute);
}

Moments Engine::moments_at(const Panel& p, i64 variable, i64 slab) const {
  double* all = p.moments.as<double>() + variable;
  const i64 n = p.variables;
  double* between = all + (4 + slab) * n;
  return {all, all + n, all + 2 * n, all + 3 * n, between, between + p.slabs * n, n};
}

void Engine::run() {
  Observer quiet;
  Observer& observer = run_.observer != nullptr ? *run_.observer : quiet;
  double left = 0;
  for (const Step& s : steps_) left += s.flop;
  double done = flop_ - left, saved_at = 0;
  const Clock clock;
  observer.begin("covariance", flop_, "flop", done);
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Step& step = steps_[i];
    if (stopped()) {
      if (!step.first && i > 0) checkpoint(steps_[i - 1], step, observer);
      writer_->drain();
      throw Error(ErrorKind::kInterrupted, "interrupted");
    }
    load_weights(step);
    for (const Load& l : step.loads) load(l);
    if (step.last) check_moments(step);
    multiply(step);
    if (step.last)
      emit(step);
    else if (clock.seconds() - saved_at > std::max(run_.checkpoint_seconds, 20 * save_seconds_)) {
      checkpoint(step, steps_[i + 1], observer);
      saved_at = clock.seconds();
    }
    done += step.flop;
    observer.progress(done);
  }
  const Clock wait;
  compute_.finish();
  product_seconds_ += wait.seconds();
  if (writer_) writer_->drain();
  if (reader_) reader_->check();
  observer.progress(flop_);
  observer.end();
}

std::vector<StageTime> Engine::stages() const {
  const double s = double(size_of(p_.compute));
  double loaded = 0, left = 0;
  for (const Step& step : steps_) {
    left += step.flop;
    for (const Load& l : step.loads) loaded += double(l.variables) * double(l.observations);
  }
  return {{"read", reader_ ? reader_->busy_seconds() : 0, double(bytes_read()), 0},
          {"wait for input", wait_seconds_, 0, 0},
          {"centre", load_seconds_, loaded * s, 0},
          {"products", product_seconds_, 0, left},
          {"finish", emit_seconds_, 0, 0},
          {"write", writer_ ? writer_->busy_seconds() : 0, double(result_.bytes_written()), 0},
          {"checkpoint", result_.sync_seconds(), 0, 0}};
}

}  // namespace sluice::cov_detail
