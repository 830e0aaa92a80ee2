// zstd files of any number of frames, by libzstd. A frame may ask for a window of at most 128 MiB, libzstd's
// own limit.
#include <zstd.h>

#include "host/error.h"
#include "host/formats/csv/compressed.h"
#include "host/formats/csv/source.h"

namespace sluice::csv {
namespace {

class ZstdSource : public ByteSource {
 public:
  explicit ZstdSource(sys::File file, Budget& budget)
      : input_(std::move(file)), budget_(budget), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) throw Error(ErrorKind::kMemory, input_.path() + ": no memory to decompress it");
  }
  ~ZstdSource() override { ZSTD_freeDStream(stream_); }

  std::size_t read(unsigned char* to, std::size_t bytes) override {
    ZSTD_outBuffer out{to, bytes, 0};
    while (out.pos == 0) {
      // What the decoder still holds comes out before more goes in.
      if (in_.pos == in_.size && !held_back_ && !refill()) return 0;
      const std::size_t left = ZSTD_decompressStream(stream_, &out, &in_);
      if (ZSTD_isError(left) != 0)
        throw Error(ErrorKind::kInput, input_.path() + ": damaged zstd file: " + ZSTD_getErrorName(left),
                    "zstd -t tests the whole file");
      between_frames_ = left == 0;
      pay();
      held_back_ = !between_frames_ && out.pos == out.size;
    }
    return out.pos;
  }
  std::uint64_t file_offset() const override { return input_.offset(); }

 private:
  bool refill() {
    in_ = {input_.data(), input_.next(), 0};
    if (in_.size == 0 && !between_frames_)
      throw Error(ErrorKind::kInput,
                  input_.path() + ": truncated zstd file: expected the end of its frame, found the file's",
                  "it may have been copied in part");
    return in_.size != 0;
  }

  void pay() {
    const std::size_t bytes = ZSTD_sizeof_DStream(stream_);
    if (bytes <= paid_) return;
    share_ = {};
    share_ = Share(budget_, bytes, "the window of a zstd file");
    paid_ = bytes;
  }

  CompressedFile input_;
  Budget& budget_;
  Share share_;
  std::size_t paid_ = 512 << 10;  // the least that any frame takes is not counted
  ZSTD_DStream* stream_;
  ZSTD_inBuffer in_{nullptr, 0, 0};
  bool between_frames_ = true, held_back_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> zstd_source(sys::File file, Budget& budget) {
  return std::make_unique<ZstdSource>(std::move(file), budget);
}

}  // namespace sluice::csv
