// The loop over tiles, from file to device and back: for each step load and centre its panels, multiply, and
// after the last observation hand the finished tiles to the writer. All the work of a step is enqueued on one
// compute queue in order; only staged input tiles, weights and result tiles cross queues, each behind a
// fence.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "host/cov/plan.h"
#include "host/cov/state.h"
#include "host/pager.h"
#include "host/result.h"
#include "host/writer.h"

namespace sluice::cov_detail {

class Engine {
 public:
  struct Outputs {  // which of the result's files is what; -1: not asked for
    int means = -1, variances = -1;
    bool correlation = false, nan_is_error = false;
  };
  Engine(const Problem& problem, const Geometry& geometry, const Room& room, const Device& device,
         Budgets& budgets, Result& result, const Outputs& outputs, const RunOptions& run);
  ~Engine();
  /// Everything that is not done yet. Error{kInterrupted} when run.stop was set; what was finished is kept.
  void run();
  const std::vector<Step>& steps() const { return steps_; }
  double flop() const { return flop_; }
  /// The observation from which saved accumulators go on; 0 where a resumed run had none.
  std::int64_t observation_resumed() const { return observation_resumed_; }
  std::vector<StageTime> stages() const;
  std::uint64_t bytes_read() const { return reader_ ? reader_->bytes_read() : 0; }

 private:
  struct Panel {  // variables x observations, in the layout of its side, and its moments
    Held data, moments;
    std::int64_t variables = 0, observations = 0, slabs = 0;
    Layout layout = Layout::kVariables;
  };
  Panel make_panel(const Side& side, std::int64_t variables, const char* what);
  void* panel_at(const Panel& panel, std::int64_t variable, std::int64_t observation) const;
  Moments moments_at(const Panel& panel, std::int64_t variable, std::int64_t slab) const;
  std::int64_t ld(const Panel& panel) const;

  void prepare_weights();
  void load_weights(const Step& step);
  void load(const Load& load);
  void load_nothing(const Load& load);
  void centre(const Load& load, const HostTile& tile);
  void multiply(const Step& step);
  void emit(const Step& step);
  void emit_tile(const Step& step, std::int64_t row, std::int64_t rows, std::int64_t column,
                 std::int64_t columns);
  /// Error{kInput}: NaN where that is an error; a variable too small or too large for products in float32.
  void check_moments(const Step& step);
  /// Accumulators and moments of a saved block; false where the state is of another layout.
  bool restore(const SavedState& state, const Step& step);
  std::vector<double*> arrays_of(const Panel& panel) const;
  void checkpoint(const Step& step, const Step& next, Observer& observer);
  bool stopped() const { return run_.stop != nullptr && run_.stop->load(std::memory_order_relaxed); }
  void save_state(const Step& step, const Step& next);

  const Problem& p_;
  const Geometry& g_;
  const Room& room_;
  const Device& device_;
  Budgets& budgets_;
  Result& result_;
  Outputs outputs_;
  const RunOptions& run_;

  std::vector<Step> steps_;
  Done done_;
  std::int64_t observation_resumed_ = 0;
  double flop_ = 0;
  Stream compute_, in_;
  Panel rows_, columns_;
  Held accumulators_;
  std::int64_t accumulators_ld_ = 0;
  Share scratch_, cache_;

  std::vector<Held> staging_;  // device half of the input ring, where the device has its own memory
  std::vector<std::unique_ptr<Fence>> staged_, consumed_;
  std::int64_t staged_turn_ = 0;
  std::vector<Held> weights_host_, weights_device_;
  std::vector<std::unique_ptr<Fence>> weights_used_;
  std::vector<double> weight_before_, slab_weight_;  // sums of the weights before and in each slab
  const double* weights_now_ = nullptr;              // of observations from weights_first_, on the device
  std::int64_t weights_turn_ = 0, weights_first_ = -1;

  std::unique_ptr<Reader> reader_;
  std::unique_ptr<TileWriter> writer_;
  std::unique_ptr<StateFiles> state_;
  double load_seconds_ = 0, product_seconds_ = 0, emit_seconds_ = 0, wait_seconds_ = 0, save_seconds_ = 0;
};

}  // namespace sluice::cov_detail
