// Sorting is by digits of 11 bits, least first: of the value's place between the least and the greatest where
// values lie evenly enough, else of its bits. The few that are alike in all digits are put in order after it.
#include "kernels/cpu/window_ranks.h"

#include <immintrin.h>

#include <algorithm>
#include <bit>
#include <limits>

namespace sluice::SLUICE_BACKEND {
namespace {

constexpr int kIndexBits = 31, kDigitBits = 11, kDigits = 1 << kDigitBits, kMostDigits = 3;
constexpr std::uint64_t kIndex = (std::uint64_t(1) << kIndexBits) - 1;

std::int64_t words_of(std::int64_t places) {
  return (places + 1023) / 1024 * 16;  // whole blocks
}

/// Bits in the order of values.
std::uint64_t ordered(double x) {
  const std::uint64_t bits = bits_of(x + 0.0);
  return bits ^ (std::uint64_t(std::int64_t(bits) >> 63) | (std::uint64_t(1) << 63));
}

struct Bounds {
  double low, high;  // the wrong way round where there is no value
};

Bounds bounds_of(const double* x, std::int64_t n) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  __m256d low = _mm256_set1_pd(kInfinite), high = _mm256_set1_pd(-kInfinite);
  std::int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const __m256d v = _mm256_loadu_pd(x + i);
    low = _mm256_min_pd(v, low), high = _mm256_max_pd(v, high);  // a NaN leaves them
  }
  double lows[4], highs[4];
  _mm256_storeu_pd(lows, low), _mm256_storeu_pd(highs, high);
  Bounds b{kInfinite, -kInfinite};
  for (int j = 0; j < 4; ++j) b.low = std::min(b.low, lows[j]), b.high = std::max(b.high, highs[j]);
  for (; i < n; ++i) {
    if (x[i] < b.low) b.low = x[i];
    if (x[i] > b.high) b.high = x[i];
  }
  return b;
}

}  // namespace

WindowRanks::WindowRanks(std::int64_t samples, char* scratch) {
  const auto take = [&](std::int64_t bytes) {
    char* at = scratch;
    scratch += (bytes + 63) / 64 * 64;
    return at;
  };
  packed_ = reinterpret_cast<std::uint64_t*>(take(samples * 8));
  other_ = reinterpret_cast<std::uint64_t*>(take(samples * 8));
  ranks_ = reinterpret_cast<std::uint32_t*>(take(samples * 4));
  words_ = reinterpret_cast<std::uint64_t*>(take(words_of(samples) * 8 + 64));
  blocks_ = reinterpret_cast<std::uint32_t*>(take((samples / 1024 + 2) * 4));
  groups_ = reinterpret_cast<std::uint32_t*>(take((samples / 32768 + 2) * 4));
  digits_ = reinterpret_cast<std::uint32_t*>(take(kMostDigits * kDigits * 4));
}

/// The place between low and high, in two digits; false where too many values fall together.
bool WindowRanks::pack_evenly(const double* x, std::int64_t n, double low, double high) {
  const double range = high - low, scale = double((1 << (2 * kDigitBits)) - 1) / range;
  if (!(range > 0) || !is_finite(range) || !is_finite(scale)) return false;
  std::uint32_t *lesser = digits_, *greater = digits_ + kDigits;
  std::fill_n(digits_, 2 * kDigits, 0u);
  std::int64_t m = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    if (is_nan(x[i])) continue;
    const auto place = std::uint32_t(std::int32_t((x[i] - low) * scale));
    packed_[m++] = std::uint64_t(place) << kIndexBits | std::uint64_t(i);
    ++lesser[place & (kDigits - 1)], ++greater[place >> kDigitBits];
  }
  places_ = m;
  return *std::max_element(greater, greater + kDigits) <= std::max<std::int64_t>(64, m / 32);
}

void WindowRanks::pack_bits(const double* x, std::int64_t n, double low, double high) {
  const std::uint64_t least = ordered(low), range = ordered(high) - least;
  const int shift = std::max(0, 64 - std::countl_zero(range | 1) - kMostDigits * kDigitBits);
  std::fill_n(digits_, kMostDigits * kDigits, 0u);
  std::int64_t m = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    if (is_nan(x[i])) continue;
    const std::uint64_t place = (ordered(x[i]) - least) >> shift;
    packed_[m++] = place << kIndexBits | std::uint64_t(i);
    for (int d = 0; d < kMostDigits; ++d) ++digits_[d * kDigits + (place >> d * kDigitBits & (kDigits - 1))];
  }
  places_ = m;
}

