// Forces and steps of a graph's layout: the gradient and the loss of the base objective over all pairs of
// vertices, exact and without memory of N x N, and the optimizer's step, so that iterations need nothing of
// the host. Sums go in an order that depends on sizes alone: the same bytes at any number of threads.
#pragma once
#include <cstdint>

#include "kernels/dtype.h"

namespace sluice {

/// D of two points x, y: sum (x_k - y_k)^2; sum |x_k - y_k|; 1 - cos(x, y). A point within 1e-12 of the
/// origin has no direction: cosine counts it 1/2 from every other, and moves it by centering alone.
enum class LayoutDistance : std::int32_t { kSquared = 0, kManhattan = 1, kCosine = 2 };

enum class LayoutOptimizer : std::int32_t {
  kAdam = 0,      // Kingma, Ba 2015, as torch.optim.Adam: x -= lr m' / (sqrt(v') + epsilon)
  kMomentum = 1,  // as torch.optim.SGD: b = beta1 b + g, x -= lr b
  kSgd = 2,       // x -= lr g
};

inline constexpr int kLayoutDims = 16;  // most dimensions

/// Parts of a loss in a row of a history, and the largest move of a vertex by the step that followed it.
enum LayoutPart { kLayoutAttraction, kLayoutRepulsion, kLayoutCentering, kLayoutBarrier, kLayoutMove };
inline constexpr int kLayoutParts = 5;

/// layout_forces: for rows i of [first, first + rows) the gradient of
///     L = a sum_adjacent w_ij D_ij + r sum_others 1 / (D_ij + eps) + c sum_i |x_i|^2 + barrier
/// over ordered pairs i, j: each pair counts twice, in the loss and in the gradient; the diagonal is left
/// out. The pairs of all rows may be added in another order than those of some: same bytes for the same
/// range. barrier: of close pairs, ordered too, (rho / 4) max(0, g)^2 with g = m^2 - |x_i - x_j|^2 (Euclidean
/// for every distance); its gradient is that of the augmented Lagrangian (max(0, lambda + rho g)^2 -
/// lambda^2) / (4 rho). A close pair that coincides is pushed apart along a hashed direction. kBadArgument:
/// shapes, dims, a type that is not a float, eps not above 0, scratch too small.
struct LayoutForcesArgs {
  std::int64_t vertices;  // below 2^31
  std::int32_t dims;      // 1 .. kLayoutDims
  DType type;             // of positions and gradient: kFloat32 or kFloat64
  LayoutDistance distance;
  std::int64_t ld;        // elements between the coordinates of a kind, at least vertices
  const void* positions;  // device, dims x ld: all first coordinates, then all second ones
  std::int64_t first, rows;
  // Adjacency in compressed rows, symmetric, ascending within a row, without loops and repeats; on the
  // device.
  const std::int64_t* offsets;     // vertices + 1
  const std::int64_t* upper;       // vertices: where in row i the first neighbour above i stands
  const std::int32_t* neighbours;  // offsets[vertices]; null: no edges (offsets and upper too)
  const double* weights;           // of each neighbour, for attraction alone; null: all 1
  double attraction, repulsion, centering;
  double eps;
  // Close pairs in compressed rows, symmetric; close_offsets null: none.
  const std::int64_t* close_offsets;     // vertices + 1
  const std::int32_t* close_neighbours;  // close_offsets[vertices]
  const double* multipliers;             // lambda of each
  double rho, min_square;                // min_square: m^2
  void* gradient;                        // device, dims x ld; of the rows asked for
  double* loss;                          // device, kLayoutParts; the move is 0; null: not wanted
  void* scratch;                         // device, at a multiple of 64
  std::int64_t scratch_bytes;            // layout_scratch at least
};

/// One step of an optimizer. Vertices of `fixed` keep their coordinates to the bit.
struct LayoutStepArgs {
  LayoutOptimizer optimizer;
  double rate, beta1, beta2, epsilon;
  double clip;                // a vertex's gradient is shortened to this length; 0: never
  const std::uint8_t* fixed;  // device, one a vertex: 1 does not move; null: all move
  void* first_moment;         // device, dims x ld, like positions; null for kSgd
  void* second_moment;        // kAdam alone
  std::int64_t* made;         // device: steps made before; counted up
};

/// layout_iterate: forces of all rows and a step, `iterations` times. Iteration t, counted from 0 by `made`,
/// leaves the loss of the positions before it, and its largest move, in row t % history_rows.
struct LayoutIterateArgs {
  LayoutForcesArgs forces;  // rows: all; loss is not used
  void* positions;          // device: those of forces, which the steps change
  LayoutStepArgs step;
  std::int64_t iterations;
  double* history;  // device, history_rows x kLayoutParts
  std::int64_t history_rows;
};

/// Partial sums of forces that a pass over all pairs is cut into: by sizes alone, since it orders the sums.
constexpr std::int64_t layout_partials(std::int64_t vertices, std::int32_t dims, DType type) {
  const std::int64_t each = (vertices + 64) * dims * std::int64_t(size_of(type));
  std::int64_t count = 32;
  while (count > 8 && (count * each > (std::int64_t(48) << 20) || count * 256 > vertices)) count /= 2;
  return count;
}

/// Vertices with the room behind them that whole vectors and tiles need.
constexpr std::int64_t layout_padded(std::int64_t vertices) {
  return (vertices + 63) / 64 * 64 + 64;
}

/// Bytes of scratch that layout_forces takes.
constexpr std::int64_t layout_scratch(std::int64_t vertices, std::int32_t dims, DType type) {
  const std::int64_t padded = layout_padded(vertices);
  return (layout_partials(vertices, dims, type) + 1) * padded * dims * std::int64_t(size_of(type)) +
         padded * 32 + (std::int64_t(1) << 16);
}

}  // namespace sluice
