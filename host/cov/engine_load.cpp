// The engine's input half: weights and panels, staged across to a device with memory of its own.
#include <algorithm>
#include <cmath>

#include "host/clock.h"
#include "host/cov/engine.h"
#include "host/error.h"
#include "host/units.h"

namespace sluice::cov_detail {
namespace {
using i64 = std::int64_t;

// A product below float32's least normal number loses at most 1.2e-38: 1e-8 of a variance above this one.
constexpr double kLeastVariance = 1e-30;
// No sum of products is above the larger sum of squares, and float32 ends at 3.4e38.
constexpr double kMostSquares = 1e37;
}  // namespace

void Engine::prepare_weights() {
  if (!p_.weights) return;
  const i64 slab = room_.backend.slab, chunk = std::min(g_.chunk, p_.observations);
  const bool shared = device_.info().shares_host_memory != 0;
  for (int i = 0; i < (shared ? 2 : 1); ++i) {
    weights_host_.emplace_back(device_, Memory::kPinned, chunk * 8, budgets_.host, "the weights");
    if (!shared)
      weights_device_.emplace_back(device_, Memory::kDevice, chunk * 8, budgets_.device(), "the weights");
    weights_used_.push_back(std::make_unique<Fence>(device_));
  }
  std::vector<double> piece(static_cast<std::size_t>(slab));
  double sum = 0;
  for (i64 k = 0; k < p_.observations; k += slab) {
    const i64 n = std::min(slab, p_.observations - k);
    p_.weights->read(k, n, piece.data());
    weight_before_.push_back(sum);
    double part = 0;
    for (i64 i = 0; i < n; ++i) part += piece[std::size_t(i)];
    slab_weight_.push_back(part);
    sum += part;
  }
}

void Engine::load_weights(const Step& step) {
  if (!p_.weights || weights_first_ == step.observation) return;
  const std::size_t slot = std::size_t(weights_turn_++) % weights_host_.size();
  weights_used_[slot]->finish();  // the host half is free once the last copy out of it has run
  p_.weights->read(step.observation, step.observations, weights_host_[slot].as<double>());
  weights_now_ = weights_host_[slot].as<double>();
  if (!weights_device_.empty()) {
    compute_.copy(weights_device_[slot].as<>(), weights_now_, step.observations * 8);
    weights_now_ = weights_device_[slot].as<double>();
  }
  weights_used_[slot]->record(compute_);
  weights_first_ = step.observation;
}

/// Without observations there is nothing to centre: means are NaN and sums of squares 0, as numpy has them.
void Engine::load_nothing(const Load& l) {
  const Panel& panel = l.to_columns ? columns_ : rows_;
  std::vector<double> means(static_cast<std::size_t>(l.variables), NAN), zeros(means.size(), 0.0);
  const Moments m = moments_at(panel, l.at, 0);
  compute_.copy(m.mean, means.data(), l.variables * 8);
  compute_.copy(m.m2, zeros.data(), l.variables * 8);
  compute_.finish();
}

void Engine::load(const Load& l) {
  if (l.observations == 0) return load_nothing(l);
  for (std::size_t i = 0, n = tiles_of(p_, g_, l, room_.backend.slab).size(); i < n; ++i) {
    // A resident load can be long; in a streamed block the chunk is finished, so that it can be saved.
    if (g_.resident && stopped()) {
      writer_->drain();
      throw Error(ErrorKind::kInterrupted, "interrupted");
    }
    const Clock waiting;
    HostTile tile = reader_->next();
    wait_seconds_ += waiting.seconds();
    const Clock clock;
    if (staging_.empty()) {
      centre(l, tile);
      reader_->release(tile, compute_);
    } else {
      const std::size_t turn = std::size_t(staged_turn_++ % i64(staging_.size()));
      const i64 run = tile.request.run_bytes(), runs = tile.request.runs();
      in_.wait(*consumed_[turn]);
      in_.copy(staging_[turn].as<>(), run, tile.data, tile.stride, run, runs);
      staged_[turn]->record(in_);
      reader_->release(tile, in_);
      compute_.wait(*staged_[turn]);
      HostTile there = tile;
      there.data = staging_[turn].as<>();
      there.stride = run;
      centre(l, there);
      consumed_[turn]->record(compute_);
    }
    load_seconds_ += clock.seconds();
  }
}

void Engine::centre(const Load& l, const HostTile& tile) {
  const Side& side = l.column_side ? p_.columns : p_.rows;
  const Panel& panel = l.to_columns ? columns_ : rows_;
  const MatrixInfo& info = side.source->info();
  const Rect& r = tile.request.rect;
  const i64 variable = side.variables_are_rows ? r.row : r.column;
  const i64 observation = side.variables_are_rows ? r.column : r.row;
  const i64 at = l.at + variable - l.variable, k = observation - l.observation;
  const i64 slab = observation / room_.backend.slab;
  CentreArgs args{};
  args.source = tile.data;
  args.type = info.type;
  args.swapped = info.swapped;
  args.layout = panel.layout;
  args.variables = side.variables_are_rows ? r.rows : r.columns;
  args.observations = side.variables_are_rows ? r.columns : r.rows;
  args.source_ld = tile.stride / i64(size_of(info.type));
  args.panel = panel_at(panel, at, k);
  args.panel_ld = ld(panel);
  args.compute = p_.compute;
  args.weight_before = double(observation);
  if (p_.weights) {
    args.weights = weights_now_ + (observation - weights_first_);
    args.slab_weights = slab_weight_.data() + slab;
    args.weight_before = weight_before_[std::size_t(slab)];
  }
  args.moments = moments_at(panel, at, k / room_.backend.slab);
  compute_.run(args);
}

void Engine::check_moments(const Step& step) {
  for (const Load& l : step.loads) {
    const Moments moments = moments_at(l.to_columns ? columns_ : rows_, l.at, 0);
    const auto count = static_cast<std::size_t>(l.variables);
    std::vector<double> means(count), m2(count);
    compute_.copy(means.data(), moments.mean, l.variables * 8);
    compute_.copy(m2.data(), moments.m2, l.variables * 8);
    compute_.finish();
    for (std::size_t i = 0; i < count; ++i) {
      const std::string variable = (l.column_side ? p_.columns : p_.rows).source->info().path +
                                   ": variable " + std::to_string(l.variable + i64(i));
      if (outputs_.nan_is_error && !std::isfinite(means[i])) {
        result_.discard();  // the input itself is at fault
        throw Error(ErrorKind::kInput, variable + " holds NaN or infinite values",
                    "give --nan propagate to get NaN in its rows and columns, as numpy does");
      }
      if (p_.compute == Compute::kFloat64 || !(m2[i] > 0) || !std::isfinite(m2[i])) continue;
      if (m2[i] / p_.weight_sum >= kLeastVariance && m2[i] <= kMostSquares) continue;
      result_.discard();
      throw Error(ErrorKind::kInput,
                  variable + " has deviation " + number(std::sqrt(m2[i] / p_.weight_sum)) + ": products in " +
                      (p_.compute == Compute::kTf32 ? "tf32" : "float32") + " would leave that type's range",
                  std::string("give --precision float64") +
                      (outputs_.correlation ? "" : " --out-dtype float64") + ", or another unit");
    }
  }
}

}  // namespace sluice::cov_detail
