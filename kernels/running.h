// The running moments of a variable, slab after slab (Chan, Golub, LeVeque 1983), and the vectors of the
// correction between slabs. Means are kept in two parts, so that their differences keep digits at any offset.
#pragma once
#include <cmath>
#include <cstdint>

#include "kernels/backend.h"
#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

/// What a slab says of one variable: the value that its differences were taken from, what the mean is beyond
/// it, the sum of squared deviations, and r / sqrt(Wk) of the panel.
struct SlabStats {
  double shift, rest, m2, within;
};

/// From the sums r and q of w d and w d d, d being the differences from `shift`; the panel's are from
/// `panel_shift`. Where r is no number the mean is numpy's inf or NaN, and all products become NaN.
SLUICE_HD SlabStats slab_stats(double shift, double panel_shift, double r, double q, double weight) {
  const double nan = r - r, rest = r / weight;  // 0 where r is a number
  const double m2 = q - r * rest;
  return {shift, rest, (m2 < 0 ? 0 : m2) + nan, (r + weight * (shift - panel_shift)) / sqrt(weight) + nan};
}

/// Takes slab `slab` of weight `weight` into variable `v`; `before` is the weight of all earlier slabs.
SLUICE_HD void take_slab(const Moments& m, std::int64_t v, std::int64_t slab, const SlabStats& s,
                         double before, double weight) {
  double& between = m.between[slab * m.ld + v];
  double& within = m.within[slab * m.ld + v];
  between = within = 0;
  if (!(weight > 0)) return;
  within = s.within;
  if (!(before > 0)) {
    m.origin[v] = s.shift;
    m.offset[v] = s.rest;
    m.m2[v] = s.m2;
  } else {
    const double share = weight / (before + weight);
    const double offset = (s.shift - m.origin[v]) + s.rest, delta = offset - m.offset[v];
    between = sqrt(before * share) * delta;
    m.offset[v] = is_finite(delta) ? m.offset[v] + delta * share : m.offset[v] + offset;  // inf stays inf
    m.m2[v] += s.m2 + between * between;
    if (!is_finite(delta)) m.m2[v] = between = delta - delta;
  }
  m.mean[v] = m.origin[v] + m.offset[v];
}

}  // namespace sluice::SLUICE_BACKEND
