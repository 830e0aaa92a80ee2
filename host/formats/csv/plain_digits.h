// Digits to integers, eight at a time within a word of 64 bits.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sluice::csv {

static_assert(std::endian::native == std::endian::little);
constexpr std::uint64_t kOnes = 0x0101010101010101u;

inline std::uint64_t word_at(const char* text) {
  std::uint64_t word;
  std::memcpy(&word, text, 8);
  return word;
}

/// Not 0 where one of eight bytes is no digit.
inline std::uint64_t no_digits(std::uint64_t word) {
  return ((word & 0xf0 * kOnes) | ((word + 0x06 * kOnes) & 0xf0 * kOnes) >> 4) ^ 0x33 * kOnes;
}

/// Of eight digits, the first in the lowest byte.
inline std::uint64_t value_of(std::uint64_t word) {
  word = (word & 0x0f * kOnes) * (1 + (10u << 8)) >> 8;
  word = (word & 0x00ff00ff00ff00ffu) * (1 + (100u << 16)) >> 16;
  return (word & 0x0000ffff0000ffffu) * (1 + (std::uint64_t(10000) << 32)) >> 32;
}

/// The last `count` bytes (1 to 8) of the eight before `end`, zeros in front.
inline std::uint64_t last_digits(const char* end, std::size_t count) {
  const unsigned shift = unsigned(8 * (8 - count));
  const std::uint64_t zeros = (std::uint64_t(1) << shift) - 1;
  return (word_at(end - 8) & ~zeros) | (0x30 * kOnes & zeros);
}

/// Of `count` bytes before `end`, 1 to 19. `wrong` becomes other than 0 where one is no digit.
inline std::uint64_t digits_before(const char* end, std::size_t count, std::uint64_t& wrong) {
  if (count <= 8) {
    const std::uint64_t word = last_digits(end, count);
    wrong |= no_digits(word);
    return value_of(word);
  }
  const std::uint64_t low = word_at(end - 8);
  wrong |= no_digits(low);
  if (count <= 16) {
    const std::uint64_t high = last_digits(end - 8, count - 8);
    wrong |= no_digits(high);
    return value_of(high) * 100000000u + value_of(low);
  }
  const std::uint64_t middle = word_at(end - 16), high = last_digits(end - 16, count - 16);
  wrong |= no_digits(middle) | no_digits(high);
  return (value_of(high) * 100000000u + value_of(middle)) * 100000000u + value_of(low);
}

}  // namespace sluice::csv
