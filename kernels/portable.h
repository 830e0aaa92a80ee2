// Words that host and device compilers share: how functions are marked, and bits of numbers.
// Everything here compiles with nvcc and with plain C++ and means the same in both.
#pragma once
#include <cstdint>
#include <cstring>

#ifdef __CUDACC__
#define SLUICE_HD __host__ __device__ __forceinline__
#else
#define SLUICE_HD inline __attribute__((always_inline))
#endif

// Each backend library compiles the shared sources into a namespace of its own.
#ifndef SLUICE_BACKEND
#error "define SLUICE_BACKEND, the namespace of this backend's code"
#endif

namespace sluice::SLUICE_BACKEND {

template <class To, class From>
SLUICE_HD To same_bits(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}

SLUICE_HD std::uint64_t bits_of(double x) {
  return same_bits<std::uint64_t>(x);
}
SLUICE_HD std::uint32_t bits_of(float x) {
  return same_bits<std::uint32_t>(x);
}
SLUICE_HD double double_of(std::uint64_t bits) {
  return same_bits<double>(bits);
}
SLUICE_HD float float_of(std::uint32_t bits) {
  return same_bits<float>(bits);
}

SLUICE_HD bool is_nan(double x) {
  return x != x;
}

/// Neither NaN nor infinite.
SLUICE_HD bool is_finite(double x) {
  return x - x == 0;
}

SLUICE_HD std::int64_t smaller(std::int64_t a, std::int64_t b) {
  return a < b ? a : b;
}
SLUICE_HD std::int64_t larger(std::int64_t a, std::int64_t b) {
  return a > b ? a : b;
}
SLUICE_HD std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
  return (a + b - 1) / b;
}

}  // namespace sluice::SLUICE_BACKEND
