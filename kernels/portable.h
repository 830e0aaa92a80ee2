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

SLUICE_HD std::uint64_t bits_of(double x) {
  std::uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

SLUICE_HD double double_of(std::uint64_t bits) {
  double x;
  memcpy(&x, &bits, sizeof x);
  return x;
}

SLUICE_HD std::uint32_t bits_of(float x) {
  std::uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits;
}

SLUICE_HD float float_of(std::uint32_t bits) {
  float x;
  memcpy(&x, &bits, sizeof x);
  return x;
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
