// A buffer that grows without clearing what it holds: decoded chunks are overwritten whole, and clearing
// megabytes first would cost as much as copying them.
#pragma once
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <utility>

#include "host/error.h"
#include "host/io/sys.h"

namespace sluice {

class Bytes {
 public:
  Bytes() = default;
  unsigned char* data() { return data_.get(); }
  const unsigned char* data() const { return data_.get(); }
  std::size_t size() const { return size_; }
  /// What was there survives only where the buffer does not grow beyond what it ever held.
  void resize(std::size_t size) {
    if (size > capacity_) {
      data_.reset();  // first, so that both never exist at once
      capacity_ = 0;
      const int injected = sys::fault(sys::Call::kAllocate, "memory");
      if (injected == 0) data_.reset(new (std::nothrow) unsigned char[size]);
      if (data_ == nullptr)
        throw Error(ErrorKind::kMemory, "memory: a chunk of " + sys::size_text(size) + " cannot be had: " +
                                            std::strerror(injected != 0 ? injected : ENOMEM));
      capacity_ = size;
    }
    size_ = size;
  }
  void swap(Bytes& other) noexcept {
    data_.swap(other.data_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
  }

 private:
  std::unique_ptr<unsigned char[]> data_;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace sluice
