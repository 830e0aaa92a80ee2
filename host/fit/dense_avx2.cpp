// Columns of numbers with AVX2 and FMA. Compiled with those; run only where they are.
#include "host/fit/dense.h"

#if defined(__AVX2__) && defined(__FMA__)
#include "host/fit/dense.inl"
namespace sluice::fit {
const DenseWays dense_avx2{products, add_by_cell, multiply, subtract, all_finite};
}
#else
namespace sluice::fit {
const DenseWays dense_avx2{nullptr, nullptr, nullptr, nullptr, nullptr};
}
#endif
