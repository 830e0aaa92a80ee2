// Codes of the short fields seen last: a category's levels are few, and most fields need no look into the
// dictionary.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace sluice::csv {

class LevelCache {
 public:
  static constexpr std::size_t kLongest = 16;

  /// `field` as it stands in a block, with bytes that may be read behind it. `find` gives the code of one
  /// that is not here, or a number below kKeep for one that shall not be kept.
  static constexpr std::int32_t kKeep = -1;
  template <class Find>
  std::int32_t code(std::string_view field, const Find& find) {
    if (field.size() > kLongest) return find();
    std::uint64_t low, high;
    std::memcpy(&low, field.data(), 8);
    std::memcpy(&high, field.data() + 8, 8);
    const std::size_t bits = 8 * field.size();
    low &= bits >= 64 ? ~std::uint64_t(0) : (std::uint64_t(1) << bits) - 1;
    high &= bits >= 128 ? ~std::uint64_t(0) : bits <= 64 ? 0 : (std::uint64_t(1) << (bits - 64)) - 1;
    Entry& entry = entries_[((low ^ high * 31) + field.size()) * 0x9e3779b97f4a7c15u >> 58];
    if (entry.low == low && entry.high == high && entry.size == field.size()) return entry.code;
    const std::int32_t code = find();
    if (code >= kKeep) entry = {low, high, field.size(), code};
    return code;
  }

 private:
  struct Entry {
    std::uint64_t low = 0, high = 0;
    std::size_t size = kLongest + 1;
    std::int32_t code = 0;
  };
  std::array<Entry, 64> entries_{};
};

}  // namespace sluice::csv
