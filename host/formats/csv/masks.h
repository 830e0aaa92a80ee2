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
/// The fastest that this processor has.
MasksOf best_masks();

}  // namespace sluice::csv
