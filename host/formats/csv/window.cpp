// Two buffers in turn, the second filled by a thread of its own.
#include "host/formats/csv/window.h"

#include <algorithm>
#include <cstring>

namespace sluice::csv {

Window::Window(const std::string& path, std::size_t bytes, Budget& budget)
    : source_(open_source(path)), bytes_(bytes), budget_(budget) {
  const std::size_t front = std::min<std::size_t>(bytes, 64 << 10);
  present_ = make(front);
  coming_ = make(front);
  begin_ = end_ = present_.front;
  fetch();
  next(0);
}

Window::~Window() {
  if (fetched_.valid()) fetched_.wait();  // it writes into a buffer
}

Window::Buffer Window::make(std::size_t front) {
  Buffer buffer;
  buffer.share = Share(budget_, front + bytes_, "a window of the table");
  buffer.bytes.resize(front + bytes_);
  buffer.front = front;
  return buffer;
}

void Window::fetch() {
  // Starting a thread takes longer than reading a small window.
  const auto policy = bytes_ < (64 << 10) ? std::launch::deferred : std::launch::async;
  fetched_ = std::async(policy, [this, to = coming_.bytes.data() + coming_.front] {
    std::size_t filled = 0;
    while (filled < bytes_) {
      const std::size_t got = source_->read(to + filled, bytes_ - filled);
      if (got == 0) break;
      filled += got;
    }
    return filled;
  });
}

void Window::next(std::size_t keep) {
  if (last_) {
    begin_ = end_ - keep;
    return;
  }
  const std::size_t got = fetched_.get();
  file_offset_ = source_->file_offset();
  if (keep > coming_.front) {
    Buffer larger = make(2 * keep);
    std::memcpy(larger.bytes.data() + larger.front, coming_.bytes.data() + coming_.front, got);
    coming_ = std::move(larger);
  }
  if (keep != 0)
    std::memcpy(coming_.bytes.data() + coming_.front - keep, present_.bytes.data() + end_ - keep, keep);
  std::swap(present_, coming_);
  begin_ = present_.front - keep;
  end_ = present_.front + got;
  last_ = got < bytes_;
  if (!last_) fetch();
}

}  // namespace sluice::csv
