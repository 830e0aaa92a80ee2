// What a row of layout_forces has besides its pairs, and the step of one vertex: the same code on the CPU and
// on the card, in float64. The sums over all pairs are each backend's own.
#pragma once
#include <math.h>

#include "kernels/layout.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// Pairs are those of points: positions, or for cosine their directions, whose squared distance is 2 D. With
/// q = 1 / (D' + eps') of points, the loss of a pair is loss q and its gradient repulse q^2 (difference, or
/// its signs); that of attraction attract (difference, or signs), its loss scale D'.
struct LayoutFactors {
  double eps, loss, repulse, attract, scale;
};

SLUICE_HD LayoutFactors layout_factors(LayoutDistance distance, double eps) {
  if (distance == LayoutDistance::kManhattan) return {eps, 1, -2, 2, 1};
  if (distance == LayoutDistance::kCosine) return {2 * eps, 2, -8, 2, 0.5};
  return {eps, 1, -4, 4, 1};
}

constexpr double kLayoutNoDirection = 1e-12;  // length below which a point has none

SLUICE_HD int layout_dims(int fixed, std::int32_t dims) {
  return fixed > 0 ? fixed : int(dims);
}

SLUICE_HD double layout_sign(double x) {
  return x > 0 ? 1 : x < 0 ? -1 : 0;
}

/// The length of x_i; of its coordinates at x[k ld].
template <int kDims, class T>
SLUICE_HD double layout_length(const T* x, std::int64_t ld, std::int32_t dims) {
  double square = 0;
  for (int k = 0; k < layout_dims(kDims, dims); ++k) square += double(x[k * ld]) * double(x[k * ld]);
  return ::sqrt(square);
}

/// Point i, which the pairs are those of.
template <int kDims, class T>
SLUICE_HD void layout_point(const LayoutForcesArgs& a, std::int64_t i, T* points, std::int64_t padded) {
  const T* const x = static_cast<const T*>(a.positions) + i;
  double inverse = 1;
  if (a.distance == LayoutDistance::kCosine) {
    const double length = layout_length<kDims>(x, a.ld, a.dims);
    inverse = length < kLayoutNoDirection ? 0 : 1 / length;
  }
  for (int k = 0; k < layout_dims(kDims, a.dims); ++k) {
    const T value = x[k * a.ld];
    points[k * padded + i] = a.distance == LayoutDistance::kCosine ? T(double(value) * inverse) : value;
  }
}

/// Attraction of the neighbours at from, from + step, ... below `to` on point i, added to force and loss.
template <int kDims, class T>
SLUICE_HD void layout_attract(const LayoutForcesArgs& a, const T* points, std::int64_t padded, std::int64_t i,
                              std::int64_t from, std::int64_t to, std::int64_t step, double* force,
                              double& loss) {
  const bool signs = a.distance == LayoutDistance::kManhattan;
  const int dims = layout_dims(kDims, a.dims);
  for (std::int64_t e = from; e < to; e += step) {
    const T* const other = points + a.neighbours[e];
    const double weight = a.weights ? a.weights[e] : 1;
    double far = 0;
    for (int k = 0; k < dims; ++k) {
      const double d = double(points[k * padded + i]) - double(other[k * padded]);
      far += signs ? ::fabs(d) : d * d;
      force[k] += weight * (signs ? layout_sign(d) : d);
    }
    loss += weight * far;
  }
}

/// A hashed direction from i to j, the opposite one from j to i; its coordinates are in (-1, 1).
SLUICE_HD double layout_hashed(std::int64_t i, std::int64_t j, int k) {
  const std::uint64_t low = std::uint64_t(i < j ? i : j), high = std::uint64_t(i < j ? j : i);
  std::uint64_t h = (low * 0x9e3779b97f4a7c15ull) ^ (high + 0x7f4a7c15ull) * 0xbf58476d1ce4e5b9ull;
  h += std::uint64_t(k + 1) * 0x94d049bb133111ebull;
  h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9ull;
  h = (h ^ (h >> 27)) * 0x94d049bb133111ebull;
  const double x = double(std::int64_t(h ^ (h >> 31)) >> 11) * 0x1p-52;
  return i < j ? x : -x;
}

/// Barrier of the close vertices at from, from + step, ... below `to` on vertex i, added to gradient and
/// loss.
template <int kDims, class T>
SLUICE_HD void layout_push(const LayoutForcesArgs& a, std::int64_t i, std::int64_t from, std::int64_t to,
                           std::int64_t step, double* gradient, double& loss) {
  const T* const x = static_cast<const T*>(a.positions);
  const int dims = layout_dims(kDims, a.dims);
  for (std::int64_t e = from; e < to; e += step) {
    const std::int64_t j = a.close_neighbours[e];
    double square = 0;
    for (int k = 0; k < dims; ++k) {
      const double d = double(x[k * a.ld + i]) - double(x[k * a.ld + j]);
      square += d * d;
    }
    const double g = a.min_square - square, pull = a.multipliers[e] + a.rho * g;
    if (g > 0) loss += 0.25 * a.rho * g * g;
    if (!(pull > 0)) continue;
    const double m = ::sqrt(a.min_square);
    for (int k = 0; k < dims; ++k) {
      const double d = double(x[k * a.ld + i]) - double(x[k * a.ld + j]);
      gradient[k] -= 2 * pull * (square > 0 ? d : m * layout_hashed(i, j, k));
    }
  }
}

