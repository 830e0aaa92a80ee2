// Plain files by pread, gzip (of any number of members) by zlib.
#include "host/formats/csv/source.h"

#include <fcntl.h>
#include <zlib.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "host/error.h"
#include "host/io/sys.h"

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
  std::uint64_t file_offset() const override { return offset_; }

 private:
  sys::File file_;
  std::uint64_t offset_ = 0;
};

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(sys::File file)
      : path_(file.path()), plain_(std::move(file)), input_(std::size_t(1) << 18) {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK)
      throw Error(ErrorKind::kMemory, path_ + ": no memory to decompress it");
  }
  ~GzipSource() override { inflateEnd(&stream_); }

  std::size_t read(unsigned char* to, std::size_t bytes) override {
    const std::size_t wanted = std::min(bytes, std::size_t(1) << 30);
    stream_.next_out = to;
    stream_.avail_out = static_cast<unsigned>(wanted);
    while (stream_.avail_out == wanted && refill()) {
      if (between_members_) {
        inflateReset(&stream_);
        between_members_ = false;
      }
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_STREAM_END)
        between_members_ = true;
      else if (result != Z_OK && result != Z_BUF_ERROR)
        throw Error(
            ErrorKind::kInput,
            path_ + ": damaged gzip file: " + (stream_.msg != nullptr ? stream_.msg : "unreadable data"),
            "gzip -t tests the whole file");
    }
    return wanted - stream_.avail_out;
  }
  std::uint64_t file_offset() const override { return plain_.file_offset(); }

 private:
  bool refill() {
    if (stream_.avail_in != 0) return true;
    stream_.next_in = input_.data();
    stream_.avail_in = static_cast<unsigned>(plain_.read(input_.data(), input_.size()));
    if (stream_.avail_in == 0 && !between_members_)
      throw Error(ErrorKind::kInput,
                  path_ + ": truncated gzip file: expected the end of its stream, found the file's",
                  "it may have been copied in part");
    return stream_.avail_in != 0;
  }

  std::string path_;
  PlainSource plain_;
  std::vector<unsigned char> input_;
  z_stream stream_{};
  bool between_members_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> open_source(const std::string& path) {
  sys::File file(path, O_RDONLY);
  unsigned char first[4] = {};
  const std::size_t size = sys::read_some(file, first, sizeof first, 0);
  if (size >= 2 && first[0] == 0x1f && first[1] == 0x8b) return std::make_unique<GzipSource>(std::move(file));
  if (size == 4 && std::memcmp(first, "\x28\xb5\x2f\xfd", 4) == 0)
    throw Error(ErrorKind::kInput, path + ": compressed by zstd: expected plain text or gzip, found zstd",
                "decompress it first: zstd -d FILE");
  return std::make_unique<PlainSource>(std::move(file));
}

}  // namespace sluice::csv
