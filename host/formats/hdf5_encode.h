// Encoding of HDF5 chunks without the library, the other way round than hdf5_filters.h: shuffle and deflate.
#pragma once
#include <cstddef>
#include <memory>
#include <vector>

#include "host/formats/bytes.h"

namespace sluice {

/// A thread's encoder of chunks of doubles: shuffled, then a zlib stream in which planes of bytes that look
/// random (the last digits of most numbers) are stored as they are, which takes and gives them at the speed
/// of memory. Level 0: chunks stay as they are.
class ChunkEncoder {
 public:
  explicit ChunkEncoder(int level);
  ~ChunkEncoder();
  /// Appends the stored bytes of `count` doubles; how many they are.
  std::size_t encode(const double* values, std::size_t count, std::vector<unsigned char>& to);
  /// Bytes that an encoder holds for chunks of so many.
  static std::uint64_t memory(std::size_t chunk_bytes, int level) { return level == 0 ? 0 : chunk_bytes; }

 private:
  struct Deflater;
  int level_;
  std::unique_ptr<Deflater> deflater_;
  Bytes planes_;
};

/// Byte b of element i to place b * count + i, elements of 8 bytes.
void shuffle8(const unsigned char* from, unsigned char* to, std::size_t count);

}  // namespace sluice
