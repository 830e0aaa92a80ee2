// Large files leave the page cache behind their reader. A file that would fill it pushes out what other
// programs keep there, and where memory has to be found first (virtual machines above all) filling it costs
// more than parsing: here 1 ns a byte of a processor, 0.13 where pages are used again. What was cached before
// stays.
#pragma once
#include <atomic>
#include <cstdint>

#include "host/io/sys.h"

namespace sluice {

/// The share of a file's pages that the page cache holds, from 256 places of it; 1 where that cannot be known
/// (mincore(2) tells only of files that the caller owns or may write).
double cached_share(const sys::File& file);

class DropBehind {
 public:
  /// Drops where the file has more than `least` bytes and was not cached for the most part. `file` must live
  /// longer.
  DropBehind(const sys::File& file, std::uint64_t least);
  ~DropBehind();
  DropBehind(const DropBehind&) = delete;
  DropBehind& operator=(const DropBehind&) = delete;
  /// Bytes were read; any thread may say so. Readers go forward, none far behind the others: a page that is
  /// dropped too early is read again.
  void read(std::uint64_t offset, std::uint64_t bytes) noexcept;

 private:
  const sys::File& file_;
  bool drops_;
  std::atomic<std::uint64_t> dropped_{0}, most_{0};
};

}  // namespace sluice
