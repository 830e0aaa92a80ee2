// Digits of plain numbers, sixteen at a time. Compiled for AVX2 where the compiler can, as masks_avx2.cpp is
// and with the same rule: no library header besides the intrinsics.
#include "host/formats/csv/plain.h"
#include "host/formats/csv/powers_of_ten.h"

#ifdef __AVX2__
#include <immintrin.h>

namespace sluice::csv {
namespace {

const unsigned char kKeep[32] = {0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
                                 0,   0,   0,   0,   0,   255, 255, 255, 255, 255, 255,
                                 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

// Of `count` bytes before `end`, at most 16; `greatest` becomes more than 9 where one is no digit.
inline std::uint64_t sixteen(const char* end, std::size_t count, __m128i& greatest) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(end - 16));
  const __m128i keep = _mm_loadu_si128(reinterpret_cast<const __m128i*>(kKeep + count));
  const __m128i digits = _mm_and_si128(_mm_sub_epi8(bytes, _mm_set1_epi8('0')), keep);
  greatest = _mm_max_epu8(greatest, digits);
  const __m128i twos = _mm_maddubs_epi16(digits, _mm_set1_epi16(1 << 8 | 10));
  const __m128i fours = _mm_madd_epi16(twos, _mm_set1_epi32(1 << 16 | 100));
  const __m128i eights = _mm_madd_epi16(_mm_packus_epi32(fours, fours), _mm_set1_epi32(1 << 16 | 10000));
  const auto both = static_cast<std::uint64_t>(_mm_cvtsi128_si64(eights));
  return (both & 0xffffffffu) * 100000000u + (both >> 32);
}

bool digits_of(const char* text, std::size_t size, char decimal, PlainDigits& found) {
  const __m128i front = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text));
  auto point = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(front, _mm_set1_epi8(decimal))));
  if (size < 16) point &= (1u << size) - 1;
  __m128i greatest = _mm_setzero_si128();
  if (point == 0) {
    if (size > 16 || size == 0) return false;
    found.digits = sixteen(text + size, size, greatest);
    found.places = 0;
  } else {
    const auto whole = static_cast<std::size_t>(__builtin_ctz(point));
    const std::size_t places = size - whole - 1;
    if (whole == 0 || places == 0 || places > 18) return false;
    const std::uint64_t before = sixteen(text + whole, whole, greatest);
    if (before != 0 && whole + places > 19) return false;
    if (places <= 16) {
      found.digits = before * kPowersOfTen[places] + sixteen(text + size, places, greatest);
    } else {
      const std::uint64_t high = sixteen(text + size - 16, places - 16, greatest);
      found.digits =
          (before * kPowersOfTen[places - 16] + high) * kPowersOfTen[16] + sixteen(text + size, 16, greatest);
    }
    found.places = places;
  }
  const __m128i wrong = _mm_subs_epu8(greatest, _mm_set1_epi8(9));
  return _mm_testz_si128(wrong, wrong) != 0;
}

}  // namespace

const DigitsOf plain_digits_avx2 = digits_of;

}  // namespace sluice::csv
#else
namespace sluice::csv {
const DigitsOf plain_digits_avx2 = nullptr;
}  // namespace sluice::csv
#endif
