// A file mapped read-only. A file that is truncated under a mapping raises SIGBUS at the next touch: the
// handler here puts a zero page in that place and marks the mapping damaged, so that the run goes on to the
// next check and ends with a clear error instead of a crash (docs/decisions/).
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "host/io/sys.h"

namespace sluice {

class Mapping {
 public:
  Mapping() = default;
  /// Maps the whole file. Error{kInput} when it cannot be mapped.
  explicit Mapping(const sys::File& file);
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping();
  const std::byte* data() const { return data_; }
  std::size_t bytes() const { return bytes_; }

  /// Brings a range into memory ahead of its use. Error{kInput} when the file has become shorter.
  void populate(std::uint64_t offset, std::uint64_t bytes) const;
  /// Lets the range's pages go, from the mapping and from the page cache.
  void forget(std::uint64_t offset, std::uint64_t bytes) const noexcept;
  /// Error{kInput} "truncated while it was read" when a zero page was put in.
  void check() const;

 private:
  const sys::File* file_ = nullptr;
  const std::byte* data_ = nullptr;
  std::size_t bytes_ = 0;
  int slot_ = -1;
};

}  // namespace sluice