/// Stable, so that the least digit may come first. A digit that all have in common is passed over.
void WindowRanks::distribute(std::int64_t n, int digits) {
  for (int d = 0; d < digits; ++d) {
    std::uint32_t* at = digits_ + d * kDigits;
    std::uint32_t sum = 0, most = 0;
    for (int i = 0; i < kDigits; ++i) {
      const std::uint32_t here = at[i];
      most = std::max(most, here);
      at[i] = sum, sum += here;
    }
    if (most == std::uint32_t(n)) continue;
    const int shift = kIndexBits + d * kDigitBits;
    for (std::int64_t i = 0; i < n; ++i) {
      const std::uint64_t v = packed_[i];
      other_[at[v >> shift & (kDigits - 1)]++] = v;
    }
    std::swap(packed_, other_);
  }
}

/// Values that are alike in all digits, in their own order.
void WindowRanks::order_alike(const double* x, std::int64_t n) {
  const auto less = [x](std::uint64_t a, std::uint64_t b) { return x[a & kIndex] < x[b & kIndex]; };
  for (std::int64_t i = 1; i < n; ++i) {
    if (packed_[i] >> kIndexBits != packed_[i - 1] >> kIndexBits) continue;
    std::int64_t end = i + 1;
    while (end < n && packed_[end] >> kIndexBits == packed_[i] >> kIndexBits) ++end;
    if (!std::is_sorted(packed_ + i - 1, packed_ + end, less))
      std::sort(packed_ + i - 1, packed_ + end, less);
    i = end;
  }
}

void WindowRanks::sort(const double* x, std::int64_t n, std::int64_t step) {
  const Bounds b = bounds_of(x, n);
  places_ = 0;
  int digits = 2;
  if (b.low <= b.high && !pack_evenly(x, n, b.low, b.high)) {
    pack_bits(x, n, b.low, b.high);
    digits = kMostDigits;
  }
  if (places_ < n) std::fill_n(ranks_, n, kNowhere);
  if (places_ > 0) distribute(places_, digits);
  order_alike(x, places_);
  values_ = reinterpret_cast<double*>(other_);
  for (std::int64_t i = 0; i < places_; ++i) {
    const std::uint64_t index = packed_[i] & kIndex;
    values_[i] = x[index] + 0.0;
    ranks_[index] = std::uint32_t(i);
  }
  anew_ = 2 * step > words_of(places_);
  std::fill_n(words_, words_of(places_), std::uint64_t(0));
  std::fill_n(blocks_, (places_ >> kBlock) + 1, 0u);
  std::fill_n(groups_, (places_ >> kGroup) + 1, 0u);
  count_ = 0;
}

void WindowRanks::toggle(std::int64_t begin, std::int64_t end, bool enter) {
  if (anew_) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::uint32_t rank = ranks_[i];
      if (rank != kNowhere) words_[rank >> 6] ^= std::uint64_t(1) << (rank & 63);
    }
    return;
  }
  const std::uint32_t one = enter ? 1u : ~0u;
  for (std::int64_t i = begin; i < end; ++i) {
    const std::uint32_t rank = ranks_[i];
    if (rank == kNowhere) continue;
    words_[rank >> 6] ^= std::uint64_t(1) << (rank & 63);
    blocks_[rank >> kBlock] += one, groups_[rank >> kGroup] += one;
    count_ += enter ? 1 : -1;
  }
}

void WindowRanks::settle() {
  if (!anew_) return;
  const std::int64_t blocks = words_of(places_) / 16;
  std::fill_n(groups_, (places_ >> kGroup) + 1, 0u);
  count_ = 0;
  for (std::int64_t b = 0; b < blocks; ++b) {
    std::uint32_t bits = 0;
    for (int w = 0; w < 16; ++w) bits += std::uint32_t(std::popcount(words_[b * 16 + w]));
    blocks_[b] = bits, groups_[b >> (kGroup - kBlock)] += bits, count_ += bits;
  }
}

std::int64_t WindowRanks::find(std::int64_t k) const {
  std::int64_t group = 0;
  while (k >= groups_[group]) k -= groups_[group++];
  std::int64_t block = group << (kGroup - kBlock);
  while (k >= blocks_[block]) k -= blocks_[block++];
  std::int64_t word = block * 16;
  for (;;) {
    const int bits = std::popcount(words_[word]);
    if (k < bits) break;
    k -= bits, ++word;
  }
  return word * 64 + std::countr_zero(_pdep_u64(std::uint64_t(1) << k, words_[word]));
}

std::int64_t WindowRanks::next(std::int64_t place) const {
  std::int64_t word = place >> 6;
  std::uint64_t left = words_[word] & (~std::uint64_t(1) << (place & 63));
  while (left == 0) left = words_[++word];
  return word * 64 + std::countr_zero(left);
}

}  // namespace sluice::SLUICE_BACKEND
