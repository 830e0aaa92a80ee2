// Which bytes of a block of 64 play a part in a file's structure, as one bit a byte. The only code here that
// differs between processors.
#pragma once
#include <cstddef>
#include <cstdint>

namespace sluice::csv {

struct Marks {  // the bytes looked for; 0 in `quote` or `comment`: none
  unsigned char separator, second_separator, quote, comment;
};

struct Masks {  // bit i: byte i of the block
  std::uint64_t separator, quote, comment, lf, cr;
};

/// Looks at 64 * blocks bytes.
using MasksOf = void (*)(const unsigned char* data, std::size_t blocks, const Marks& marks, Masks* masks);

void masks_bytewise(const unsigned char* data, std::size_t blocks, const Marks& marks, Masks* masks);
/// 32 bytes at a time by AVX2; null where it was not compiled.
extern const MasksOf masks_avx2;

struct PlainBlocks {
  std::size_t blocks = 0, ends = 0, lf = 0;
  bool ascii = true;
};
/// Ends (as End makes them) of blocks without quotes, comments and CR, from a state outside of both, as far
/// as such blocks go. `ends` has room for 64 a block and four more.
using PlainEnds = PlainBlocks (*)(const unsigned char* data, std::size_t from, std::size_t blocks,
                                  const Marks& marks, std::uint32_t* ends);
extern const PlainEnds plain_ends_avx2;  // null where it was not compiled

struct Survey {
  std::uint64_t lf = 0, cr = 0, crlf = 0;
  bool quote = false, comment = false;  // whether there is any
};
/// Of 64 * blocks bytes; the bytes found so far are added to.
using SurveyOf = void (*)(const unsigned char* data, std::size_t blocks, const Marks& marks, Survey& found);
extern const SurveyOf survey_avx2;  // null where it was not compiled
void survey_bytewise(const unsigned char* data, std::size_t bytes, const Marks& marks, Survey& found);
/// By the fastest that this processor has. The counts hold where there is neither quote nor comment.
Survey survey_of(const unsigned char* data, std::size_t bytes, const Marks& marks);

/// The fastest that this processor has.
MasksOf best_masks();

}  // namespace sluice::csv
