// Elements of a source as doubles. Sources are aligned to their elements (checked at the border), so that a
// load is one instruction; the byte order is a flag that all threads share.
#pragma once
#include <cstdint>

#include "kernels/elements.h"

namespace sluice::cuda {

/// Four elements in one or two loads; used where addresses are multiples of its alignment.
template <class T>
struct alignas(4 * sizeof(T) < 16 ? 4 * sizeof(T) : 16) Four {
  T x[4];
};

template <class T>
inline bool aligned_for_four(const T* data, std::int64_t ld) {
  return reinterpret_cast<std::uintptr_t>(data) % alignof(Four<T>) == 0 && ld % 4 == 0;
}

template <class T>
__device__ __forceinline__ double value_of(typename UnsignedOf<sizeof(T)>::Type bits, bool swapped) {
  if (swapped) bits = reversed(bits);
  T x;
  memcpy(&x, &bits, sizeof x);
  return double(x);
}

/// A source of elements T, wherever it begins.
template <class T>
struct Source {
  using Bits = typename UnsignedOf<sizeof(T)>::Type;
  const Bits* data;
  bool swapped;

  __device__ __forceinline__ double operator[](std::int64_t i) const { return value_of<T>(data[i], swapped); }

  /// Elements i ... i + 3, i a multiple of four.
  __device__ __forceinline__ void four(std::int64_t i, double* to) const {
    const Four<Bits> bits = *reinterpret_cast<const Four<Bits>*>(data + i);
#pragma unroll
    for (int u = 0; u < 4; ++u) to[u] = value_of<T>(bits.x[u], swapped);
  }
};

}  // namespace sluice::cuda
