// Fields by masks of 64 bytes, numbers one by one.
#include "host/lc/plain_fields.h"

#if defined(__AVX2__) && defined(__BMI__)
#include <immintrin.h>

#include "host/lc/plain_number.h"
#endif

namespace sluice::lc {

#if defined(__AVX2__) && defined(__BMI__)
namespace {

struct Masks {
  std::uint64_t field = 0, line = 0, known = 0;  // known: bytes of fields but '#', blanks and line ends
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
    const __m256i comment = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('#'));
    const __m256i blank = _mm256_or_si256(_mm256_cmpeq_epi8(bytes, _mm256_set1_epi8(' ')),
                                          _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\t')));
    masks.field |= bits(field);
    masks.line |= bits(line);
    masks.known |= bits(_mm256_andnot_si256(comment, _mm256_or_si256(field, _mm256_or_si256(line, blank))));
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

std::size_t numbers(const char* data, const std::uint32_t* borders, std::size_t each, std::size_t count,
                    double* to) {
  for (std::size_t i = 0; i < count; ++i, borders += each)
    if (!number(data + borders[0], data + borders[1], to[i])) return i;
  return count;
}

constexpr PlainFields kFields = {find, numbers};

}  // namespace
const PlainFields* const plain_fields_avx2 = &kFields;
#else
const PlainFields* const plain_fields_avx2 = nullptr;
#endif

}  // namespace sluice::lc
