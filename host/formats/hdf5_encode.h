// Encoding of HDF5 chunks without the library, the other way round than hdf5_filters.h: shuffle and deflate.
#pragma once
#include <cstddef>
#include <memory>

#include "host/formats/bytes.h"

namespace sluice {

/// A thread's encoder of chunks of doubles. Level 0: they stay as they are.
class ChunkEncoder {
 public:
  ChunkEncoder(int level, bool shuffle);
  ~ChunkEncoder();
  /// The stored bytes of `count` doubles: in the encoder, until the next call.
  struct Stored {
    const void* data;
    std::size_t bytes;
  };
  Stored encode(const double* values, std::size_t count);
  /// Bytes that an encoder holds for chunks of so many.
  static std::uint64_t memory(std::size_t chunk_bytes, int level) {
    return level == 0 ? 0 : 2 * chunk_bytes + chunk_bytes / 64 + 1024;
  }

 private:
  struct Deflater;
  int level_;
  bool shuffle_;
  std::unique_ptr<Deflater> deflater_;
  Bytes planes_, stored_;
};

/// Byte b of element i to place b * count + i, elements of 8 bytes.
void shuffle8(const unsigned char* from, unsigned char* to, std::size_t count);

}  // namespace sluice
