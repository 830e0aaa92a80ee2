// Fields by masks of 64 bytes; a number's digits, moved together, by three multiplications.
#include "host/lc/plain_fields.h"

#if defined(__AVX2__) && defined(__BMI__)
#include <immintrin.h>

#include <array>
#include <cstring>
#endif

namespace sluice::lc {

#if defined(__AVX2__) && defined(__BMI__)
namespace {

struct Masks {
  std::uint64_t field = 0, line = 0, known = 0;  // known: bytes of fields, blanks and line ends
};

inline Masks masks_of(const char* data) {
  Masks masks;
  for (int i = 0; i < 2; ++i) {
    const __m256i bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + 32 * i));
    const auto bits = [&](__m256i found) {
      return std::uint64_t(std::uint32_t(_mm256_movemask_epi8(found))) << (32 * i);
    };
    const __m256i field = _mm256_cmpgt_epi8(bytes, _mm256_set1_epi8(' '));  // 0x80 and above are below
    const __m256i line = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\n'));
    const __m256i blank = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(' ')),
                                          _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\t')));
    masks.field |= bits(field);
    masks.line |= bits(line);
    masks.known |= bits(_mm256_or_si256(field, _mm256_or_si256(line, blank)));
  }
  return masks;
}

inline std::uint32_t* append(std::uint64_t bits, std::size_t at, std::uint32_t* to) {
  for (; bits != 0; bits = _blsr_u64(bits)) *to++ = std::uint32_t(at + _tzcnt_u64(bits));
  return to;
}

bool find(std::string_view body, std::uint32_t* borders, std::size_t& border_count, std::uint32_t* lines,
          std::size_t& line_count) {
  std::uint32_t *border = borders, *line = lines;
  std::uint64_t open = 0;
  for (std::size_t at = 0; at < body.size(); at += 64) {
    Masks masks = masks_of(body.data() + at);
    const std::size_t left = body.size() - at;
    if (left < 64) {
      const std::uint64_t there = (std::uint64_t(1) << left) - 1;
      masks.field &= there, masks.line &= there, masks.known |= ~there;
    }
    if (masks.known != ~std::uint64_t(0)) return false;
    border = append(masks.field ^ (masks.field << 1 | open), at, border);
    line = append(masks.line, at, line);
    open = masks.field >> 63;
  }
  if ((border - borders) % 2 != 0) *border++ = std::uint32_t(body.size());
  if (!body.empty() && body.back() != '\n') *line++ = std::uint32_t(body.size());
  border_count = std::size_t(border - borders);
  line_count = std::size_t(line - lines);
  return true;
}

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
  if (negative) value = -value;
  return true;
}

std::size_t numbers(const char* data, const std::uint32_t* borders, std::size_t each, std::size_t count,
                    void* to, std::size_t stride) {
  char* next = static_cast<char*>(to);
  for (std::size_t i = 0; i < count; ++i, borders += each, next += stride) {
    double value;
    if (!number(data + borders[0], data + borders[1], value)) return i;
    std::memcpy(next, &value, sizeof value);
  }
  return count;
}

constexpr PlainFields kFields = {find, numbers};

}  // namespace
const PlainFields* const plain_fields_avx2 = &kFields;
#else
const PlainFields* const plain_fields_avx2 = nullptr;
#endif

}  // namespace sluice::lc
