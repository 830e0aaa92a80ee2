// gzip files of any number of members, by zlib.
#include <zlib.h>

#include <algorithm>

#include "host/error.h"
#include "host/formats/csv/compressed.h"
#include "host/formats/csv/source.h"

namespace sluice::csv {
namespace {

class GzipSource : public ByteSource {
 public:
  explicit GzipSource(sys::File file) : input_(std::move(file)) {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK)
      throw Error(ErrorKind::kMemory, input_.path() + ": no memory to decompress it");
  }
  ~GzipSource() override { inflateEnd(&stream_); }

  std::size_t read(unsigned char* to, std::size_t bytes) override {
    const std::size_t wanted = std::min(bytes, std::size_t(1) << 30);
    stream_.next_out = to;
    stream_.avail_out = static_cast<unsigned>(wanted);
    while (stream_.avail_out == wanted && refill()) {
      if (between_members_) {
        if (skip_padding()) continue;
        inflateReset(&stream_);
        between_members_ = false;
      }
      const int result = inflate(&stream_, Z_NO_FLUSH);
      if (result == Z_STREAM_END)
        between_members_ = true;
      else if (result != Z_OK && result != Z_BUF_ERROR)
        throw Error(ErrorKind::kInput,
                    input_.path() +
                        ": damaged gzip file: " + (stream_.msg != nullptr ? stream_.msg : "unreadable data"),
                    "gzip -t tests the whole file");
    }
    return wanted - stream_.avail_out;
  }
  std::uint64_t file_offset() const override { return input_.offset(); }

 private:
  bool refill() {
    if (stream_.avail_in != 0) return true;
    stream_.next_in = input_.data();
    stream_.avail_in = static_cast<unsigned>(input_.next());
    if (stream_.avail_in == 0 && !between_members_)
      throw Error(ErrorKind::kInput,
                  input_.path() + ": truncated gzip file: expected the end of its stream, found the file's",
                  "it may have been copied in part");
    return stream_.avail_in != 0;
  }

  // Tapes and some servers fill up with zeros behind the last member.
  bool skip_padding() {
    while (stream_.avail_in != 0 && *stream_.next_in == 0) ++stream_.next_in, --stream_.avail_in;
    return stream_.avail_in == 0;
  }

  CompressedFile input_;
  z_stream stream_{};
  bool between_members_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> gzip_source(sys::File file) {
  return std::make_unique<GzipSource>(std::move(file));
}

}  // namespace sluice::csv
