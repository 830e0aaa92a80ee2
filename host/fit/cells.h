// Numbers for combinations of codes, in the order in which they are first seen.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::fit {

/// Open addressing over the codes of a few categories.
class CellMap {
 public:
  explicit CellMap(std::size_t categories) : width_(categories) {}
  std::size_t size() const { return codes_.size() / width_; }
  const std::int32_t* codes(std::size_t cell) const { return codes_.data() + cell * width_; }
  /// The number of a combination; new where it was not there.
  std::size_t find(const std::int32_t* codes);
  /// The number of a combination; -1 where it was never seen.
  std::int32_t look(const std::int32_t* codes) const {
    const std::size_t mask = slots_.size() - 1;
    if (slots_.empty()) return -1;
    std::size_t slot = hash(codes) & mask;
    while (slots_[slot] >= 0 && !equal(std::size_t(slots_[slot]), codes)) slot = (slot + 1) & mask;
    return slots_[slot];
  }
  std::uint64_t bytes() const { return (codes_.capacity() + slots_.capacity()) * 4; }

 private:
  std::uint64_t hash(const std::int32_t* codes) const {
    std::uint64_t h = 0;
    for (std::size_t i = 0; i < width_; ++i)
      h = (h ^ std::uint64_t(std::uint32_t(codes[i]))) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 32;
  }
  bool equal(std::size_t cell, const std::int32_t* codes) const {
    for (std::size_t i = 0; i < width_; ++i)
      if (codes_[cell * width_ + i] != codes[i]) return false;
    return true;
  }
  void grow();
  std::size_t width_;
  std::vector<std::int32_t> codes_;
  std::vector<std::int32_t> slots_;  // a power of two, at most half full; -1: free
};

inline std::size_t CellMap::find(const std::int32_t* codes) {
  if (2 * (size() + 1) > slots_.size()) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = hash(codes) & mask;
  while (slots_[slot] >= 0 && !equal(std::size_t(slots_[slot]), codes)) slot = (slot + 1) & mask;
  if (slots_[slot] >= 0) return std::size_t(slots_[slot]);
  slots_[slot] = std::int32_t(size());
  codes_.insert(codes_.end(), codes, codes + width_);
  return std::size_t(slots_[slot]);
}

inline void CellMap::grow() {
  slots_.assign(slots_.empty() ? 64 : 2 * slots_.size(), -1);
  for (std::size_t cell = 0; cell < size(); ++cell) {
    std::size_t slot = hash(this->codes(cell)) & (slots_.size() - 1);
    while (slots_[slot] >= 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = std::int32_t(cell);
  }
}

}  // namespace sluice::fit
