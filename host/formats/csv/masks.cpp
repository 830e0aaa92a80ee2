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

void survey_bytewise(const unsigned char* data, std::size_t bytes, const Marks& marks, Survey& found) {
  for (std::size_t i = 0; i < bytes; ++i) {
    const unsigned char byte = data[i];
    found.lf += std::uint64_t(byte == '\n');
    found.cr += std::uint64_t(byte == '\r');
    found.crlf += std::uint64_t(byte == '\r' && i + 1 < bytes && data[i + 1] == '\n');
    found.quote |= byte == marks.quote && byte != 0;
    found.comment |= byte == marks.comment && byte != 0;
  }
}

Survey survey_of(const unsigned char* data, std::size_t bytes, const Marks& marks) {
  Survey found;
  std::size_t done = 0;
#if defined(__x86_64__)
  // The last block is left out: a block looks at the byte behind it.
  if (survey_avx2 != nullptr && bytes > 64 && __builtin_cpu_supports("avx2")) {
    survey_avx2(data, (bytes - 1) / 64, marks, found);
    done = (bytes - 1) / 64 * 64;
  }
#endif
  if (!found.quote && !found.comment) survey_bytewise(data + done, bytes - done, marks, found);
  return found;
}

MasksOf best_masks() {
#if defined(__x86_64__)
  if (masks_avx2 != nullptr && __builtin_cpu_supports("avx2")) return masks_avx2;
#endif
  return masks_bytewise;
}

}  // namespace sluice::csv