/// The gradient of row i: `pairs` is the sum of its pairs, `force` that of its attraction, `barrier` of its
/// close vertices. Returns |x_i|^2.
template <int kDims, class T>
SLUICE_HD double layout_gradient(const LayoutForcesArgs& a, const LayoutFactors& f, const T* points,
                                 std::int64_t padded, std::int64_t i, const double* pairs,
                                 const double* force, const double* barrier) {
  const T* const x = static_cast<const T*>(a.positions) + i;
  T* const out = static_cast<T*>(a.gradient) + i;
  const int dims = layout_dims(kDims, a.dims);
  double along = 0, inverse = 1, square = 0;
  if (a.distance == LayoutDistance::kCosine) {
    for (int k = 0; k < dims; ++k)
      along += double(points[k * padded + i]) *
               (a.repulsion * f.repulse * pairs[k] + a.attraction * f.attract * force[k]);
    const double length = layout_length<kDims>(x, a.ld, a.dims);
    inverse = length < kLayoutNoDirection ? 0 : 1 / length;
  }
  for (int k = 0; k < dims; ++k) {
    const double value = double(x[k * a.ld]);
    double g = a.repulsion * f.repulse * pairs[k] + a.attraction * f.attract * force[k];
    if (a.distance == LayoutDistance::kCosine) g = (g - along * double(points[k * padded + i])) * inverse;
    square += value * value;
    out[k * a.ld] = T(g + 2 * a.centering * value + barrier[k]);
  }
  return square;
}

/// What of a step depends on its number t, counted from 1.
struct LayoutRates {
  double rate, root;  // Adam: lr / (1 - beta1^t), sqrt(1 - beta2^t)
};

SLUICE_HD LayoutRates layout_rates(const LayoutStepArgs& s, std::int64_t t) {
  if (s.optimizer != LayoutOptimizer::kAdam) return {s.rate, 1};
  return {s.rate / (1 - ::pow(s.beta1, double(t))), ::sqrt(1 - ::pow(s.beta2, double(t)))};
}

/// A float32 holds 1e36; without this, one gradient beyond its root would stop a vertex of Adam's for good.
constexpr double kLayoutMostGradient = 1e18;

/// The larger of two moves, as most so far; one that is no number is the largest of all and stays.
SLUICE_HD double layout_most(double most, double x) {
  return x > most || x != x ? x : most;
}

/// The step of vertex i; the square of its move.
template <int kDims, class T>
SLUICE_HD double layout_move(const LayoutIterateArgs& a, const LayoutRates& r, std::int64_t i) {
  const LayoutStepArgs& s = a.step;
  if (s.fixed && s.fixed[i]) return 0;
  const std::int64_t ld = a.forces.ld;
  const T* const gradient = static_cast<const T*>(a.forces.gradient) + i;
  const double length = s.clip > 0 ? layout_length<kDims>(gradient, ld, a.forces.dims) : 0;
  const double shorter = length > s.clip ? s.clip / length : 1;
  double square = 0;
  for (int k = 0; k < layout_dims(kDims, a.forces.dims); ++k) {
    const std::int64_t at = k * ld + i;
    double step = 0, g = double(gradient[k * ld]);
    if (shorter < 1) g *= shorter;
    if (s.optimizer == LayoutOptimizer::kSgd) {
      step = r.rate * g;
    } else {
      T& m = static_cast<T*>(s.first_moment)[at];
      if (s.optimizer == LayoutOptimizer::kMomentum) {
        m = T(s.beta1 * double(m) + g);
        step = r.rate * double(m);
      } else {
        T& v = static_cast<T*>(s.second_moment)[at];
        if (sizeof(T) == 4 && ::fabs(g) > kLayoutMostGradient)
          g = g > 0 ? kLayoutMostGradient : -kLayoutMostGradient;
        m = T(double(m) + (1 - s.beta1) * (g - double(m)));
        v = T(s.beta2 * double(v) + (1 - s.beta2) * g * g);
        step = r.rate * (double(m) / (::sqrt(double(v)) / r.root + s.epsilon));
      }
    }
    T& x = static_cast<T*>(a.positions)[at];
    const T moved = T(double(x) - step);
    const double d = double(moved) - double(x);
    square += d * d;
    x = moved;
  }
  return square;
}

}  // namespace sluice::SLUICE_BACKEND
