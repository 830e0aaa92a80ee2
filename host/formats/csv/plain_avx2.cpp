// Plain numbers without a branch: their 32 last bytes at once, the point taken out by what stands before it
// moving up one place. Compiled for AVX2 where the compiler can, as masks_avx2.cpp is and with the same rule:
// no library header besides the intrinsics.
#include "host/formats/csv/plain.h"

#ifdef __AVX2__
#include <immintrin.h>

namespace sluice::csv {
namespace {

constexpr unsigned kLongest = 24;  // bytes of a number without its sign

// From kLast + n on: 32 bytes of which the n last are 255, the others 0.
const unsigned char kLast[64] = {0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
                                 0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,   0,
                                 0,   0,   0,   0,   0,   0,   255, 255, 255, 255, 255, 255, 255,
                                 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
                                 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};

inline __m256i bytes_at(const void* place) {
  return _mm256_loadu_si256(static_cast<const __m256i*>(place));
}

void numbers_of(const Span* fields, std::size_t count, char decimal, PlainNumber* found) {
  const __m256i point = _mm256_set1_epi8(decimal);
  for (std::size_t i = 0; i < count; ++i) {
    const char* const end = fields[i].begin + fields[i].size;
    const bool negative = *fields[i].begin == '-';
    const std::size_t size = fields[i].size - negative;
    const bool fits = size - 1 < kLongest;
    const unsigned n = fits ? static_cast<unsigned>(size) : 1;

    const __m256i text = bytes_at(end - 32);
    const auto points = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(text, point)));
    // Behind the last point among the n last bytes; 32 where there is none.
    const auto own = static_cast<unsigned long long>(points >> (32 - n) << (32 - n));
    const auto places = static_cast<unsigned>(__builtin_clzll(own << 32 | 1ull << 31));
    const bool has_point = places != 32;
    const __m256i joined = _mm256_blendv_epi8(bytes_at(end - 33), text, bytes_at(kLast + places));
    const __m256i kept = bytes_at(kLast + (n - has_point));
    const __m256i digits = _mm256_and_si256(_mm256_sub_epi8(joined, _mm256_set1_epi8('0')), kept);
    const __m256i wrong = _mm256_subs_epu8(digits, _mm256_set1_epi8(9));

    const __m256i twos = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(1 << 8 | 10));
    const __m256i fours = _mm256_madd_epi16(twos, _mm256_set1_epi32(1 << 16 | 100));
    const __m256i eights =
        _mm256_madd_epi16(_mm256_packus_epi32(fours, fours), _mm256_set1_epi32(1 << 16 | 10000));
    const auto high = static_cast<unsigned long long>(_mm256_extract_epi64(eights, 0));
    const auto low = static_cast<unsigned long long>(_mm256_extract_epi64(eights, 2));
    // `high`: the eight digits that must be zero, then eight of which three may be there.
    const bool short_enough = (high & 0xffffffffu) == 0 && high < 1000ull << 32;
    const bool point_fits = (places == 32) | ((places - 1 < 19) & (places + 1 < n));

    found[i].digits = (high >> 32) * 10000000000000000u + (low & 0xffffffffu) * 100000000u + (low >> 32);
    found[i].places = static_cast<unsigned char>(has_point ? places : 0);
    found[i].negative = negative;
    found[i].plain = fits & (_mm256_testz_si256(wrong, wrong) != 0) & short_enough & point_fits;
  }
}

}  // namespace

const PlainNumbers plain_numbers_avx2 = numbers_of;

}  // namespace sluice::csv
#else
namespace sluice::csv {
const PlainNumbers plain_numbers_avx2 = nullptr;
}  // namespace sluice::csv
#endif
