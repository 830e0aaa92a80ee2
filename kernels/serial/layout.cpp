// layout_forces and layout_iterate in plain loops: the oracle. Every pair is taken by itself, in float64, as
// the objective reads; a pair that is adjacent has no repulsion.
#include <algorithm>
#include <cmath>

#include "kernels/layout.inl"
#include "kernels/serial/workers.h"

namespace sluice::SLUICE_BACKEND {
namespace {

struct Pair {
  double distance;
  double gradient[kLayoutDims];  // of the distance, by the first point
};

template <class T>
struct Points {
  const T* at;
  std::int64_t ld;
  int dims;
  double operator()(std::int64_t i, int k) const { return double(at[k * ld + i]); }
  double dot(std::int64_t i, std::int64_t j) const {
    double sum = 0;
    for (int k = 0; k < dims; ++k) sum += (*this)(i, k) * (*this)(j, k);
    return sum;
  }
};

template <class T>
Pair cosine(const Points<T>& x, std::int64_t i, std::int64_t j) {
  Pair p{0.5, {}};
  const double li = std::sqrt(x.dot(i, i)), lj = std::sqrt(x.dot(j, j));
  const bool one = li < kLayoutNoDirection, other = lj < kLayoutNoDirection;
  if (one || other) {
    p.distance = one && other ? 0 : 0.5;
    return p;
  }
  // By the difference of directions: 1 - cos of near points cancels.
  double square = 0, along = 0, d[kLayoutDims];
  for (int k = 0; k < x.dims; ++k) {
    d[k] = x(i, k) / li - x(j, k) / lj;
    square += d[k] * d[k], along += d[k] * x(i, k) / li;
  }
  p.distance = square / 2;
  for (int k = 0; k < x.dims; ++k) p.gradient[k] = (d[k] - along * x(i, k) / li) / li;
  return p;
}

template <class T>
Pair pair_of(const Points<T>& x, LayoutDistance distance, std::int64_t i, std::int64_t j) {
  if (distance == LayoutDistance::kCosine) return cosine(x, i, j);
  Pair p{};
  for (int k = 0; k < x.dims; ++k) {
    const double d = x(i, k) - x(j, k);
    const bool squared = distance == LayoutDistance::kSquared;
    p.distance += squared ? d * d : std::fabs(d);
    p.gradient[k] = squared ? 2 * d : layout_sign(d);
  }
  return p;
}

template <class T>
void forces(const LayoutForcesArgs& a) {
  const Points<T> x{static_cast<const T*>(a.positions), a.ld, a.dims};
  long double loss[kLayoutParts] = {};
  for (std::int64_t i = a.first; i < a.first + a.rows; ++i) {
    double g[kLayoutDims] = {}, barrier = 0;
    std::int64_t next = a.neighbours ? a.offsets[i] : 0;
    const std::int64_t end = a.neighbours ? a.offsets[i + 1] : 0;
    for (std::int64_t j = 0; j < a.vertices; ++j) {
      if (j == i) continue;
      const std::int64_t edge = next < end && a.neighbours[next] == j ? next++ : -1;
      const Pair p = pair_of(x, a.distance, i, j);
      const double q = 1 / (p.distance + a.eps);
      const double weight = edge < 0 ? 0 : a.weights ? a.weights[edge] : 1;
      loss[kLayoutAttraction] += edge < 0 ? 0 : a.attraction * weight * p.distance;
      loss[kLayoutRepulsion] += edge < 0 ? a.repulsion * q : 0;
      // Twice: as (i, j) and as (j, i).
      const double factor = edge < 0 ? -2 * a.repulsion * q * q : 2 * a.attraction * weight;
      for (int k = 0; k < a.dims; ++k) g[k] += factor * p.gradient[k];
    }
    for (int k = 0; k < a.dims; ++k) g[k] += 2 * a.centering * x(i, k);
    loss[kLayoutCentering] += a.centering * x.dot(i, i);
    if (a.close_offsets) layout_push<0, T>(a, i, a.close_offsets[i], a.close_offsets[i + 1], 1, g, barrier);
    loss[kLayoutBarrier] += barrier;
    for (int k = 0; k < a.dims; ++k) static_cast<T*>(a.gradient)[k * a.ld + i] = T(g[k]);
  }
  if (a.loss) std::copy_n(loss, kLayoutParts, a.loss);
}

template <class T>
void iterate(const LayoutIterateArgs& a) {
  const std::int64_t t = *a.step.made;
  LayoutForcesArgs now = a.forces;
  now.loss = a.history + t % a.history_rows * kLayoutParts;
  forces<T>(now);
  double most = 0;
  for (std::int64_t i = 0; i < now.vertices; ++i)
    most = layout_most(most, layout_move<0, T>(a, layout_rates(a.step, t + 1), i));
  now.loss[kLayoutMove] = std::sqrt(most);
  *a.step.made = t + 1;
}

}  // namespace

void run_layout_forces(Workers&, const LayoutForcesArgs& a) {
  if (a.vertices == 0 && a.loss) std::fill_n(a.loss, kLayoutParts, 0.0);
  if (a.vertices == 0) return;
  a.type == DType::kFloat32 ? forces<float>(a) : forces<double>(a);
}

void run_layout_iterate(Workers&, const LayoutIterateArgs& a) {
  if (a.forces.vertices == 0) return;
  for (std::int64_t t = 0; t < a.iterations; ++t)
    a.forces.type == DType::kFloat32 ? iterate<float>(a) : iterate<double>(a);
}

}  // namespace sluice::SLUICE_BACKEND
