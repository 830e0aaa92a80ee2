// Sums of products with AVX2 and FMA. Compiled with those; run only where they are.
#include "host/fit/dense.h"

#if defined(__AVX2__) && defined(__FMA__)
#include "host/fit/dense.inl"
namespace sluice::fit {
const DenseProducts dense_products_avx2 = products;
}
#else
namespace sluice::fit {
const DenseProducts dense_products_avx2 = nullptr;
}
#endif
