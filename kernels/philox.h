// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011): a counter and a key give four 32-bit words.
// Uniform numbers are made of the words' upper bits; all steps are exact, so every device gives the same.
#pragma once
#include <cstdint>

#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

struct Words {
  std::uint32_t x0, x1, x2, x3;
};

SLUICE_HD Words philox(Words c, std::uint32_t key0, std::uint32_t key1) {
#if defined(__CUDACC__)
#pragma unroll
#elif defined(__clang__)
#pragma clang loop unroll(full)
#else
#pragma GCC unroll 10
#endif
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p = std::uint64_t(0xD2511F53u) * c.x0;
    const std::uint64_t q = std::uint64_t(0xCD9E8D57u) * c.x2;
    c = Words{std::uint32_t(q >> 32) ^ c.x1 ^ key0, std::uint32_t(q), std::uint32_t(p >> 32) ^ c.x3 ^ key1,
              std::uint32_t(p)};
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return c;
}

/// The word as a double, through the signed conversion that vector units have.
SLUICE_HD double double_of_word(std::uint32_t word) {
  return double(std::int32_t(word ^ 0x80000000u)) + 2147483648.0;
}

/// [0, 1) in steps of 2^-24.
SLUICE_HD float uniform_float(std::uint32_t word) {
  return float(std::int32_t(word >> 8)) * 0x1p-24f;
}

/// [0, 1) in steps of 2^-53.
SLUICE_HD double uniform_double(std::uint32_t high, std::uint32_t low) {
  return (double_of_word(high) * 2097152.0 + double(std::int32_t(low >> 11))) * 0x1p-53;
}

}  // namespace sluice::SLUICE_BACKEND
