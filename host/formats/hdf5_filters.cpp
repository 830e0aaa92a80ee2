// The filters of HDF5's pipeline, undone in reverse order. Sizes before each filter are known from the
// chunk's size, so a damaged chunk cannot make a buffer grow.
#include "host/formats/hdf5_filters.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace sluice {
namespace {

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};

// One a thread: it holds tables of its own and costs an allocation.
libdeflate_decompressor* decompressor() {
  thread_local std::unique_ptr<libdeflate_decompressor, FreeDecompressor> mine(
      libdeflate_alloc_decompressor());
  return mine.get();
}

// Elements of `N` bytes whose bytes lie in N planes; the constant lets the compiler vectorise.
template <std::size_t N>
void unshuffle_planes(const unsigned char* from, unsigned char* to, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t b = 0; b < N; ++b) to[i * N + b] = from[b * count + i];
}

void unshuffle(const unsigned char* from, unsigned char* to, std::size_t bytes, std::size_t element) {
  const std::size_t count = bytes / element;
  switch (element) {
    case 2:
      unshuffle_planes<2>(from, to, count);
      break;
    case 4:
      unshuffle_planes<4>(from, to, count);
      break;
    case 8:
      unshuffle_planes<8>(from, to, count);
      break;
    default:
      for (std::size_t b = 0; b < element; ++b)
        for (std::size_t i = 0; i < count; ++i) to[i * element + b] = from[b * count + i];
  }
  std::memcpy(to + count * element, from + count * element, bytes - count * element);
}

bool checksum_fits(const Bytes& bytes) {
  const std::size_t size = bytes.size() - 4;
  const unsigned char* end = bytes.data() + size;
  const std::uint32_t stored = end[0] | end[1] << 8 | end[2] << 16 | std::uint32_t(end[3]) << 24;
  const std::uint32_t sum = fletcher32(bytes.data(), size);
  // HDF5 before 1.6.3 swapped the bytes of each half.
  const std::uint32_t old = (sum & 0x00ff00ff) << 8 | (sum & 0xff00ff00) >> 8;
  return stored == sum || stored == old;
}

std::string inflate(std::size_t expected, Bytes& bytes, Bytes& spare) {
  if (decompressor() == nullptr) return "no memory for inflating";
  spare.resize(expected);
  std::size_t got = 0;
  const libdeflate_result result =
      libdeflate_zlib_decompress(decompressor(), bytes.data(), bytes.size(), spare.data(), expected, &got);
  if (result != LIBDEFLATE_SUCCESS) return "inflating failed";
  if (got != expected)
    return "inflating gave " + std::to_string(got) + " bytes: expected " + std::to_string(expected);
  bytes.swap(spare);
  return {};
}

}  // namespace

std::uint32_t fletcher32(const unsigned char* data, std::size_t bytes) {
  // Sums modulo 65535 of big-endian words; as in ones' complement, a sum that is not 0 never becomes 0.
  std::uint64_t first = 0, second = 0;
  const auto fold = [](std::uint64_t sum) { return sum == 0 ? 0 : sum % 65535 == 0 ? 65535 : sum % 65535; };
  const std::size_t words = (bytes + 1) / 2;
  for (std::size_t done = 0; done < words;) {
    const std::size_t end = std::min(words, done + 65536);  // second stays far below 2^64
    for (; done < end; ++done) {
      const unsigned low = 2 * done + 1 < bytes ? data[2 * done + 1] : 0;
      first += unsigned(data[2 * done]) << 8 | low;
      second += first;
    }
    first = fold(first);
    second = fold(second);
  }
  return static_cast<std::uint32_t>(second << 16 | first);
}

std::string decode_chunk(const std::vector<Filter>& filters, std::uint32_t mask, std::size_t decoded,
                         Bytes& bytes, Bytes& spare) {
  const auto applied = [&](std::size_t i) { return i >= 32 || (mask >> i & 1) == 0; };
  std::vector<std::size_t> before(filters.size(), decoded);  // size of the data that filter i was given
  std::size_t size = decoded;
  bool known = true;
  for (std::size_t i = 0; i < filters.size(); ++i) {
    before[i] = size;
    if (!applied(i)) continue;
    if (filters[i].kind == FilterKind::kFletcher32) size += 4;
    if (filters[i].kind != FilterKind::kDeflate) continue;
    if (!known) return "deflate was applied twice, which is not read";
    known = false;
  }
  for (std::size_t i = filters.size(); i-- > 0;) {
    if (!applied(i)) continue;
    if (filters[i].kind == FilterKind::kDeflate) {
      std::string problem = inflate(before[i], bytes, spare);
      if (!problem.empty()) return problem;
    } else if (filters[i].kind == FilterKind::kFletcher32) {
      if (bytes.size() < 4 || !checksum_fits(bytes)) return "its checksum (fletcher32) is wrong";
      bytes.resize(bytes.size() - 4);
    } else if (filters[i].element > 1) {
      spare.resize(bytes.size());
      unshuffle(bytes.data(), spare.data(), bytes.size(), filters[i].element);
      bytes.swap(spare);
    }
  }
  if (bytes.size() != decoded)
    return "it holds " + std::to_string(bytes.size()) + " bytes: expected " + std::to_string(decoded);
  return {};
}

}  // namespace sluice
