// The base objective on a device: graph, positions and the optimizer's memory live there from the first
// iteration to the last; what comes back are losses, and positions where somebody asks.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "host/layout/base.h"
#include "host/layout/close_pairs.h"
#include "host/machine.h"

namespace sluice::layout {

class BaseDevice {
 public:
  /// The graph must live longer; one without vertices is not taken.
  BaseDevice(Machine& machine, const graph::Graph& graph, const BaseOptions& options, DType type,
             int dimensions, const std::vector<graph::Vertex>& pinned);
  BaseDevice(const BaseDevice&) = delete;
  BaseDevice& operator=(const BaseDevice&) = delete;

  void set_positions(const graph::Positions& positions);
  graph::Positions positions();
  void set_close(const ClosePairs& pairs, double rho);

  static constexpr std::int64_t kHistory = 64;  // most iterations of a call
  void iterate(std::int64_t count);
  std::int64_t made() const { return made_; }
  /// Of iteration t, one of the last kHistory: its loss by part and its move, as in kernels/layout.h.
  const double* row(std::int64_t t) const { return &history_[std::size_t(t % kHistory * kLayoutParts)]; }
  /// The loss of the positions as they are.
  Loss loss();
  Loss loss_of(const double* parts) const;
  /// Of vertices [first, first + count) at the positions as they are: the gradient, vertex by vertex, and
  /// what their ordered pairs add to the parts of the loss.
  std::vector<double> gradient(std::int64_t first, std::int64_t count);
  std::array<double, kLayoutParts> parts(std::int64_t first, std::int64_t count);

  /// Positions, moments and the number of iterations made: bytes that go on to the same bytes.
  std::string save();
  /// Returns what is left of the bytes. Error{kUsage}: of another run.
  std::string_view restore(std::string_view bytes);

 private:
  struct Moving {
    Held first_moment, second_moment, positions;
  };
  std::int64_t bytes() const { return args_.vertices * args_.dims * std::int64_t(size_of(args_.type)); }
  template <class T>
  const T* place(const std::vector<T>& values, Held& held, const char* what);

  Machine& machine_;
  const BaseOptions options_;
  Held offsets_, upper_at_, neighbours_, weights_, fixed_, gradient_, scratch_, numbers_;
  Held close_offsets_, close_neighbours_, multipliers_;
  Moving moving_;
  ClosePairs close_;       // where the device shares the host's memory, what it sees
  std::int64_t directed_;  // edges, each both ways
  std::vector<std::int64_t> upper_;
  std::vector<std::uint8_t> pins_;
  std::vector<double> history_;
  std::int64_t made_ = 0;
  LayoutForcesArgs args_{};
  LayoutStepArgs step_{};
  Stream stream_;  // ends first: its work uses the rest
};

}  // namespace sluice::layout
