// Pieces by pread, or by whatever the source gives next.
#include "host/formats/csv/feed.h"

#include <algorithm>
#include <cstring>

namespace sluice::csv {
namespace {
constexpr std::uint64_t kSmall = 64 << 20;  // below, nobody asks what memory there is
}

Feed::Feed(const std::string& path, Budget& budget)
    : source_(open_source(path, budget)), file_(source_->plain()), budget_(budget) {
  // What takes less than a quarter of what is free stays cached for the next run.
  if (file_ != nullptr && sys::identity(*file_).bytes > kSmall)
    behind_.emplace(*file_, available_memory() / 4);
  more();
}

void Feed::more() {
  const std::size_t size = front_.size();
  const std::size_t step =
      size != 0 ? size : std::size_t(std::clamp<std::uint64_t>(budget_.limit() / 64, 64, 64 << 10));
  share_ = {};
  share_ = Share(budget_, size + step + size, "the header of the table");  // the old while it is copied
  front_.resize(size + step);
  std::size_t filled = size;
  while (filled < front_.size()) {
    const std::size_t got = source_->read(front_.data() + filled, front_.size() - filled);
    if (got == 0) break;
    filled += got;
  }
  whole_ = filled < front_.size();
  front_.resize(filled);
}

void Feed::begin_at(std::size_t offset) {
  offset_ = offset;
  if (file_ == nullptr) return;
  front_ = {};
  share_ = {};
}

std::size_t Feed::fill(std::uint64_t index, unsigned char* to, std::size_t bytes) {
  std::size_t filled = 0;
  if (file_ == nullptr && offset_ < front_.size()) {
    filled = std::min(bytes, front_.size() - offset_);
    std::memcpy(to, front_.data() + offset_, filled);
    offset_ += filled;
    if (offset_ == front_.size()) {
      front_ = {};
      offset_ = 0;
      share_ = {};
    }
  }
  while (filled < bytes) {
    const std::size_t got = file_ != nullptr ? sys::read_some(*file_, to + filled, bytes - filled,
                                                              offset_ + index * bytes + filled)
                                             : source_->read(to + filled, bytes - filled);
    if (got == 0) break;
    filled += got;
  }
  if (behind_) behind_->read(offset_ + index * bytes, filled);
  return filled;
}

}  // namespace sluice::csv
