// Numbers that a few integers name: for orders and directions that no thread may influence.
#pragma once
#include <cstdint>
#include <numeric>
#include <vector>

// Always inlined: files of several vector levels use these, and must not share a copy.
#define SLUICE_INLINED inline __attribute__((always_inline))

namespace sluice::layout {

/// A bijection of 64-bit integers that scatters (the finaliser of splitmix64).
SLUICE_INLINED std::uint64_t scatter(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}
SLUICE_INLINED std::uint64_t scatter(std::uint64_t a, std::uint64_t b) {
  return scatter(scatter(a) ^ b);
}

/// In [-1, 1).
SLUICE_INLINED float signed_unit(std::uint64_t bits) {
  return float(std::int32_t(bits >> 32)) * 0x1p-31f;
}

/// 0 ... count - 1 in an order that the key names.
template <class T>
std::vector<T> shuffled(T count, std::uint64_t key) {
  std::vector<T> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), T(0));
  for (std::uint64_t i = order.size(); i > 1; --i) {
    const auto j = std::uint64_t((static_cast<unsigned __int128>(scatter(key, i)) * i) >> 64);
    std::swap(order[i - 1], order[j]);
  }
  return order;
}

}  // namespace sluice::layout
