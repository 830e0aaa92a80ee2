// Decoding of HDF5 chunks without the HDF5 library, so that threads can do it at the same time:
// deflate, shuffle and fletcher32 in the order in which the file says they were applied.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/formats/bytes.h"

namespace sluice {

enum class FilterKind { kDeflate, kShuffle, kFletcher32 };

struct Filter {
  FilterKind kind;
  std::size_t element = 1;  // kShuffle: bytes of an element
};

/// Decodes one chunk. `bytes` holds what is stored and afterwards the `decoded` bytes of the chunk; `spare`
/// is scratch. Bit i of `mask` says that filter i was left out for this chunk. Returns what is wrong
/// ("inflating failed"), or an empty text.
std::string decode_chunk(const std::vector<Filter>& filters, std::uint32_t mask, std::size_t decoded,
                         Bytes& bytes, Bytes& spare);

/// HDF5's checksum of `bytes`.
std::uint32_t fletcher32(const unsigned char* data, std::size_t bytes);

}  // namespace sluice
