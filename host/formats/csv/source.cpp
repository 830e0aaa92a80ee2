// Plain files, and which files are not.
#include "host/formats/csv/source.h"

#include <fcntl.h>

#include <cstring>

namespace sluice::csv {
namespace {

class PlainSource : public ByteSource {
 public:
  explicit PlainSource(sys::File file) : file_(std::move(file)) {}
  std::size_t read(unsigned char* to, std::size_t bytes) override {
    const std::size_t got = sys::read_some(file_, to, bytes, offset_);
    offset_ += got;
    return got;
  }
  const sys::File* plain() const override { return &file_; }

 private:
  sys::File file_;
  std::uint64_t offset_ = 0;
};

// A zstd frame, or one to be skipped, which may come first.
bool is_zstd(const unsigned char* first) {
  return std::memcmp(first, "\x28\xb5\x2f\xfd", 4) == 0 ||
         ((first[0] & 0xf0) == 0x50 && std::memcmp(first + 1, "\x2a\x4d\x18", 3) == 0);
}

}  // namespace

std::unique_ptr<ByteSource> open_source(const std::string& path, Budget& budget) {
  sys::File file(path, O_RDONLY);
  unsigned char first[4] = {};
  const std::size_t size = sys::read_some(file, first, sizeof first, 0);
  if (size >= 2 && first[0] == 0x1f && first[1] == 0x8b) return gzip_source(std::move(file));
  if (size == 4 && is_zstd(first)) return zstd_source(std::move(file), budget);
  return std::make_unique<PlainSource>(std::move(file));
}

}  // namespace sluice::csv
