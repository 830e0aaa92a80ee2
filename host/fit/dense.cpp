// Sums of products for any processor, and the choice.
#include "host/fit/dense.h"

#include "host/fit/dense.inl"

namespace sluice::fit {

void dense_products_portable(const double* a, const double* b, std::size_t n, std::size_t rows,
                             std::size_t ld, double* sums) {
  products(a, b, n, rows, ld, sums);
}

DenseProducts best_dense_products() {
#if defined(__x86_64__)
  if (dense_products_avx2 != nullptr && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return dense_products_avx2;
#endif
  return dense_products_portable;
}

}  // namespace sluice::fit
