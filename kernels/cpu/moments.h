// The running moments of a variable, slab after slab (Chan, Golub, LeVeque 1983), and the vectors of the
// correction between slabs.
#pragma once
#include <cmath>
#include <cstdint>

#include "kernels/backend.h"
#include "kernels/cpu/centre_slab.h"

namespace sluice::SLUICE_BACKEND {

/// Takes slab `slab` of weight `weight` into variable `v`; `before` is the weight of all earlier slabs.
inline void take_slab(const Moments& m, std::int64_t v, std::int64_t slab, const SlabStats& s, double before,
                      double weight) {
  double* between = m.between + slab * m.ld + v;
  double* within = m.within + slab * m.ld + v;
  if (weight == 0) {
    *between = *within = 0;
    return;
  }
  const double total = before + weight, delta = s.mean - m.mean[v];
  *between = std::sqrt(before * weight / total) * delta;
  *within = s.within;
  m.mean[v] += delta * (weight / total);
  m.m2[v] += s.m2 + *between * *between;
}

}  // namespace sluice::SLUICE_BACKEND
