// A list of field ends that grows without being filled first: the scan writes whole groups into its room.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>

namespace sluice::csv {

/// A field's end: the offset of the byte behind it, and whether the row ends there too. Comment and blank
/// lines are rows of one field here.
struct End {
  static constexpr std::uint32_t kRow = 1;
  static std::uint32_t make(std::size_t offset, bool row) {
    return std::uint32_t(offset << 1) | std::uint32_t(row);
  }
  static std::uint32_t offset(std::uint32_t end) { return end >> 1; }
  static bool is_row(std::uint32_t end) { return (end & kRow) != 0; }
};
constexpr std::size_t kLongestScan = std::size_t(1) << 30;  // bytes that offsets reach

class Ends {
 public:
  void clear() { size_ = 0; }
  std::size_t size() const { return size_; }
  const std::uint32_t* data() const { return ends_.get(); }
  const std::uint32_t* begin() const { return data(); }
  const std::uint32_t* end() const { return data() + size_; }
  std::uint32_t operator[](std::size_t i) const { return ends_[i]; }
  void push_back(std::uint32_t end) {
    *room(1) = end;
    ++size_;
  }
  /// Where `count` more may be written; added() says how many were.
  std::uint32_t* room(std::size_t count) {
    if (size_ + count > capacity_) grow(size_ + count);
    return ends_.get() + size_;
  }
  void added(std::size_t count) { size_ += count; }

 private:
  void grow(std::size_t least) {
    const std::size_t capacity = std::max<std::size_t>(least, 2 * capacity_);
    std::unique_ptr<std::uint32_t[]> larger(new std::uint32_t[capacity]);
    if (size_ != 0) std::memcpy(larger.get(), ends_.get(), size_ * sizeof(std::uint32_t));
    ends_ = std::move(larger);
    capacity_ = capacity;
  }
  std::unique_ptr<std::uint32_t[]> ends_;
  std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace sluice::csv
