// Levels of a category, numbered by first appearance, with their counts.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::csv {

class Dictionary {
 public:
  /// Its code, or -1.
  std::int32_t find(std::string_view level) const;
  /// Its code, new where it was not there; counts `times` of it.
  std::int32_t add(std::string_view level, std::int64_t times = 1);
  /// Counts one more of a level that is there.
  void count(std::int32_t code) { ++counts_[std::size_t(code)]; }
  std::size_t size() const { return levels_.size(); }
  std::uint64_t bytes() const { return bytes_; }  // of memory, about
  const std::string& operator[](std::size_t code) const { return levels_[code]; }
  const std::vector<std::string>& levels() const { return levels_; }
  const std::vector<std::int64_t>& counts() const { return counts_; }

 private:
  std::size_t slot_of(std::string_view level, std::uint64_t hash) const;
  void grow();
  std::vector<std::string> levels_;
  std::vector<std::int64_t> counts_;
  std::vector<std::uint64_t> hashes_;
  std::vector<std::int32_t> slots_;  // open addressing, a power of two, at most half full; -1: free
  std::uint64_t bytes_ = 0;
};

}  // namespace sluice::csv
