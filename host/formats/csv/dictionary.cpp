// A hash table of the levels' numbers.
#include "host/formats/csv/dictionary.h"

#include <cstring>

namespace sluice::csv {
namespace {

std::uint64_t hash_of(std::string_view text) {
  constexpr std::uint64_t kFactor = 0x9e3779b97f4a7c15u;
  std::uint64_t hash = text.size() * kFactor;
  const auto mix = [&](std::uint64_t word) {
    hash = (hash ^ word) * kFactor;
    hash ^= hash >> 32;
  };
  std::size_t i = 0;
  for (std::uint64_t word; i + 8 <= text.size(); i += 8) {
    std::memcpy(&word, text.data() + i, 8);
    mix(word);
  }
  std::uint64_t rest = 0;
  for (; i < text.size(); ++i) rest = rest << 8 | static_cast<unsigned char>(text[i]);
  mix(rest);
  return hash;
}

}  // namespace

std::size_t Dictionary::slot_of(std::string_view level, std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t slot = hash & mask;; slot = (slot + 1) & mask) {
    const std::int32_t code = slots_[slot];
    if (code < 0 || (hashes_[std::size_t(code)] == hash && levels_[std::size_t(code)] == level)) return slot;
  }
}

void Dictionary::grow() {
  slots_.assign(slots_.empty() ? 32 : 2 * slots_.size(), -1);
  for (std::size_t code = 0; code < levels_.size(); ++code)
    slots_[slot_of(levels_[code], hashes_[code])] = std::int32_t(code);
}

std::int32_t Dictionary::find(std::string_view level) const {
  return slots_.empty() ? -1 : slots_[slot_of(level, hash_of(level))];
}

std::int32_t Dictionary::add(std::string_view level, std::int64_t times) {
  if (2 * (levels_.size() + 1) > slots_.size()) grow();
  const std::uint64_t hash = hash_of(level);
  std::int32_t& code = slots_[slot_of(level, hash)];
  if (code < 0) {
    code = std::int32_t(levels_.size());
    levels_.emplace_back(level);
    counts_.push_back(0);
    hashes_.push_back(hash);
    bytes_ += level.size() + 96;
  }
  counts_[std::size_t(code)] += times;
  return code;
}

}  // namespace sluice::csv
