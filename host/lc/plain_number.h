// A number of a plain field: its digits, moved together, by three multiplications. For files that are
// compiled for AVX2 and above: each has a copy of its own.
#pragma once
#include <immintrin.h>

#include <array>
#include <cstdint>
#include <cstring>

namespace sluice::lc {
namespace {

constexpr int kLongest = 16;

/// For a field of `size` bytes with its point at `whole` (size: none): which byte each of 16 places takes, so
/// that the digits stand at the end; 0x80: none.
using Places = std::array<std::array<std::array<std::uint8_t, 16>, kLongest + 1>, kLongest + 1>;
constexpr Places make_places() {
  Places places{};
  for (int size = 0; size <= kLongest; ++size)
    for (int whole = 0; whole <= size; ++whole) {
      const int digits = size - int(whole < size);
      for (int place = 0; place < 16; ++place) {
        const int digit = place - (16 - digits);
        places[std::size_t(size)][std::size_t(whole)][std::size_t(place)] =
            std::uint8_t(digit < 0       ? 0x80
                         : digit < whole ? digit
                                         : digit + 1);
      }
    }
  return places;
}
alignas(16) constexpr Places kPlaces = make_places();

constexpr double kPowers[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                              1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

/// Digits and power of ten are exact, and so the quotient is the nearest double.
inline bool number(const char* begin, const char* end, double& value) {
  const bool negative = *begin == '-';
  begin += negative;
  const std::size_t size = std::size_t(end - begin);
  if (size - 1 >= kLongest) return false;
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(begin));
  const std::uint32_t points = std::uint32_t(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.'))));
  const std::size_t whole = _tzcnt_u32(points | 1u << size);
  const std::size_t places = size - whole - std::size_t(whole < size);
  if (whole == 0 || (whole < size && places == 0)) return false;
  const __m128i order = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kPlaces[size][whole].data()));
  const __m128i digits = _mm_shuffle_epi8(_mm_sub_epi8(bytes, _mm_set1_epi8('0')), order);
  const __m128i small = _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits);
  if (_mm_movemask_epi8(small) != 0xffff) return false;
  const __m128i twos = _mm_maddubs_epi16(digits, _mm_set1_epi16(0x010a));
  const __m128i fours = _mm_madd_epi16(twos, _mm_set1_epi32(0x00010064));
  const __m128i eights = _mm_madd_epi16(_mm_packus_epi32(fours, fours), _mm_set1_epi32(0x00012710));
  const std::uint64_t both = std::uint64_t(_mm_cvtsi128_si64(eights));
  const std::uint64_t all = (both & 0xffffffffu) * 100000000u + (both >> 32);
  if (all > (std::uint64_t(1) << 53)) return false;
  value = double(std::int64_t(all)) / kPowers[places];
  // No branch: signs of fluxes follow no pattern.
  std::uint64_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  bits |= std::uint64_t(negative) << 63;
  std::memcpy(&value, &bits, sizeof bits);
  return true;
}

}  // namespace
}  // namespace sluice::lc
