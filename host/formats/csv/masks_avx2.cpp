// Compiled for AVX2 where the compiler can; what calls it has asked the processor. No library header besides
// the intrinsics: an inline function compiled here could be linked into code for every processor.
#include "host/formats/csv/masks.h"

#ifdef __AVX2__
#include <immintrin.h>

namespace sluice::csv {
namespace {

inline std::uint64_t equal(__m256i low, __m256i high, unsigned char byte) {
  const __m256i wanted = _mm256_set1_epi8(static_cast<char>(byte));
  const auto a = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)));
  const auto b = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)));
  return a | static_cast<std::uint64_t>(b) << 32;
}

void masks_of(const unsigned char* data, std::size_t blocks, const Marks& marks, Masks* masks) {
  const bool two = marks.separator != marks.second_separator;
  for (std::size_t block = 0; block < blocks; ++block, data += 64) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + 32));
    Masks& found = masks[block];
    found.separator = equal(low, high, marks.separator);
    if (two) found.separator |= equal(low, high, marks.second_separator);
    found.quote = marks.quote != 0 ? equal(low, high, marks.quote) : 0;
    found.comment = marks.comment != 0 ? equal(low, high, marks.comment) : 0;
    found.lf = equal(low, high, '\n');
    found.cr = equal(low, high, '\r');
  }
}

// Four ends are written at a time: how many a block has is hard for the processor to foretell.
PlainBlocks plain_ends(const unsigned char* data, std::size_t from, std::size_t blocks, const Marks& marks,
                       std::uint32_t* ends) {
  PlainBlocks found;
  __m256i all = _mm256_setzero_si256();
  const __m256i separator = _mm256_set1_epi8(static_cast<char>(marks.separator));
  const __m256i lf = _mm256_set1_epi8('\n'), cr = _mm256_set1_epi8('\r');
  const __m256i quote = marks.quote != 0 ? _mm256_set1_epi8(static_cast<char>(marks.quote)) : cr;
  const __m256i comment = marks.comment != 0 ? _mm256_set1_epi8(static_cast<char>(marks.comment)) : cr;
  for (; found.blocks < blocks; ++found.blocks, from += 64) {
    const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + from));
    const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + from + 32));
    const auto special = [&](__m256i bytes) {
      return _mm256_or_si256(
          _mm256_cmpeq_epi8(bytes, cr),
          _mm256_or_si256(_mm256_cmpeq_epi8(bytes, quote), _mm256_cmpeq_epi8(bytes, comment)));
    };
    const __m256i any = _mm256_or_si256(special(low), special(high));
    if (_mm256_testz_si256(any, any) == 0) break;
    all = _mm256_or_si256(all, _mm256_or_si256(low, high));
    const auto mask = [](__m256i a, __m256i b) {
      return static_cast<unsigned>(_mm256_movemask_epi8(a)) |
             static_cast<std::uint64_t>(static_cast<unsigned>(_mm256_movemask_epi8(b))) << 32;
    };
    const __m256i low_row = _mm256_cmpeq_epi8(low, lf), high_row = _mm256_cmpeq_epi8(high, lf);
    const std::uint64_t rows = mask(low_row, high_row);
    std::uint64_t bits = mask(_mm256_or_si256(low_row, _mm256_cmpeq_epi8(low, separator)),
                              _mm256_or_si256(high_row, _mm256_cmpeq_epi8(high, separator)));
    std::uint32_t* to = ends + found.ends;
    found.ends += static_cast<std::size_t>(__builtin_popcountll(bits));
    found.lf += static_cast<std::size_t>(__builtin_popcountll(rows));
    while (bits != 0)
      for (int i = 0; i < 4; ++i, ++to) {
        const int bit = __builtin_ctzll(bits | std::uint64_t(1) << 63);
        *to = static_cast<std::uint32_t>((from + static_cast<std::size_t>(bit)) << 1) |
              static_cast<std::uint32_t>(rows >> bit & 1);
        bits &= bits - 1;
      }
  }
  found.ascii = _mm256_movemask_epi8(all) == 0;
  return found;
}

// Stops at the first piece of 4 KiB with a quote or comment: its counts are not asked for.
void survey(const unsigned char* data, std::size_t blocks, const Marks& marks, Survey& found) {
  const __m256i quote = _mm256_set1_epi8(static_cast<char>(marks.quote != 0 ? marks.quote : '\n'));
  const __m256i comment = _mm256_set1_epi8(static_cast<char>(marks.comment != 0 ? marks.comment : '\n'));
  for (std::size_t piece = 0; piece < blocks; piece += 64) {
    __m256i any_quote = _mm256_setzero_si256(), any_comment = any_quote;
    const std::size_t end = blocks < piece + 64 ? blocks : piece + 64;
    for (std::size_t block = piece; block < end; ++block, data += 64) {
      const __m256i low = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data));
      const __m256i high = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(data + 32));
      any_quote = _mm256_or_si256(
          any_quote, _mm256_or_si256(_mm256_cmpeq_epi8(low, quote), _mm256_cmpeq_epi8(high, quote)));
      any_comment = _mm256_or_si256(
          any_comment, _mm256_or_si256(_mm256_cmpeq_epi8(low, comment), _mm256_cmpeq_epi8(high, comment)));
      found.lf += static_cast<std::uint64_t>(__builtin_popcountll(equal(low, high, '\n')));
      const std::uint64_t cr = equal(low, high, '\r');
      if (cr == 0) continue;
      found.cr += static_cast<std::uint64_t>(__builtin_popcountll(cr));
      for (std::uint64_t left = cr; left != 0; left &= left - 1)
        found.crlf += data[__builtin_ctzll(left) + 1] == '\n';
    }
    found.quote |= marks.quote != 0 && _mm256_testz_si256(any_quote, any_quote) == 0;
    found.comment |= marks.comment != 0 && _mm256_testz_si256(any_comment, any_comment) == 0;
    if (found.quote || found.comment) return;
  }
}

}  // namespace

const MasksOf masks_avx2 = masks_of;
const SurveyOf survey_avx2 = survey;
const PlainEnds plain_ends_avx2 = plain_ends;

}  // namespace sluice::csv
#else
namespace sluice::csv {
const MasksOf masks_avx2 = nullptr;
const SurveyOf survey_avx2 = nullptr;
const PlainEnds plain_ends_avx2 = nullptr;
}  // namespace sluice::csv
#endif
