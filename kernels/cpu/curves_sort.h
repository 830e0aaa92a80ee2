// Sorting of several curves side by side by a network: Batcher's bitonic merge with its first step mirrored,
// so that every comparison puts the lesser value first and values past the end, infinite, need no place.
#pragma once
#include <cstddef>
#include <utility>

#include "kernels/cpu/curves_lanes.h"

namespace sluice::SLUICE_BACKEND::SLUICE_CURVES {

constexpr int kBlock = 16;  // rows that are sorted in registers

SLUICE_LANE_CALL void order(Vec& a, Vec& b) {
  const Vec low = least(a, b);
  b = most(a, b), a = low;
}

struct Comparison {
  int a, b;
};

/// The comparisons that sort a block (mirrored bitonic, as between blocks), then those that merge one whose
/// halves have been compared with others.
struct BlockNetwork {
  static constexpr int kSort = 80, kMerge = 32;
  Comparison at[kSort + kMerge]{};
  constexpr BlockNetwork() {
    int next = 0;
    const auto step = [&](int k) {
      for (int base = 0; base < kBlock; base += 2 * k)
        for (int i = 0; i < k; ++i) at[next++] = {base + i, base + i + k};
    };
    for (int p = 1; p < kBlock; p *= 2) {
      for (int base = 0; base < kBlock; base += 2 * p)
        for (int i = 0; i < p; ++i) at[next++] = {base + i, base + 2 * p - 1 - i};
      for (int k = p / 2; k >= 1; k /= 2) step(k);
    }
    for (int k = kBlock / 2; k >= 1; k /= 2) step(k);
  }
};
inline constexpr BlockNetwork kNetwork;

template <std::size_t kFirst, std::size_t... kIndex>
SLUICE_LANE_CALL void compare_all(Vec (&r)[kBlock], std::index_sequence<kIndex...>) {
  (order(r[kNetwork.at[kFirst + kIndex].a], r[kNetwork.at[kFirst + kIndex].b]), ...);
}
template <std::size_t... kIndex>
SLUICE_LANE_CALL void load_all(const double* x, Vec (&r)[kBlock], std::index_sequence<kIndex...>) {
  ((r[kIndex] = load(x + kIndex * kLanes)), ...);
}
template <std::size_t... kIndex>
SLUICE_LANE_CALL void store_all(double* x, const Vec (&r)[kBlock], std::index_sequence<kIndex...>) {
  (store(x + kIndex * kLanes, r[kIndex]), ...);
}

/// Comparisons [kFirst, kFirst + kCount) of the network on each block.
template <std::size_t kFirst, std::size_t kCount>
inline void compare_blocks(double* x, std::int64_t rows) {
  for (std::int64_t i = 0; i < rows; i += kBlock) {
    Vec r[kBlock];
    load_all(x + i * kLanes, r, std::make_index_sequence<kBlock>());
    compare_all<kFirst>(r, std::make_index_sequence<kCount>());
    store_all(x + i * kLanes, r, std::make_index_sequence<kBlock>());
  }
}

SLUICE_LANE_CALL void order_rows(double* x, std::int64_t a, std::int64_t b) {
  double *low = x + a * kLanes, *high = x + b * kLanes;
  const Vec u = load(low), v = load(high);
  store(low, least(u, v)), store(high, most(u, v));
}

/// Two steps at once: mirrored at 2p and, within its halves, at distance p / 2. Rows that are not there are
/// infinite and stay where they are.
inline void merge_mirrored(double* x, std::int64_t rows, std::int64_t p) {
  const std::int64_t half = p / 2;
  for (std::int64_t base = 0; base + p < rows; base += 2 * p) {
    const std::int64_t last = base + 2 * p - 1;
    for (std::int64_t i = 0; i < half; ++i) {
      const std::int64_t a = base + i, b = a + half, c = last - b + base, d = last - i;
      if (d < rows) {
        Vec u = load(x + a * kLanes), v = load(x + b * kLanes);
        Vec w = load(x + c * kLanes), z = load(x + d * kLanes);
        order(u, z), order(v, w), order(u, v), order(w, z);
        store(x + a * kLanes, u), store(x + b * kLanes, v);
        store(x + c * kLanes, w), store(x + d * kLanes, z);
      } else {
        if (c < rows) order_rows(x, b, c);
        order_rows(x, a, b);
      }
    }
  }
}

/// Steps at distance k and, where k / 2 is a block or more, k / 2.
inline void merge_step(double* x, std::int64_t rows, std::int64_t k, bool two) {
  const std::int64_t half = k / 2;
  for (std::int64_t base = 0; base < rows; base += 2 * k) {
    if (!two) {
      for (std::int64_t i = base; i < base + k && i + k < rows; ++i) order_rows(x, i, i + k);
      continue;
    }
    for (std::int64_t a = base; a < base + half; ++a) {
      const std::int64_t b = a + half, c = a + k, d = b + k;
      if (d < rows) {
        Vec u = load(x + a * kLanes), v = load(x + b * kLanes);
        Vec w = load(x + c * kLanes), z = load(x + d * kLanes);
        order(u, w), order(v, z), order(u, v), order(w, z);
        store(x + a * kLanes, u), store(x + b * kLanes, v);
        store(x + c * kLanes, w), store(x + d * kLanes, z);
      } else {
        if (c < rows) order_rows(x, a, c);
        if (b < rows) order_rows(x, a, b);
      }
    }
  }
}

/// Rows, a multiple of kBlock, of all lanes in ascending order.
inline void sort_rows(double* x, std::int64_t rows) {
  compare_blocks<0, BlockNetwork::kSort>(x, rows);
  for (std::int64_t p = kBlock; p < rows; p *= 2) {
    std::int64_t k = p / 4;  // the next distance
    if (p == kBlock) {
      for (std::int64_t base = 0; base + p < rows; base += 2 * p)
        for (std::int64_t i = 0; i < p; ++i) order_rows(x, base + i, base + 2 * p - 1 - i);
    } else {
      merge_mirrored(x, rows, p);
    }
    while (k >= kBlock) {
      const bool two = k / 2 >= kBlock;
      merge_step(x, rows, k, two);
      k /= two ? 4 : 2;
    }
    compare_blocks<BlockNetwork::kSort, BlockNetwork::kMerge>(x, rows);
  }
}

}  // namespace sluice::SLUICE_BACKEND::SLUICE_CURVES
