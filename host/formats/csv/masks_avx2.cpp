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

}  // namespace

const MasksOf masks_avx2 = masks_of;

}  // namespace sluice::csv
#else
namespace sluice::csv {
const MasksOf masks_avx2 = nullptr;
}  // namespace sluice::csv
#endif
