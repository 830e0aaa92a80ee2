// mincore asks, posix_fadvise drops.
#include "host/io/behind.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace sluice {
namespace {

constexpr std::uint64_t kUnit = 4 << 20, kLag = 16 << 20;

}  // namespace

double cached_share(const sys::File& file) {
  const std::uint64_t bytes = sys::identity(file).bytes, page = std::uint64_t(sysconf(_SC_PAGESIZE));
  if (bytes == 0) return 1;
  void* const at = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, file.fd(), 0);
  if (at == MAP_FAILED) return 1;
  const std::uint64_t pages = (bytes + page - 1) / page, looks = std::min<std::uint64_t>(pages, 256);
  std::uint64_t there = 0, asked = 0;
  for (std::uint64_t i = 0; i < looks; ++i) {
    unsigned char one = 0;
    if (mincore(static_cast<char*>(at) + i * pages / looks * page, page, &one) != 0) continue;
    ++asked;
    there += one & 1;
  }
  munmap(at, bytes);
  return asked == 0 ? 1 : double(there) / double(asked);
}

DropBehind::DropBehind(const sys::File& file, std::uint64_t least)
    : file_(file), drops_(sys::identity(file).bytes > least && cached_share(file) < 0.5) {}

void DropBehind::read(std::uint64_t offset, std::uint64_t bytes) noexcept {
  if (!drops_) return;
  const std::uint64_t end = offset + bytes;
  std::uint64_t most = most_.load(std::memory_order_relaxed);
  while (most < end && !most_.compare_exchange_weak(most, end, std::memory_order_relaxed)) {
  }
  const std::uint64_t to = end < kLag ? 0 : (end - kLag) / kUnit * kUnit;
  std::uint64_t from = dropped_.load(std::memory_order_relaxed);
  if (to > from && dropped_.compare_exchange_strong(from, to, std::memory_order_relaxed))
    posix_fadvise(file_.fd(), off_t(from), off_t(to - from), POSIX_FADV_DONTNEED);
}

DropBehind::~DropBehind() {
  const std::uint64_t from = dropped_, to = most_;
  if (drops_ && to > from) posix_fadvise(file_.fd(), off_t(from), off_t(to - from), POSIX_FADV_DONTNEED);
}

}  // namespace sluice
