// Columns of numbers on any processor, and the choice.
#include "host/fit/dense.h"

#include "host/fit/dense.inl"

namespace sluice::fit {

const DenseWays dense_portable{products, add_by_cell, multiply, subtract, all_finite};

const DenseWays& best_dense() {
#if defined(__x86_64__)
  if (dense_avx2.products != nullptr && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return dense_avx2;
#endif
  return dense_portable;
}

}  // namespace sluice::fit
