// Numbers in their plainest form, -12.345 without exponent or blanks, many digits at a time: most numbers of
// most tables. What is not plain is left to parse.h, which says the same of all that is.
#pragma once
#include <cstddef>
#include <cstdint>

namespace sluice::csv {

/// Bytes that may be read before and behind a field's text, whatever they hold.
constexpr std::size_t kPadding = 64;

/// A field's text, with kPadding readable bytes around it.
struct Span {
  const char* begin;
  std::size_t size;
};

/// What a field says where it is plain: digits / 10^places, with its sign.
struct PlainNumber {
  std::uint64_t digits;  // at most 19
  std::uint8_t places;   // at most 19; 0: an integer
  bool negative;
  bool plain;  // else the rest means nothing
  bool is_integer() const { return plain && places == 0 && digits < 1000000000000000000u; }
  std::int64_t integer() const { return negative ? -std::int64_t(digits) : std::int64_t(digits); }
};

/// Of `count` fields. Which ones are taken as plain may differ between the ways; what they say does not.
using PlainNumbers = void (*)(const Span* fields, std::size_t count, char decimal, PlainNumber* found);
void plain_numbers_portable(const Span* fields, std::size_t count, char decimal, PlainNumber* found);
extern const PlainNumbers plain_numbers_avx2;  // null where it was not compiled
/// The fastest that this processor has.
PlainNumbers best_plain_numbers();

/// The nearest double to a plain number, as parse_float gives it.
double nearest(const PlainNumber& number);

}  // namespace sluice::csv
