// Shuffling turns squares of 8 x 8 bytes, held in eight words.
#include "host/formats/hdf5_encode.h"

#include <libdeflate.h>

#include <cstring>

namespace sluice {
namespace {

/// The square with its rows as columns: swaps blocks of 4, 2 and 1 bytes across the diagonal.
void turn(std::uint64_t* w) {
  const auto swap = [](std::uint64_t& a, std::uint64_t& b, int shift, std::uint64_t mask) {
    const std::uint64_t changed = ((a >> shift) ^ b) & mask;
    b ^= changed;
    a ^= changed << shift;
  };
  for (int i = 0; i < 4; ++i) swap(w[i], w[i + 4], 32, 0x00000000ffffffffu);
  for (const int i : {0, 1, 4, 5}) swap(w[i], w[i + 2], 16, 0x0000ffff0000ffffu);
  for (const int i : {0, 2, 4, 6}) swap(w[i], w[i + 1], 8, 0x00ff00ff00ff00ffu);
}

}  // namespace

void shuffle8(const unsigned char* from, unsigned char* to, std::size_t count) {
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) {
    std::uint64_t w[8];
    std::memcpy(w, from + i * 8, 64);
    turn(w);
    for (std::size_t b = 0; b < 8; ++b) std::memcpy(to + b * count + i, &w[b], 8);
  }
  for (; i < count; ++i)
    for (std::size_t b = 0; b < 8; ++b) to[b * count + i] = from[i * 8 + b];
}

struct ChunkEncoder::Deflater {
  explicit Deflater(int level) : made(libdeflate_alloc_compressor(level)) {
    if (made == nullptr) throw Error(ErrorKind::kMemory, "memory: a compressor cannot be had");
  }
  ~Deflater() { libdeflate_free_compressor(made); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;
  libdeflate_compressor* made;
};

ChunkEncoder::ChunkEncoder(int level, bool shuffle)
    : level_(level), shuffle_(shuffle), deflater_(level > 0 ? std::make_unique<Deflater>(level) : nullptr) {}
ChunkEncoder::~ChunkEncoder() = default;

ChunkEncoder::Stored ChunkEncoder::encode(const double* values, std::size_t count) {
  const std::size_t bytes = 8 * count;
  if (level_ == 0) return {values, bytes};
  const void* from = values;
  if (shuffle_) {
    planes_.resize(bytes);
    shuffle8(reinterpret_cast<const unsigned char*>(values), planes_.data(), count);
    from = planes_.data();
  }
  stored_.resize(libdeflate_zlib_compress_bound(deflater_->made, bytes));
  const std::size_t size =
      libdeflate_zlib_compress(deflater_->made, from, bytes, stored_.data(), stored_.size());
  if (size == 0) throw Error(ErrorKind::kOutput, "compressing a chunk failed");
  return {stored_.data(), size};
}

}  // namespace sluice
