// How the shared operations run: for_each_index(policy, n, f) calls f(0) ... f(n - 1) in any order.
// This is Thrust's; a backend without Thrust brings a for_each_index for a policy of its own.
#pragma once
#include <thrust/for_each.h>
#include <thrust/iterator/counting_iterator.h>

#include <cstdint>

#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

template <class Policy, class F>
void for_each_index(const Policy& policy, std::int64_t n, const F& f) {
  const thrust::counting_iterator<std::int64_t> first(0);
  thrust::for_each(policy, first, first + n, f);
}

}  // namespace sluice::SLUICE_BACKEND
