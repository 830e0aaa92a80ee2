// Shuffling turns squares of 8 x 8 bytes, held in eight words.
#include "host/formats/hdf5_encode.h"

#include <libdeflate.h>

#include <algorithm>
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

ChunkEncoder::ChunkEncoder(int level)
    : level_(level), deflater_(level > 0 ? std::make_unique<Deflater>(level) : nullptr) {}
ChunkEncoder::~ChunkEncoder() = default;

namespace {

/// Whether bytes look random: all values equally often, and neither runs nor steps between neighbours.
bool random_bytes(const unsigned char* bytes, std::size_t count) {
  constexpr std::size_t kSample = 4096;
  if (count < kSample) return false;
  std::uint32_t times[256] = {};
  std::size_t runs = 0, steps = 0;
  const std::size_t first = (count - kSample) / 2;
  for (std::size_t i = first; i + 2 < first + kSample; ++i) {
    ++times[bytes[i]];
    runs += bytes[i] == bytes[i + 1];
    steps += (unsigned char)(bytes[i + 1] - bytes[i]) == (unsigned char)(bytes[i + 2] - bytes[i + 1]);
  }
  double pairs = 0;  // of equal bytes: their share is 1/256 where all values are as likely
  for (const std::uint32_t n : times) pairs += double(n) * (double(n) - 1);
  const double sample = double(kSample - 2);
  return pairs / (sample * (sample - 1)) < 1.06 / 256 && double(runs) < sample / 128 &&
         double(steps) < sample / 128;
}

/// A block of deflate that holds bytes as they are; not the last one.
void store(const unsigned char* from, std::size_t count, std::vector<unsigned char>& to) {
  while (count > 0) {
    const std::size_t here = std::min<std::size_t>(count, 65535);
    const unsigned char head[5] = {0, (unsigned char)here, (unsigned char)(here >> 8), (unsigned char)~here,
                                   (unsigned char)(~here >> 8)};
    to.insert(to.end(), head, head + 5);
    to.insert(to.end(), from, from + here);
    from += here, count -= here;
  }
}

}  // namespace

std::size_t ChunkEncoder::encode(const double* values, std::size_t count, std::vector<unsigned char>& to) {
  const std::size_t bytes = 8 * count, start = to.size();
  const auto* raw = reinterpret_cast<const unsigned char*>(values);
  if (level_ == 0) {
    to.insert(to.end(), raw, raw + bytes);
    return bytes;
  }
  planes_.resize(bytes);
  shuffle8(raw, planes_.data(), count);
  std::size_t random = 0;  // planes from the least digits on
  while (random < 7 && random_bytes(planes_.data() + random * count, count)) ++random;
  to.insert(to.end(), {0x78, 0x01});
  store(planes_.data(), random * count, to);
  const std::size_t rest = bytes - random * count, at = to.size();
  to.resize(at + libdeflate_deflate_compress_bound(deflater_->made, rest));
  const std::size_t size = libdeflate_deflate_compress(deflater_->made, planes_.data() + random * count, rest,
                                                       to.data() + at, to.size() - at);
  if (size == 0) throw Error(ErrorKind::kOutput, "compressing a chunk failed");
  to.resize(at + size);
  const std::uint32_t sum = libdeflate_adler32(1, planes_.data(), bytes);
  for (int shift = 24; shift >= 0; shift -= 8) to.push_back((unsigned char)(sum >> shift));
  return to.size() - start;
}

}  // namespace sluice
