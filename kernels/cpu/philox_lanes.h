// Philox for many counters at a time, as wide as the file that includes this is compiled for. A word lies in
// the low half of a 64-bit lane, whose upper half is never looked at: vpmuludq takes the low halves and gives
// both halves of the product where the next round needs them, so a round is two products, two shifts and four
// exclusive ors.
#pragma once
#include <immintrin.h>

#include <cstdint>

#include "kernels/portable.h"

namespace sluice::SLUICE_BACKEND {

#ifdef __AVX512F__
struct Vector {  // lanes of 64 bits
  static constexpr int kLanes = 8;
  using Type = __m512i;
  static Type all(std::uint64_t x) { return _mm512_set1_epi64(std::int64_t(x)); }
  static Type even_numbers() { return _mm512_set_epi64(14, 12, 10, 8, 6, 4, 2, 0); }
  static Type add(Type a, Type b) { return _mm512_add_epi64(a, b); }
  static Type product(Type a, Type b) { return _mm512_mul_epu32(a, b); }
  static Type high(Type a) { return _mm512_srli_epi64(a, 32); }
  static Type differ(Type a, Type b, Type c) { return _mm512_ternarylogic_epi64(a, b, c, 0x96); }
  /// The low halves of a and b by turns.
  static Type woven(Type a, Type b) { return _mm512_mask_blend_epi32(0xaaaa, a, _mm512_slli_epi64(b, 32)); }
  static void store(std::uint32_t* to, Type a) { _mm512_storeu_si512(to, a); }
  static Type every_other(const std::uint64_t* from) {
    return _mm512_set_epi64(std::int64_t(from[14]), std::int64_t(from[12]), std::int64_t(from[10]),
                            std::int64_t(from[8]), std::int64_t(from[6]), std::int64_t(from[4]),
                            std::int64_t(from[2]), std::int64_t(from[0]));
  }
};
#else
struct Vector {
  static constexpr int kLanes = 4;
  using Type = __m256i;
  static Type all(std::uint64_t x) { return _mm256_set1_epi64x(std::int64_t(x)); }
  static Type even_numbers() { return _mm256_set_epi64x(6, 4, 2, 0); }
  static Type add(Type a, Type b) { return _mm256_add_epi64(a, b); }
  static Type product(Type a, Type b) { return _mm256_mul_epu32(a, b); }
  static Type high(Type a) { return _mm256_srli_epi64(a, 32); }
  static Type differ(Type a, Type b, Type c) { return _mm256_xor_si256(a, _mm256_xor_si256(b, c)); }
  static Type woven(Type a, Type b) { return _mm256_blend_epi32(a, _mm256_slli_epi64(b, 32), 0xaa); }
  static void store(std::uint32_t* to, Type a) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), a); }
  static Type every_other(const std::uint64_t* from) {
    return _mm256_set_epi64x(std::int64_t(from[6]), std::int64_t(from[4]), std::int64_t(from[2]),
                             std::int64_t(from[0]));
  }
};
#endif

struct VectorPhilox {
  /// words[i][lane]: word i of counter (block + lane, row), as philox() gives it.
  template <int kLanes>
  static void words(std::uint32_t key0, std::uint32_t key1, std::uint64_t row, std::uint64_t block,
                    std::uint32_t (*words)[kLanes]) {
    constexpr int kCounters = 2 * Vector::kLanes;
    static_assert(kLanes % kCounters == 0);
    for (int lane = 0; lane < kLanes; lane += kCounters) {
      const std::uint64_t first = block + std::uint64_t(lane);
      ten_rounds<kLanes>(key0, key1, counters(first, row), counters(first + 1, row), lane, words);
    }
  }

  /// Of counters anywhere: (block, row) of each lane.
  template <int kLanes>
  static void words_at(std::uint32_t key0, std::uint32_t key1, const std::uint64_t* rows,
                       const std::uint64_t* blocks, std::uint32_t (*words)[kLanes]) {
    constexpr int kCounters = 2 * Vector::kLanes;
    static_assert(kLanes % kCounters == 0);
    for (int lane = 0; lane < kLanes; lane += kCounters)
      ten_rounds<kLanes>(key0, key1, counters(blocks + lane, rows + lane),
                         counters(blocks + lane + 1, rows + lane + 1), lane, words);
  }

 private:
  struct Counters {
    Vector::Type x[4];
  };

  template <int kLanes>
  static void ten_rounds(std::uint32_t k0, std::uint32_t k1, Counters even, Counters odd, int lane,
                         std::uint32_t (*words)[kLanes]) {
#pragma GCC unroll 10
    for (int round = 0; round < 10; ++round, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
      even = step(even, Vector::all(k0), Vector::all(k1));
      odd = step(odd, Vector::all(k0), Vector::all(k1));
    }
    for (int i = 0; i < 4; ++i) Vector::store(words[i] + lane, Vector::woven(even.x[i], odd.x[i]));
  }

  /// Every other counter of those at `blocks` and `rows`.
  static Counters counters(const std::uint64_t* blocks, const std::uint64_t* rows) {
    const Vector::Type b = Vector::every_other(blocks), r = Vector::every_other(rows);
    return {{b, Vector::high(b), r, Vector::high(r)}};
  }

  /// Every other counter of a row from `block` on.
  static Counters counters(std::uint64_t block, std::uint64_t row) {
    const Vector::Type b = Vector::add(Vector::all(block), Vector::even_numbers()), r = Vector::all(row);
    return {{b, Vector::high(b), r, Vector::high(r)}};
  }

  static Counters step(const Counters& c, Vector::Type key0, Vector::Type key1) {
    const Vector::Type p = Vector::product(c.x[0], Vector::all(0xD2511F53)),
                       q = Vector::product(c.x[2], Vector::all(0xCD9E8D57));
    return {
        {Vector::differ(Vector::high(q), c.x[1], key0), q, Vector::differ(Vector::high(p), c.x[3], key1), p}};
  }
};

}  // namespace sluice::SLUICE_BACKEND
