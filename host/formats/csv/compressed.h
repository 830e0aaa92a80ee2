// The compressed bytes of a file, a piece at a time.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "host/io/sys.h"

namespace sluice::csv {

class CompressedFile {
 public:
  explicit CompressedFile(sys::File file) : file_(std::move(file)), bytes_(std::size_t(1) << 18) {}
  /// The next piece; 0 bytes at the end.
  std::size_t next() {
    const std::size_t got = sys::read_some(file_, bytes_.data(), bytes_.size(), offset_);
    offset_ += got;
    return got;
  }
  unsigned char* data() { return bytes_.data(); }
  std::uint64_t offset() const { return offset_; }  // any thread may ask
  const std::string& path() const { return file_.path(); }

 private:
  sys::File file_;
  std::atomic<std::uint64_t> offset_{0};
  std::vector<unsigned char> bytes_;
};

}  // namespace sluice::csv
