// The base objective of a layout, exact over all pairs, by gradient descent on a device:
//     L = a sum_adjacent w D + r sum_others 1 / (D + eps) + c sum |x|^2 over ordered pairs,
// and, where a least distance is asked for, constraints |x_i - x_j| >= m by an augmented Lagrangian.
#pragma once
#include <cstdint>

#include "host/layout/descent.h"
#include "host/run.h"
#include "kernels/layout.h"

namespace sluice::layout {

using Distance = LayoutDistance;    // kSquared, kManhattan, kCosine
using Optimizer = LayoutOptimizer;  // kAdam, kMomentum, kSgd

enum class Precision { kInput, kFloat32, kFloat64 };  // kInput: of Positions, which is float64

struct BaseOptions {
  double attraction = 1, repulsion = 1, centering = 1;  // weights; edge weights scale attraction alone
  double eps = 1e-6;                                    // above 0
  Distance distance = Distance::kSquared;
  Optimizer optimizer = Optimizer::kAdam;
  double rate = 0.001;                                     // --lr
  double beta1 = 0.9, beta2 = 0.999, adam_epsilon = 1e-8;  // beta1: of momentum too
  Precision precision = Precision::kFloat32;
  /// Vertices end no closer than this, in Euclidean distance; 0: no such constraint.
  double min_distance = 0;
  /// A vertex's gradient is shortened to this length; 0: as base_clip says.
  double clip = 0;
};

/// Iterations where none are asked for.
inline constexpr std::int64_t kBaseIterations = 10000;

/// The length that gradients of vertices are shortened to; 0: none is. A near-collision has a gradient of up
/// to 1.3e9 at eps 1e-6. Adam's step is about the rate all the same, so by default its curve is that of
/// torch.optim.Adam; but it remembers the gradient, and such a vertex stands still for thousands of steps:
/// with clip 1e3 a random graph of 1000 vertices ended 15 % lower after 10,000 steps. Others: a step of
/// length 1.
double base_clip(const BaseOptions& options);

/// Moves the vertices from `descent.start`. Vertices that coincide at the start, and are not pinned, are
/// moved apart first, along directions that hash seed and number; those that come to one place on the way and
/// are not adjacent are parted every 256 iterations. tolerance > 0: ends where no vertex moved by more in an
/// iteration and, with a least distance, its multipliers have settled. 0 iterations: the start to the bit,
/// and its loss in float64. Loss parts: attraction, repulsion, centering, and barrier with a least distance
/// (0 where it is kept).
/// Error{kUsage}: options that make no sense, start and graph of different sizes, pins that are no vertices,
/// state of another run; Error{kInput}: a start that is not finite, a descent that diverged; Error{kDevice,
/// kMemory}. RunOptions: device, threads, memory, device_memory, observer, stop.
Outcome descend_base(const graph::Graph& graph, const BaseOptions& options, const Descent& descent,
                     Monitor& monitor, const RunOptions& run);

/// The loss of positions, by part, in float64 on the device.
Loss base_loss(const graph::Graph& graph, const BaseOptions& options, const graph::Positions& positions,
               const RunOptions& run);

}  // namespace sluice::layout
