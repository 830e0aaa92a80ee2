// The plain form, and the choice between both.
#include "host/formats/csv/masks.h"

namespace sluice::csv {

void masks_bytewise(const unsigned char* data, std::size_t blocks, const Marks& marks, Masks* masks) {
  for (std::size_t block = 0; block < blocks; ++block, data += 64) {
    Masks found{};
    for (int i = 0; i < 64; ++i) {
      const unsigned char byte = data[i];
      const std::uint64_t bit = std::uint64_t(1) << i;
      if (byte == marks.separator || byte == marks.second_separator) found.separator |= bit;
      if (byte == marks.quote && byte != 0) found.quote |= bit;
      if (byte == marks.comment && byte != 0) found.comment |= bit;
      if (byte == '\n') found.lf |= bit;
      if (byte == '\r') found.cr |= bit;
    }
    masks[block] = found;
  }
}

MasksOf best_masks() {
#if defined(__x86_64__)
  if (masks_avx2 != nullptr && __builtin_cpu_supports("avx2")) return masks_avx2;
#endif
  return masks_bytewise;
}

}  // namespace sluice::csv
